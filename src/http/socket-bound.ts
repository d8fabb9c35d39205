import type { Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/**
 * Bounds the connections of an HTTP server, and always admits a new one.
 *
 * When one more arrives, the connection that has been idle longest is closed. When none is idle, the one with
 * the oldest request is closed.
 */
export class SocketBound {
  readonly #socketsMax: number
  /** In each set, the socket that has been there longest comes first. */
  readonly #idle = new Set<Socket>()
  readonly #busy = new Set<Socket>()

  constructor(server: Server, socketsMax: number) {
    this.#socketsMax = socketsMax
    server.on('connection', (socket) => this.#opened(socket))
    server.on('request', ({ socket }, response) => this.#asked(socket, response))
  }

  #opened(socket: Socket): void {
    if (this.#idle.size + this.#busy.size >= this.#socketsMax) this.#makeRoom()
    this.#idle.add(socket)
    socket.once('close', () => this.#forget(socket))
  }

  #asked(socket: Socket, response: ServerResponse): void {
    if (this.#idle.delete(socket)) this.#busy.add(socket)
    response.once('close', () => {
      if (this.#busy.delete(socket)) this.#idle.add(socket)
    })
  }

  #makeRoom(): void {
    const socket = this.#idle.values().next().value ?? this.#busy.values().next().value
    if (!socket) return
    this.#forget(socket)
    socket.destroy()
  }

  #forget(socket: Socket): void {
    this.#idle.delete(socket)
    this.#busy.delete(socket)
  }
}
