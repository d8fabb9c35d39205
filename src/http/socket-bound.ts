import type { Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/**
 * Bounds the connections of an HTTP server, and always admits a new one.
 *
 * When one more arrives, the connection that has been idle longest is closed. When none is idle, the one with
 * the oldest request is closed. Connections are told apart by the address and port of the client: with TLS, a
 * request has another socket than its connection.
 */
export class SocketBound {
  readonly #socketsMax: number
  /** In each map, the socket that has been there longest comes first. */
  readonly #idle = new Map<string, Socket>()
  readonly #busy = new Map<string, Socket>()

  constructor(server: Pick<Server, 'on'>, socketsMax: number) {
    this.#socketsMax = socketsMax
    server.on('connection', (socket) => this.#opened(socket))
    server.on('request', ({ socket }, response) => this.#asked(keyOf(socket), response))
  }

  #opened(socket: Socket): void {
    if (this.#idle.size + this.#busy.size >= this.#socketsMax) this.#makeRoom()
    const key = keyOf(socket)
    this.#idle.set(key, socket)
    socket.once('close', () => this.#forget(key, socket))
  }

  #asked(key: string, response: ServerResponse): void {
    move(key, this.#idle, this.#busy)
    response.once('close', () => move(key, this.#busy, this.#idle))
  }

  #makeRoom(): void {
    const [key, socket] = firstOf(this.#idle) ?? firstOf(this.#busy) ?? []
    if (key === undefined || !socket) return
    this.#forget(key, socket)
    socket.destroy()
  }

  /** Forgets a connection, unless its address and port belong to a new one by now. */
  #forget(key: string, socket: Socket): void {
    for (const sockets of [this.#idle, this.#busy]) {
      if (sockets.get(key) === socket) sockets.delete(key)
    }
  }
}

function move(key: string, from: Map<string, Socket>, to: Map<string, Socket>): void {
  const socket = from.get(key)
  if (!socket) return
  from.delete(key)
  to.set(key, socket)
}

function firstOf<Key, Value>(map: ReadonlyMap<Key, Value>): readonly [Key, Value] | undefined {
  return map.entries().next().value
}

function keyOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`
}
