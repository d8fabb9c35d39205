import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { type MongoCommand, type WireMessage, WireReader } from './mongo-wire.js'

/** The requests that lose their connection, and when. */
export type Cut = {
  readonly command: MongoCommand
  /** REPLY: MongoDB has executed the request, and its reply is lost. REQUEST: MongoDB never receives it. */
  readonly loses: 'REPLY' | 'REQUEST'
  /**
   * Number of requests. ALL_FROM_THERE: the first one, and then every request of any kind, until `heal`.
   * AWAY_FROM_THERE: the same, and no connection can be opened.
   */
  readonly times: number | 'ALL_FROM_THERE' | 'AWAY_FROM_THERE'
}

/** The driver's health check of the server. */
const HEARTBEAT = 'hello'

/** Stands between a client and a mongod, and cuts the connection of chosen requests. */
export class TcpProxy {
  readonly #server: Server
  readonly #targetPort: number
  readonly #sockets = new Set<Socket>()
  #cut: Cut | undefined
  #chosen = 0
  #delayMs = 0

  /** Listens on any free port of 127.0.0.1 for connections to `targetPort`. */
  static async listen(targetPort: number): Promise<TcpProxy> {
    const proxy = new TcpProxy(targetPort)
    proxy.#server.listen(0, '127.0.0.1')
    await once(proxy.#server, 'listening')
    return proxy
  }

  private constructor(targetPort: number) {
    this.#targetPort = targetPort
    this.#server = createServer((client) => this.#join(client))
  }

  get port(): number {
    // A server that listens on TCP has such an address.
    return (this.#server.address() as AddressInfo).port
  }

  /** Makes these requests lose their connection from now on. */
  cut(cut: Cut): void {
    this.#cut = cut
    this.#chosen = 0
  }

  /** Stops cutting, and returns how many connections were cut. */
  heal(): number {
    this.#cut = undefined
    return this.#chosen
  }

  /** Number of cut connections since the last `cut`. */
  get cuts(): number {
    return this.#chosen
  }

  /** Delays every request except heartbeats by so many milliseconds; 0 ends that. */
  slowDown(delayMs: number): void {
    this.#delayMs = delayMs
  }

  /** Stops reading from all open connections. */
  stall(): void {
    for (const socket of this.#sockets) socket.pause()
  }

  /** Ends all open connections like a host that does not know them. */
  reset(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy()
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    this.#server.close()
    await once(this.#server, 'close')
  }

  get #isAway(): boolean {
    return this.#cut?.times === 'AWAY_FROM_THERE' && this.#chosen > 0
  }

  #join(client: Socket): void {
    if (this.#isAway) {
      client.destroy()
      return
    }
    const server = connect(this.#targetPort, '127.0.0.1')
    const drop = () => {
      client.destroy()
      server.destroy()
    }
    for (const socket of [client, server]) {
      this.#sockets.add(socket)
      socket.setNoDelay(true)
      socket.on('error', drop)
      socket.on('close', () => {
        this.#sockets.delete(socket)
        drop()
      })
    }
    const condemned = new Set<number>()
    this.#forward({
      from: client,
      to: server,
      drop,
      isCut: (message) => this.#cutsRequest(message, condemned),
      delayMsOf: ({ command }) => (command?.name === HEARTBEAT ? 0 : this.#delayMs),
    })
    const isCut = ({ answers }: WireMessage) => condemned.has(answers)
    this.#forward({ from: server, to: client, drop, isCut, delayMsOf: () => 0 })
  }

  #forward({ from, to, drop, isCut, delayMsOf }: Direction): void {
    const reader = new WireReader()
    from.on('data', (chunk: Buffer) => {
      for (const message of reader.push(chunk)) {
        if (isCut(message)) return drop()
        const delayMs = delayMsOf(message)
        // The driver sends one request at a time on a connection, so none overtakes another.
        if (delayMs > 0) setTimeout(() => to.write(message.bytes), delayMs)
        else to.write(message.bytes)
      }
    })
  }

  /** Whether the request is stopped. A request that loses its reply is passed on, and only recorded. */
  #cutsRequest({ id, command }: WireMessage, condemned: Set<number>): boolean {
    const cut = this.#cut
    const chosen = cut !== undefined && command !== undefined && this.#chooses(cut, command)
    if (!chosen) return false
    this.#chosen += 1
    if (cut.loses === 'REPLY') condemned.add(id)
    return cut.loses === 'REQUEST'
  }

  #chooses({ command: wanted, times }: Cut, { name, collection }: MongoCommand): boolean {
    if (this.#isAway) return true
    if (times === 'ALL_FROM_THERE' && this.#chosen > 0) return name !== HEARTBEAT
    const fits = name === wanted.name && collection === wanted.collection
    return fits && (typeof times === 'string' || this.#chosen < times)
  }
}

type Direction = {
  readonly from: Socket
  readonly to: Socket
  readonly drop: () => void
  readonly isCut: (message: WireMessage) => boolean
  readonly delayMsOf: (message: WireMessage) => number
}
