import { type CallEnd, NO_ANSWER } from '../h2/call-end.js'
import { GrpcConnection } from '../h2/grpc-connection.js'
import type { StreamListener } from '../h2/grpc-stream.js'
import type { Call } from './call.js'
import type { LoadJob } from './job.js'
import type { Renewals } from './result.js'
import type { Transport } from './transport.js'

/** Most times that a call is sent: a server that never looks at it is not asked for ever. */
const SENDINGS_MAX = 3

/** Opens the connections of a job; when one fails, none is left. */
export async function openConnections(job: LoadJob): Promise<readonly GrpcConnection[]> {
  const opening = Array.from({ length: job.connections }, () => GrpcConnection.open(job.target))
  try {
    return await Promise.all(opening)
  } catch (error) {
    for (const one of await Promise.allSettled(opening)) if (one.status === 'fulfilled') one.value.close()
    throw error
  }
}

/**
 * Sends each request as a call of Authorize. A transport that renews connections replaces one on which the server
 * takes no more calls, and calls under way there may still end. It repeats calls that the server says it has not
 * looked at, as gRPC's own clients do.
 */
export class UnaryTransport implements Transport {
  readonly #target: LoadJob['target']
  readonly #headers: Buffer
  readonly #renews: boolean
  /** The connections that calls take turns on; absent while another one is being made. */
  readonly #places: (GrpcConnection | undefined)[]
  /** Connections on which the server takes no more calls. */
  readonly #left: GrpcConnection[] = []
  #waiting: Attempt[] = []
  #turn = 0
  #resent = 0
  /** Why nothing can be sent any more. */
  #end: CallEnd | undefined

  constructor(
    { target, renewsConnections = false }: LoadJob,
    connections: readonly GrpcConnection[],
    headers: Buffer,
  ) {
    this.#target = target
    this.#headers = headers
    this.#renews = renewsConnections
    this.#places = [...connections]
  }

  get renewals(): Renewals | undefined {
    return this.#renews ? { connections: this.#left.length, resent: this.#resent } : undefined
  }

  send(call: Call): void {
    this.#send(new Attempt(call, this.#again))
  }

  close(): void {
    this.#stop({ status: NO_ANSWER, message: 'the connections were closed on our side' })
    for (const connection of [...this.#places, ...this.#left]) connection?.close()
  }

  readonly #again = (attempt: Attempt, end: CallEnd): void => {
    if (!this.#renews || attempt.sendings >= SENDINGS_MAX) {
      attempt.call.end(end)
      return
    }
    this.#resent++
    this.#send(attempt)
  }

  #send(attempt: Attempt): void {
    if (this.#end) {
      attempt.call.end(this.#end)
      return
    }
    const connection = this.#next()
    if (!connection) {
      this.#waiting.push(attempt)
      return
    }
    attempt.sendings++
    const stream = connection.call(this.#headers, attempt)
    connection.send({ stream, message: attempt.call.request(), last: true })
  }

  /** The connection whose turn it is, of those that take calls. */
  #next(): GrpcConnection | undefined {
    for (let looked = 0; looked < this.#places.length; looked++) {
      const place = this.#turn++ % this.#places.length
      const connection = this.#places[place]
      if (connection?.takesCalls || !this.#renews) return connection
      if (connection) this.#renew(connection, place)
    }
    return undefined
  }

  #renew(old: GrpcConnection, place: number): void {
    this.#left.push(old)
    this.#places[place] = undefined
    this.#connect(place).catch((error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error)
      this.#stop({ status: NO_ANSWER, message: `no other connection can be had: ${reason}` })
    })
  }

  async #connect(place: number): Promise<void> {
    const connection = await GrpcConnection.open(this.#target)
    this.#places[place] = connection
    if (this.#end) connection.close()
    for (const attempt of this.#takeWaiting()) this.#send(attempt)
  }

  #stop(end: CallEnd): void {
    this.#end ??= end
    for (const { call } of this.#takeWaiting()) call.end(end)
  }

  #takeWaiting(): readonly Attempt[] {
    const waiting = this.#waiting
    this.#waiting = []
    return waiting
  }
}

/** A call that may have to be sent more than once. */
class Attempt implements StreamListener {
  readonly call: Call
  sendings = 0
  /** Called when the server says that it has not looked at the call. */
  readonly #onUntouched: (attempt: Attempt, end: CallEnd) => void

  constructor(call: Call, onUntouched: (attempt: Attempt, end: CallEnd) => void) {
    this.call = call
    this.#onUntouched = onUntouched
  }

  message(message: Buffer): void {
    this.call.message(message)
  }

  end(end: CallEnd): void {
    if (end.isUntouched) this.#onUntouched(this, end)
    else this.call.end(end)
  }
}
