import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { type MongoCommand, type WireMessage, WireReader } from './mongo-wire.js'

/** Which requests lose their connection, and when. */
export type Cut = {
  readonly command: MongoCommand
  /** REPLY: MongoDB has done it and its reply is on the way. REQUEST: MongoDB never hears of it. */
  readonly loses: 'REPLY' | 'REQUEST'
  /**
   * This many of them. ALL_FROM_THERE: the first one, and then every request of any kind, until `heal`. AWAY_FROM_THERE: the
   * same, and no connection can be made.
   */
  readonly times: number | 'ALL_FROM_THERE' | 'AWAY_FROM_THERE'
}

/** With it the driver finds out whether the server is there. */
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

  /** From now on these requests lose their connection. */
  cut(cut: Cut): void {
    this.#cut = cut
    this.#chosen = 0
  }

  /** Cuts nothing more, and says how many connections were cut. */
  heal(): number {
    this.#cut = undefined
    return this.#chosen
  }

  /** How many connections were cut since the last `cut`. */
  get cuts(): number {
    return this.#chosen
  }

  /** From now on every request but heartbeats comes this much later, in milliseconds; 0 ends that. */
  slowDown(delayMs: number): void {
    this.#delayMs = delayMs
  }

  /** From now on nothing more is taken from the connections that there are. */
  stall(): void {
    for (const socket of this.#sockets) socket.pause()
  }

  /** Ends the connections that there are as a host does that knows nothing of them. */
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
        // The driver has one request at a time on a connection: none overtakes another.
        if (delayMs > 0) setTimeout(() => to.write(message.bytes), delayMs)
        else to.write(message.bytes)
      }
    })
  }

  /** Whether the request goes no further. One that loses its reply does: it is only noted. */
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
