import type { ServerHttp2Session } from 'node:http2'
import type { Socket } from 'node:net'
import { readOn } from './http2-sessions.js'

/** Calls that a connection may begin in one turn of the event loop. The database's answers wait for the end of the turn. */
export const CALLS_PER_TURN = 16
/** The same until a call has presented a valid token. */
export const UNAUTHENTICATED_CALLS_PER_TURN = 4
/** Time that a new connection has for its first call before it makes room for others, in milliseconds: more than a handshake takes. */
export const GRACE_MS = 2_000
/** Part of all connections that may have this time together: a quarter. */
const GRACE_SHARE = 4
/** Time until a connection that was told to go is cut off, in milliseconds. */
const LEAVE_MS = 1_000
/** Time between two sweeps, in milliseconds. */
const SWEEP_MS = 1_000

/** Why a connection was closed, or rejected. */
export const closings = ['FULL', 'MADE_ROOM'] as const
export type Closing = (typeof closings)[number]

/** The far end of a connection, as its calls know it too. */
export type Peer = { readonly remoteAddress?: string | undefined; readonly remotePort?: number | undefined }

/** A connection, as far as the guard cares. */
export type GuardedSocket = Peer & Pick<Socket, 'bytesRead' | 'once' | 'destroy'>

/** HTTP/2 on a connection, which begins later than the connection itself. */
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
  /** Calls in progress. */
  calls: number
  /** When the last of them ended, or the connection was opened. */
  idleSinceMs: number
  /** Bytes that had come at the last sweep. */
  sweptBytes: number
}

/**
 * Bounds what connections cost. It closes one only to make room for another, and never for what an address does: floods of addresses are
 * for the network in front.
 *
 * A connection is unauthenticated until a call on it presents a valid token, and idle while it has no call in progress. When there are
 * `connectionsMax` and one more comes, the first one there is of these makes room, and of several the one that has been so longest:
 *
 * 1. unauthenticated and idle for {@link GRACE_MS}, or one of more than a quarter of all;
 * 2. authenticated and idle;
 * 3. unauthenticated and idle for a shorter time;
 * 4. unauthenticated, with calls such as watch the health.
 *
 * When all are authenticated and busy, the new one is rejected.
 */
export class ConnectionGuard {
  readonly #options: ConnectionGuardOptions
  readonly #connections = new Map<string, Connection>()
  /** In each of these the connection is first that has been so longest. */
  readonly #idle = new Set<Connection>()
  readonly #unauthenticatedIdle = new Set<Connection>()
  readonly #unauthenticatedBusy = new Set<Connection>()

  constructor(options: ConnectionGuardOptions) {
    this.#options = options
    setInterval(() => this.sweep(), SWEEP_MS).unref()
  }

  /** Connections that are open. */
  get open(): number {
    return this.#connections.size
  }

  /** Those of them on which no call has presented a valid token yet. */
  get unauthenticated(): number {
    return this.#unauthenticatedIdle.size + this.#unauthenticatedBusy.size
  }

  /** Lets a new connection in, or closes it and returns false. */
  admit(socket: GuardedSocket): boolean {
    // It is gone already.
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

  /** A connection begins to speak HTTP/2. Returns how many calls it may begin in one turn of the event loop, at present. */
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

  /** A call on that connection has presented a valid token. */
  markAuthenticated(peer: Peer): void {
    const connection = this.unauthenticated > 0 ? this.#connections.get(keyOf(peer)) : undefined
    if (!connection || connection.isAuthenticated) return
    connection.isAuthenticated = true
    this.#sort(connection)
  }

  /** Notices clients that have broken HTTP/2 and left. It does so by itself, too. */
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

  /** Puts a connection where it belongs, behind those that have been so longer. */
  #sort(connection: Connection): void {
    for (const set of [this.#idle, this.#unauthenticatedIdle, this.#unauthenticatedBusy])
      set.delete(connection)
    if (!this.#isOpen(connection)) return
    const { isAuthenticated, calls } = connection
    if (!isAuthenticated)
      (calls === 0 ? this.#unauthenticatedIdle : this.#unauthenticatedBusy).add(connection)
    else if (calls === 0) this.#idle.add(connection)
  }

  /** Its place may be another connection's by now: ports are used again. */
  #isOpen(connection: Connection): boolean {
    return this.#connections.get(keyOf(connection.socket)) === connection
  }
}

/** With GOAWAY, so that a call that is on its way here meanwhile is safe to be tried again, as clients of gRPC do by themselves. */
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
