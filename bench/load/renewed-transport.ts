import { type CallEnd, NO_ANSWER } from '../h2/call-end.js'
import { GrpcConnection } from '../h2/grpc-connection.js'
import type { StreamListener } from '../h2/grpc-stream.js'
import type { Call } from './call.js'
import type { LoadJob } from './job.js'
import { RequestWriter } from './request-writer.js'
import type { Renewals } from './result.js'
import type { Transport } from './transport.js'

/** Times that a call is sent at most: a server that never looks at it is not asked for ever. */
const SENDINGS_MAX = 3

/**
 * A call of Authorize for each, over connections that are replaced when the server takes no more calls on them: what is under way there may
 * end. Calls that the server says it has not looked at are sent again, as gRPC's own clients do without telling anybody.
 */
export class RenewedTransport implements Transport {
  readonly #target: LoadJob['target']
  readonly #headers: Buffer
  readonly #writer = new RequestWriter()
  /** The connections that calls take turns on; absent while another one is being made. */
  readonly #places: (GrpcConnection | undefined)[]
  /** Those on which the server has taken no more calls. */
  readonly #left: GrpcConnection[] = []
  #waiting: Attempt[] = []
  #turn = 0
  #resent = 0
  /** Why nothing can be sent any more. */
  #end: CallEnd | undefined

  /** Opens all connections; when one of them fails, none is left. */
  static async open({ target, connections }: LoadJob, headers: Buffer): Promise<RenewedTransport> {
    const transport = new RenewedTransport(target, headers, connections)
    try {
      await Promise.all(Array.from({ length: connections }, (_, place) => transport.#connect(place)))
    } catch (error) {
      transport.close()
      throw error
    }
    return transport
  }

  private constructor(target: LoadJob['target'], headers: Buffer, connections: number) {
    this.#target = target
    this.#headers = headers
    this.#places = Array.from({ length: connections })
  }

  get renewals(): Renewals {
    return { connections: this.#left.length, resent: this.#resent }
  }

  send(call: Call): void {
    this.#send(new Attempt(call, this.#again))
  }

  close(): void {
    this.#stop({ status: NO_ANSWER, message: 'the connections were closed on our side' })
    for (const connection of [...this.#places, ...this.#left]) connection?.close()
  }

  readonly #again = (attempt: Attempt): void => {
    this.#resent++
    this.#send(attempt)
  }

  #send(attempt: Attempt): void {
    if (this.#end) {
      attempt.giveUp(this.#end)
      return
    }
    const connection = this.#next()
    if (!connection) {
      this.#waiting.push(attempt)
      return
    }
    attempt.sendings++
    const stream = connection.call(this.#headers, attempt)
    connection.send({ stream, message: this.#writer.message(attempt.call.purchase), last: true })
  }

  /** The connection whose turn it is, of those that there are; others are made for those that are of no more use. */
  #next(): GrpcConnection | undefined {
    for (let looked = 0; looked < this.#places.length; looked++) {
      const place = this.#turn++ % this.#places.length
      const connection = this.#places[place]
      if (connection?.takesCalls) return connection
      if (connection) this.#renew(connection, place)
    }
    return undefined
  }

  #renew(old: GrpcConnection, place: number): void {
    this.#left.push(old)
    this.#places[place] = undefined
    this.#connect(place).catch((error: unknown) => {
      const what = error instanceof Error ? error.message : String(error)
      this.#stop({ status: NO_ANSWER, message: `no other connection can be had: ${what}` })
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
    for (const attempt of this.#takeWaiting()) attempt.giveUp(end)
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
  readonly #again: (attempt: Attempt) => void

  constructor(call: Call, again: (attempt: Attempt) => void) {
    this.call = call
    this.#again = again
  }

  message(message: Buffer): void {
    this.call.message(message)
  }

  end(end: CallEnd): void {
    if (end.isUntouched && this.sendings < SENDINGS_MAX) this.#again(this)
    else this.call.end(end)
  }

  giveUp(end: CallEnd): void {
    this.call.end(end)
  }
}
