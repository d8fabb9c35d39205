import { Client, type ClientDuplexStream, credentials, type Metadata, type ServiceError } from '@grpc/grpc-js'
import { eventually, WAIT_MS_MAX } from '../eventually.js'
import {
  type AuthorizeRequest,
  type AuthorizeResponse,
  authorizeMethod,
  type CallOptions,
  metadataOf,
} from './client.js'
import { methodNamed } from './contract.js'
import { type RichStatus, type RpcError, rpcErrorOf } from './rpc-error.js'

/** An answer of a stream as it comes over the wire; int64 as a string. */
export type StreamAnswer = {
  readonly index: string
  readonly transaction_id: string
  readonly response?: AuthorizeResponse
  readonly error?: RichStatus
}

/** The method, for callers that use it in their own way. */
export const authorizeStreamMethod = methodNamed<AuthorizeRequest, StreamAnswer>(
  'benefits.v1.AuthorizationService',
  'AuthorizeStream',
)

/** One stream of purchases over the wire, as a payment switch keeps it open. */
export class PurchaseStream {
  readonly #client: Client
  readonly #call: ClientDuplexStream<Buffer, StreamAnswer>
  /** Never arrives on a rejected stream. */
  readonly headers: Promise<Metadata>
  /** The answers so far, in order of arrival. */
  readonly answers: StreamAnswer[] = []
  /** The error that ended the stream, or OK. */
  readonly ended: Promise<RpcError | 'OK'>
  #hasEnded = false

  constructor(address: string, options: CallOptions = {}) {
    const { deadlineMs = WAIT_MS_MAX } = options
    this.#client = new Client(address, credentials.createInsecure(), { 'grpc.enable_retries': 0 })
    this.#call = this.#client.makeBidiStreamRequest<Buffer, StreamAnswer>(
      authorizeStreamMethod.path,
      (body) => body,
      authorizeStreamMethod.responseDeserialize,
      metadataOf(options),
      { deadline: Date.now() + deadlineMs },
    )
    this.headers = new Promise((resolve) => {
      this.#call.once('metadata', resolve)
    })
    this.#call.on('data', (answer: StreamAnswer) => this.answers.push(answer))
    this.ended = new Promise<RpcError | 'OK'>((resolve) => {
      // An error precedes the status, which always arrives.
      this.#call.on('error', (error: ServiceError) => resolve(rpcErrorOf(error)))
      this.#call.on('status', () => resolve('OK'))
    }).finally(() => {
      this.#hasEnded = true
      this.#client.close()
    })
  }

  get hasEnded(): boolean {
    return this.#hasEnded
  }

  send(...requests: readonly AuthorizeRequest[]): void {
    for (const request of requests) this.sendBytes(authorizeMethod.requestSerialize(request))
  }

  /** Sends bytes in place of a purchase. */
  sendBytes(bytes: Buffer): void {
    this.#call.write(bytes)
  }

  halfClose(): void {
    this.#call.end()
  }

  cancel(): void {
    this.#call.cancel()
  }

  /** Waits until this many answers have come, and returns all. */
  async untilAnswered(count: number): Promise<readonly StreamAnswer[]> {
    return await eventually(`${count} requests of the stream are answered`, () => {
      if (this.answers.length >= count) return this.answers
      if (this.#hasEnded) throw new Error(`the stream has ended after ${this.answers.length} answers`)
      return undefined
    })
  }
}
