import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'

/** A connection between two ports of 127.0.0.1. */
export type Connection = { readonly from: number; readonly to: number }

export type GateOptions = {
  /** The port for all connections. */
  readonly port: number
  /** The port of the member behind it. */
  readonly targetPort: number
  /** Returns the owner of a connection; undefined for a process that is never separated. */
  readonly peerOf?: (connection: Connection) => string | undefined
}

/** One connection through the gate, whose two halves are joined or held. */
type Passage = { readonly peer: string | undefined; readonly client: Socket; readonly server: Socket }

/**
 * The only way to a member of a replica set, for the other members and for the services. A gate can be shut
 * for some of them, like a network that loses every packet: connections stay, and nothing passes. When it
 * opens, it passes everything that was sent meanwhile.
 */
export class Gate {
  readonly port: number
  readonly #options: GateOptions
  readonly #server: Server
  readonly #passages = new Set<Passage>()
  #isOpenFor: (peer: string | undefined) => boolean = () => true

  constructor(options: GateOptions) {
    this.port = options.port
    this.#options = options
    this.#server = createServer((client) => this.#join(client))
  }

  async listen(): Promise<void> {
    if (this.#server.listening) return
    this.#server.listen(this.port, '127.0.0.1')
    await once(this.#server, 'listening')
  }

  /** Lets only these peers through from now on. */
  openFor(isOpenFor: (peer: string | undefined) => boolean): void {
    this.#isOpenFor = isOpenFor
    for (const passage of this.#passages) this.#set(passage)
  }

  /** Ends all connections. */
  reset(): void {
    for (const { client, server } of this.#passages) {
      client.destroy()
      server.destroy()
    }
  }

  async close(): Promise<void> {
    this.reset()
    if (!this.#server.listening) return
    this.#server.close()
    await once(this.#server, 'close')
  }

  #join(client: Socket): void {
    const server = connect(this.#options.targetPort, '127.0.0.1')
    const peer = this.#options.peerOf?.({ from: client.remotePort ?? 0, to: this.port })
    const passage = { peer, client, server }
    this.#passages.add(passage)
    const drop = () => {
      client.destroy()
      server.destroy()
      this.#passages.delete(passage)
    }
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      from.setNoDelay(true)
      from.on('error', drop)
      from.on('close', drop)
      from.on('data', (chunk) => {
        if (!to.write(chunk)) from.pause()
      })
      to.on('drain', () => this.#set(passage))
    }
    this.#set(passage)
  }

  #set({ peer, client, server }: Passage): void {
    const isOpen = this.#isOpenFor(peer)
    for (const socket of [client, server]) {
      if (isOpen) socket.resume()
      else socket.pause()
    }
  }
}
