import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** Most requests of a connection that wait for the one before them. Clients that pipeline send a few. */
const PIPELINED_MAX = 16

type Waiting = {
  readonly request: IncomingMessage
  readonly response: ServerResponse
}

/**
 * Begins HTTP requests, one in each turn of the event loop and one at a time on each connection, in order of
 * arrival. A request as JSON takes longer than one in gRPC's bytes: calls on the gRPC port get turns in
 * between.
 */
export class RequestTurns {
  readonly #begin: (request: IncomingMessage, response: ServerResponse) => void
  readonly #ready: Waiting[] = []
  /** The connections with a request in progress, and the requests that wait behind it. */
  readonly #busy = new Map<Socket, Waiting[]>()

  constructor(begin: (request: IncomingMessage, response: ServerResponse) => void) {
    this.#begin = begin
  }

  add(request: IncomingMessage, response: ServerResponse): void {
    const { socket } = request
    const behind = this.#busy.get(socket)
    if (behind === undefined) {
      this.#busy.set(socket, [])
      this.#addReady({ request, response })
    } else if (behind.length < PIPELINED_MAX) {
      behind.push({ request, response })
    } else {
      socket.destroy()
    }
  }

  #addReady(waiting: Waiting): void {
    waiting.response.once('close', () => this.#ended(waiting.request.socket))
    if (this.#ready.push(waiting) === 1) setImmediate(() => this.#nextTurn())
  }

  #ended(socket: Socket): void {
    const next = this.#busy.get(socket)?.shift()
    if (next && !socket.destroyed) this.#addReady(next)
    else this.#busy.delete(socket)
  }

  #nextTurn(): void {
    let next = this.#ready.shift()
    while (next?.response.destroyed) next = this.#ready.shift()
    if (next) this.#begin(next.request, next.response)
    if (this.#ready.length > 0) setImmediate(() => this.#nextTurn())
  }
}
