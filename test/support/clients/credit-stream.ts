import { once } from 'node:events'
import { Client, type ClientWritableStream, credentials, Metadata, type ServiceError } from '@grpc/grpc-js'
import {
  AccountServiceService,
  type BatchCreditRequest,
  type BatchCreditResponse,
} from '../../../src/gen/benefits/v1/account.js'
import { type RpcError, rpcErrorOf } from './rpc-error.js'
import { signToken } from './token.js'

export type StreamOutcome =
  | { readonly summary: BatchCreditResponse; readonly error?: never }
  | { readonly error: RpcError; readonly summary?: never }

/** Sends streams of credits over the wire, no faster than the service reads them. */
export class CreditStreams {
  readonly #client: Client

  constructor(address: string) {
    this.#client = new Client(address, credentials.createInsecure(), { 'grpc.enable_retries': 0 })
  }

  /** Sends a whole stream, unless the service ends it early. */
  async send(items: Iterable<BatchCreditRequest>): Promise<StreamOutcome> {
    const { stream, outcome } = this.#open()
    let ended = false
    void outcome.then(() => {
      ended = true
    })
    for (const item of items) {
      if (ended) break
      if (!stream.write(item)) await Promise.race([once(stream, 'drain'), outcome])
    }
    stream.end()
    return await outcome
  }

  /**
   * Sends a stream item by item and waits for the given promise after each. The deadline is in milliseconds
   * from now.
   */
  async sendSlowly(
    items: readonly BatchCreditRequest[],
    deadlineMs: number,
    onSent: (count: number) => Promise<void>,
  ): Promise<StreamOutcome> {
    const { stream, outcome } = this.#open(deadlineMs)
    for (const [index, item] of items.entries()) {
      stream.write(item)
      await onSent(index + 1)
    }
    stream.end()
    return await outcome
  }

  /**
   * Sends the beginning of a stream, possibly faster than the service reads it, waits for the given promise,
   * and cancels. `onSent` is called for each item that the connection has accepted.
   */
  async breakOff(
    items: Iterable<BatchCreditRequest>,
    when: () => Promise<unknown>,
    onSent: () => void = () => {},
  ): Promise<RpcError | undefined> {
    const { stream, outcome } = this.#open()
    for (const item of items) stream.write(item, onSent)
    await when()
    stream.cancel()
    return (await outcome).error
  }

  close(): void {
    this.#client.close()
  }

  #open(deadlineMs = Number.POSITIVE_INFINITY): {
    stream: ClientWritableStream<BatchCreditRequest>
    outcome: Promise<StreamOutcome>
  } {
    const { path, requestSerialize, responseDeserialize } = AccountServiceService.batchCredit
    const metadata = new Metadata()
    metadata.set('authorization', `Bearer ${signToken()}`)
    let settle: (outcome: StreamOutcome) => void
    const outcome = new Promise<StreamOutcome>((resolve) => {
      settle = resolve
    })
    const stream = this.#client.makeClientStreamRequest<BatchCreditRequest, BatchCreditResponse>(
      path,
      requestSerialize,
      responseDeserialize,
      metadata,
      { deadline: Date.now() + deadlineMs },
      (error: ServiceError | null, summary?: BatchCreditResponse) => {
        if (summary) settle({ summary })
        else if (error) settle({ error: rpcErrorOf(error) })
      },
    )
    return { stream, outcome }
  }
}
