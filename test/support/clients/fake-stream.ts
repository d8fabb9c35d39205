import { Duplex } from 'node:stream'
import { Metadata, type ServerDuplexStream, type ServiceError } from '@grpc/grpc-js'
import { type Principal, setCallContext } from '../../../src/grpc/call-context.js'
import { type RpcError, rpcErrorOf } from './rpc-error.js'

export type FakeStreamOptions = {
  /** When the caller gives up, on the monotonic clock of the test. Default: it waits for ever. */
  readonly endsAtMs?: number
  readonly principal?: Partial<Principal>
}

/** The server's side of a stream as grpc-js makes it, without a server: what the caller does and sees is in the hands of the test. */
export class FakeStream<Request, Answer> extends Duplex {
  readonly metadata = new Metadata()
  readonly headers: Metadata[] = []
  /** What the connection has taken. */
  readonly answers: Answer[] = []
  /** Answers that were handed to the connection, whether it has taken them or not. */
  offered = 0
  cancelled = false
  /** What the stream ended with; undefined while it has not. */
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
    // As grpc-js does: an error becomes the status of the stream, once all answers are sent.
    this.on('error', (error: ServiceError) => {
      this.#error = rpcErrorOf(error)
      this.end()
    })
  }

  /** The same as handlers see it. */
  get call(): ServerDuplexStream<Request, Answer> {
    // Of a stream, handlers look at nothing that is not here.
    return this as unknown as ServerDuplexStream<Request, Answer>
  }

  /** Requests that were sent and that nobody has taken. */
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

  /** As when the caller leaves. */
  cancel(): void {
    this.cancelled = true
    this.emit('cancelled', 'cancelled')
    this.destroy()
  }

  /** From now on the connection takes no answer. */
  block(): void {
    this.#blocked = true
  }

  /** It takes all that waits, and what comes. */
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
    // A connection is never done at once.
    else setImmediate(take)
  }

  override _final(done: () => void): void {
    this.status = this.#error ?? 'OK'
    done()
  }

  /** One request for each time that one is wanted, as grpc-js does it. */
  #deliver(): void {
    if (!this.#wanted) return
    const [request] = this.#sent.splice(0, 1)
    if (request === undefined && !this.#halfClosed) return
    this.#wanted = false
    this.push(request ?? null)
  }
}
