import type { ServerHttp2Session } from 'node:http2'
import type { Socket } from 'node:net'
import { readOn } from './http2-sessions.js'

/**
 * Most calls that a connection may begin in one turn of the event loop. The database's replies wait for the
 * end of the turn.
 */
export const CALLS_PER_TURN = 16
/** The same limit for an unauthenticated connection. */
export const UNAUTHENTICATED_CALLS_PER_TURN = 4
/**
 * Time that a new connection has for its first call before it makes room for others, in milliseconds: more
 * than a handshake takes.
 */
export const GRACE_MS = 2_000
/** Up to a quarter of all connections may have this time at once. Beyond that, the oldest one makes room. */
const GRACE_SHARE = 4
/** Time between GOAWAY and the end of a connection, in milliseconds. */
const LEAVE_MS = 1_000
/** Time between two sweeps, in milliseconds. */
const SWEEP_MS = 1_000

/** Why a connection was closed or rejected. */
export const closings = ['FULL', 'MADE_ROOM'] as const
export type Closing = (typeof closings)[number]

/** The remote end of a connection, which its calls know, too. */
export type Peer = { readonly remoteAddress?: string | undefined; readonly remotePort?: number | undefined }

/** A connection, as far as the guard needs it. */
export type GuardedSocket = Peer & Pick<Socket, 'bytesRead' | 'once' | 'destroy'>

/** The HTTP/2 session of a connection. It begins later than the connection. */
export type GuardedSession = Pick<ServerHttp2Session, 'close' | 'on' | 'destroyed'> & {
  readonly socket: Peer
}

export type ConnectionGuardOptions = {
  /** Most connections at a time, 1 or more. */
  readonly connectionsMax: number
  readonly monotonicMs: () => number
  readonly onClosing: (closing: Closing) => void
}

type Connection = {
  readonly socket: GuardedSocket
  session?: GuardedSession
  isAuthenticated: boolean
  /** Number of calls in progress. */
  calls: number
  /** When the last call ended or, without calls, the connection opened. */
  idleSinceMs: number
  /** Bytes received up to the last sweep. */
  sweptBytes: number
}

/**
 * Bounds the cost of connections.
 *
 * The guard closes a connection only to make room for another, and never because of its address: floods of
 * addresses are for the network in front to stop.
 *
 * A connection is unauthenticated until a call on it presents a valid token. It is idle while it has no call
 * in progress. When a connection arrives while `connectionsMax` are open, the guard closes one from the first
 * of these groups that has any, the one that has been in it longest:
 *
 * 1. unauthenticated and idle for {@link GRACE_MS}, or while such connections are more than a quarter of all;
 * 2. authenticated and idle;
 * 3. unauthenticated and idle for a shorter time;
 * 4. unauthenticated with calls in progress, such as a health watch.
 *
 * When all are authenticated and busy, the new one is rejected.
 */
export class ConnectionGuard {
  readonly #options: ConnectionGuardOptions
  readonly #connections = new Map<string, Connection>()
  /** In each set, the connection that has been there longest comes first. */
  readonly #idle = new Set<Connection>()
  readonly #unauthenticatedIdle = new Set<Connection>()
  readonly #unauthenticatedBusy = new Set<Connection>()

  constructor(options: ConnectionGuardOptions) {
    this.#options = options
    setInterval(() => this.sweep(), SWEEP_MS).unref()
  }

  /** Number of open connections. */
  get open(): number {
    return this.#connections.size
  }

  /** Number of open connections on which no call has presented a valid token yet. */
  get unauthenticated(): number {
    return this.#unauthenticatedIdle.size + this.#unauthenticatedBusy.size
  }

  /** Admits a new connection, or closes it and returns false. */
  admit(socket: GuardedSocket): boolean {
    // The client has already left.
    if (socket.remoteAddress === undefined) return false
    if (this.open >= this.#options.connectionsMax && !this.#makeRoom()) {
      socket.destroy()
      this.#options.onClosing('FULL')
      return false
    }
    const idleSinceMs = this.#options.monotonicMs()
    const connection = { socket, isAuthenticated: false, calls: 0, idleSinceMs, sweptBytes: 0 }
    this.#connections.set(keyOf(socket), connection)
    this.#sort(connection)
    socket.once('close', () => this.#forget(connection))
    return true
  }

  /**
   * Registers the HTTP/2 session of a connection.
   *
   * Returns a function that tells how many calls the connection may begin in one turn of the event loop.
   */
  opened(session: GuardedSession): () => number {
    const connection = this.#connections.get(keyOf(session.socket))
    if (!connection) return () => UNAUTHENTICATED_CALLS_PER_TURN
    connection.session = session
    session.on('stream', (stream) => {
      connection.calls += 1
      if (connection.calls === 1) this.#sort(connection)
      stream.once('close', () => {
        connection.calls -= 1
        if (connection.calls > 0) return
        connection.idleSinceMs = this.#options.monotonicMs()
        this.#sort(connection)
      })
    })
    return () => (connection.isAuthenticated ? CALLS_PER_TURN : UNAUTHENTICATED_CALLS_PER_TURN)
  }

  /** Marks a connection as authenticated: a call on it has presented a valid token. */
  markAuthenticated(peer: Peer): void {
    const connection = this.unauthenticated > 0 ? this.#connections.get(keyOf(peer)) : undefined
    if (!connection || connection.isAuthenticated) return
    connection.isAuthenticated = true
    this.#sort(connection)
  }

  /** Finds clients that broke HTTP/2 and left. Called once a second by a timer. */
  sweep(): void {
    for (const connection of this.#connections.values()) {
      const { bytesRead } = connection.socket
      if (bytesRead === connection.sweptBytes) readOn(connection.socket)
      connection.sweptBytes = bytesRead
    }
  }

  #makeRoom(): boolean {
    const connection = this.#leastNeeded()
    if (!connection) return false
    this.#forget(connection)
    leave(connection)
    this.#options.onClosing('MADE_ROOM')
    return true
  }

  #leastNeeded(): Connection | undefined {
    const { connectionsMax, monotonicMs } = this.#options
    const newcomer = firstOf(this.#unauthenticatedIdle)
    const isDue =
      newcomer !== undefined &&
      (monotonicMs() - newcomer.idleSinceMs >= GRACE_MS ||
        this.#unauthenticatedIdle.size > connectionsMax / GRACE_SHARE)
    return (isDue ? newcomer : firstOf(this.#idle)) ?? newcomer ?? firstOf(this.#unauthenticatedBusy)
  }

  #forget(connection: Connection): void {
    if (this.#isOpen(connection)) this.#connections.delete(keyOf(connection.socket))
    this.#sort(connection)
  }

  /** Moves a connection to the end of the set of its state. */
  #sort(connection: Connection): void {
    for (const set of [this.#idle, this.#unauthenticatedIdle, this.#unauthenticatedBusy])
      set.delete(connection)
    if (!this.#isOpen(connection)) return
    const { isAuthenticated, calls } = connection
    if (!isAuthenticated)
      (calls === 0 ? this.#unauthenticatedIdle : this.#unauthenticatedBusy).add(connection)
    else if (calls === 0) this.#idle.add(connection)
  }

  /** Whether the connection is still open. Its address and port may belong to a new one by now. */
  #isOpen(connection: Connection): boolean {
    return this.#connections.get(keyOf(connection.socket)) === connection
  }
}

/** Closes a connection with GOAWAY: gRPC clients then safely retry the calls that were on their way. */
function leave({ socket, session }: Connection): void {
  if (!session || session.destroyed) {
    socket.destroy()
    return
  }
  session.close()
  setTimeout(() => socket.destroy(), LEAVE_MS).unref()
}

function firstOf<T>(set: ReadonlySet<T>): T | undefined {
  return set.values().next().value
}

function keyOf({ remoteAddress, remotePort }: Peer): string {
  return `${remoteAddress} ${remotePort}`
}
