import { createServer, type Socket } from 'node:net'
import { type ListenAddress, listenOn } from '../listen-on.js'

/** Whoever a connection can be given to. */
export type Taker = {
  /** Whether it can be given one now. */
  readonly free: boolean
  /** Gives it a connection, which stays open here too, and waits until it has taken it; false when it has ended instead. */
  readonly give: (connection: Socket) => Promise<boolean>
}

export type SharedPortOptions = {
  /** In the order of their turns; none before they are started. */
  readonly takers: () => readonly Taker[]
  /** Most connections that wait to be taken, 1 or more; what comes besides is closed. */
  readonly waitingMax: number
  /** Told of each that is closed because as many wait as may. */
  readonly onFull: () => void
}

/**
 * The port that workers share: each connection is given to one of them, unread, in turn.
 *
 * Until a worker has taken it, a connection stays open here, too: when the worker ends before that, another one gets it. Node's cluster, which
 * hands out the connections of a shared port otherwise, forgets such a connection without closing it.
 */
export class SharedPort {
  readonly #options: SharedPortOptions
  readonly #listener = createServer({ pauseOnConnect: true })
  /** The one that has come first is the first. */
  #waiting: Socket[] = []
  #turn = 0

  constructor(options: SharedPortOptions) {
    this.#options = options
    this.#listener.maxConnections = options.waitingMax
    this.#listener.on('drop', options.onFull)
    this.#listener.on('connection', (connection) => {
      connection.on('error', () => {})
      this.#waiting.push(connection)
      this.handOut()
    })
  }

  /** Starts to listen and returns the port. Fails with the system's error when it cannot be had. */
  async listen(address: ListenAddress): Promise<number> {
    return await listenOn(this.#listener, address)
  }

  /** Gives what waits to those who are free. To be called when one may have become so. */
  handOut(): void {
    for (;;) {
      const taker = this.#waiting.length > 0 ? this.#nextFree() : undefined
      const connection = taker && this.#waiting.shift()
      if (!connection) return
      void this.#give(connection, taker)
    }
  }

  /** Lets nobody in any more, and closes what waits. What was taken stays. */
  close(): void {
    this.#listener.close()
    for (const connection of this.#waiting.splice(0)) connection.destroy()
  }

  async #give(connection: Socket, taker: Taker): Promise<void> {
    // Both processes have it open: whoever has taken it keeps it when ours is closed.
    if ((await taker.give(connection)) || !this.#listener.listening) connection.destroy()
    else if (!connection.destroyed) this.#waiting.unshift(connection)
    this.handOut()
  }

  #nextFree(): Taker | undefined {
    const takers = this.#options.takers()
    for (let tried = 0; tried < takers.length; tried++) {
      const taker = takers[this.#turn % takers.length]
      this.#turn = (this.#turn + 1) % takers.length
      if (taker?.free) return taker
    }
    return undefined
  }
}
