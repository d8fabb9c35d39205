import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import type { Connection } from '../failover/peer.js'

export type GateOptions = {
  /** The address under which everybody knows the member behind it. */
  readonly port: number
  /** Where that member really listens. */
  readonly targetPort: number
  /** Who has made a connection; undefined when it is none of those who can be parted. */
  readonly peerOf?: (connection: Connection) => string | undefined
}

/** One connection through the gate, whose two halves are joined or held up. */
type Passage = { readonly peer: string | undefined; readonly client: Socket; readonly server: Socket }

/**
 * The one way to a member of the replica set, for the other members and for the services. It can be shut for some of them, as a network is
 * that loses every packet: connections stay, and nothing passes. What was sent meanwhile passes when it is open again.
 */
export class Gate {
  readonly #options: GateOptions
  readonly #server: Server
  readonly #passages = new Set<Passage>()
  #isOpenFor: (peer: string | undefined) => boolean = () => true

  constructor(options: GateOptions) {
    this.#options = options
    this.#server = createServer((client) => this.#join(client))
  }

  async listen(): Promise<void> {
    this.#server.listen(this.#options.port, '127.0.0.1')
    await once(this.#server, 'listening')
  }

  /** From now on only these get through. */
  openFor(isOpenFor: (peer: string | undefined) => boolean): void {
    this.#isOpenFor = isOpenFor
    for (const passage of this.#passages) this.#set(passage)
  }

  /** Ends the connections that there are. */
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
    const peer = this.#options.peerOf?.({ from: client.remotePort ?? 0, to: this.#options.port })
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
