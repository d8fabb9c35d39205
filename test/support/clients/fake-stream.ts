import { Duplex } from 'node:stream'
import { Metadata, type ServerDuplexStream, type ServiceError } from '@grpc/grpc-js'
import { type Principal, setCallContext } from '../../../src/grpc/call-context.js'
import { type RpcError, rpcErrorOf } from './rpc-error.js'

export type FakeStreamOptions = {
  /** Deadline of the caller, on the monotonic clock of the test. Default: none. */
  readonly endsAtMs?: number
  readonly principal?: Partial<Principal>
}

/** The server's side of a stream as grpc-js makes it, without a server: the test acts for the caller. */
export class FakeStream<Request, Answer> extends Duplex {
  readonly metadata = new Metadata()
  readonly headers: Metadata[] = []
  /** Answers that the connection has accepted. */
  readonly answers: Answer[] = []
  /** Answers that were written to the connection, accepted or not. */
  offered = 0
  cancelled = false
  /** The status of the stream; undefined until it ends. */
  status: RpcError | 'OK' | undefined
  readonly #sent: Request[] = []
  #halfClosed = false
  #wanted = false
  #blocked = false
  readonly #held: (() => void)[] = []
  #error: RpcError | undefined

  constructor({ endsAtMs = Number.POSITIVE_INFINITY, principal }: FakeStreamOptions = {}) {
    super({ objectMode: true })
    const caller = { subject: 'ana', expiresAtMs: Number.POSITIVE_INFINITY, ...principal }
    setCallContext(this.metadata, { requestId: 'r-1', endsAtMs, principal: caller })
    // Like grpc-js: an error becomes the status of the stream, once all answers are sent.
    this.on('error', (error: ServiceError) => {
      this.#error = rpcErrorOf(error)
      this.end()
    })
  }

  /** The same stream, in the type that handlers use. */
  get call(): ServerDuplexStream<Request, Answer> {
    // Handlers use only these members of a stream.
    return this as unknown as ServerDuplexStream<Request, Answer>
  }

  /** Requests that were sent and not read yet. */
  get unread(): number {
    return this.#sent.length + this.readableLength
  }

  sendMetadata(metadata: Metadata): void {
    this.headers.push(metadata)
  }

  send(...requests: readonly Request[]): void {
    this.#sent.push(...requests)
    this.#deliver()
  }

  halfClose(): void {
    this.#halfClosed = true
    this.#deliver()
  }

  /** Cancels the call, as the caller does. */
  cancel(): void {
    this.cancelled = true
    this.emit('cancelled', 'cancelled')
    this.destroy()
  }

  /** Makes the connection stop accepting answers. */
  block(): void {
    this.#blocked = true
  }

  /** Makes the connection accept all waiting and future answers. */
  unblock(): void {
    this.#blocked = false
    for (const take of this.#held.splice(0)) take()
  }

  override _read(): void {
    this.#wanted = true
    this.#deliver()
  }

  override _write(answer: Answer, _encoding: string, taken: () => void): void {
    const take = () => {
      this.answers.push(answer)
      taken()
    }
    this.offered += 1
    if (this.#blocked) this.#held.push(take)
    // A connection never finishes within the same turn.
    else setImmediate(take)
  }

  override _final(done: () => void): void {
    this.status = this.#error ?? 'OK'
    done()
  }

  /** Delivers one request per read, as grpc-js does. */
  #deliver(): void {
    if (!this.#wanted) return
    const [request] = this.#sent.splice(0, 1)
    if (request === undefined && !this.#halfClosed) return
    this.#wanted = false
    this.push(request ?? null)
  }
}
