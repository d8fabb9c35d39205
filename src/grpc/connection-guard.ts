import type { Socket } from 'node:net'
import { callerNetwork } from './caller-network.js'
import { FloodBudgets } from './flood-budgets.js'

/** Connections of strangers that are let be. Of those above it, the ones that have had their time are closed. */
export const STRANGERS_MAX = 64
/** Time to show a valid token, in milliseconds: for a handshake of TLS and a first call, on a day when everybody comes back at once. */
export const GRACE_MS = 10_000
/** What opening a connection counts as, and with it whatever it sends up to that: most of a handshake of mutual TLS. */
const CONNECTION_BYTES = 4 * 1024
/** What a call that is none counts as, besides its bytes: twice what it costs us, since those that have come by then are all worked on. */
const CALL_BYTES = 4 * 1024
/** Bytes between two looks above which a connection on which a valid token was shown is a flood: such as no pings and settings come to. */
const FLOOD_BYTES = 16 * 1024
/** Most that may be spared for later of what calls account for, in bytes. */
const SPARED_BYTES_MAX = 64 * 1024
/** Part of all connections that one address may have, where addresses are looked at. */
const ADDRESS_SHARE = 4
/** Time without a byte after which it is looked whether the other side is still there, in milliseconds. */
export const SILENCE_MS = 1_000
/** Time between two looks, in milliseconds. */
export const LOOK_MS = 100

/** Why a connection was closed, or not let in. */
export const closings = ['FULL', 'MADE_ROOM', 'FLOOD'] as const
export type Closing = (typeof closings)[number]

/** The far end of a connection, as its calls know it too. */
export type Peer = { readonly remoteAddress?: string | undefined; readonly remotePort?: number | undefined }

/** A connection, as far as the guard cares. */
export type GuardedSocket = Peer & Pick<Socket, 'bytesRead' | 'once' | 'destroy'>

export type ConnectionGuardOptions = {
  /** Most connections at a time, 1 or more. */
  readonly connectionsMax: number
  /** Whether addresses have a budget. Not where all callers come from one address, such as that of a proxy. */
  readonly stopsFloods: boolean
  readonly monotonicMs: () => number
  readonly onClosing: (closing: Closing) => void
}

type Connection = {
  readonly socket: GuardedSocket
  /** As {@link callerNetwork} has it. */
  readonly address: string
  readonly sinceMs: number
  /** When something came last, or it was looked whether somebody is there. */
  heardMs: number
  /** Until a valid token was shown. */
  isStranger: boolean
  /** Bytes that were received and looked at. */
  countedBytes: number
  /** Bytes that the connection itself or messages have accounted for, and that have not been looked at. */
  accountedBytes: number
  /** What it was charged since the last look. */
  chargedBytes: number
  /** What it was charged as a stranger's. */
  chargedStrangerBytes: number
}

/**
 * Decides who may be connected, so that those who have no token, or flood us with what is no call, cost the others nothing that matters.
 * A connection is a stranger's until a call with a valid token has come over it. All addresses of an IPv6 network count as one.
 *
 * - There are at most `connectionsMax` connections, a quarter of them from one address. When one more comes, the stranger's that has been there
 *   longest makes room.
 * - Of more than {@link STRANGERS_MAX} strangers, those are closed that have been there longest, once they have had {@link GRACE_MS}.
 * - Every address has a budget ({@link FloodBudgets}) for what is no call: for every byte of a stranger's, for those bytes of others that no
 *   message accounts for, 4 KiB for a connection, as much for a call without a valid token or without a message. When it is spent, the
 *   strangers of that address are closed and those others that have spent it, and no new ones are let in until there is some again. What
 *   had come of them by then is worked on all the same, and counts. Whoever shows a valid token gets back what was counted.
 */
export class ConnectionGuard {
  readonly #options: ConnectionGuardOptions
  readonly #budgets: FloodBudgets
  /** In the order in which they came. */
  readonly #connections = new Map<string, Connection>()
  /** Those that were closed for what they sent, until they are gone: calls that had come with it still have their turn. */
  readonly #leaving = new Map<string, Connection>()
  #strangers = 0
  #timer: NodeJS.Timeout | undefined

  constructor(options: ConnectionGuardOptions) {
    this.#options = options
    this.#budgets = new FloodBudgets(options.monotonicMs)
  }

  /** Connections that are open. */
  get open(): number {
    return this.#connections.size
  }

  /** Those of them that nobody has shown a valid token on. */
  get strangers(): number {
    return this.#strangers
  }

  /** Lets a new connection in, or closes it and returns false. */
  admit(socket: GuardedSocket): boolean {
    // It is gone already.
    if (socket.remoteAddress === undefined) return false
    const address = callerNetwork(socket.remoteAddress)
    if (!this.#mayConnect(address)) return this.#turnAway(socket, 'FLOOD')
    if (!this.#hasRoom(address) && !this.#makeRoom(address)) return this.#turnAway(socket, 'FULL')

    const connection = newConnection(socket, { address, sinceMs: this.#options.monotonicMs() })
    this.#connections.set(keyOf(socket), connection)
    this.#strangers += 1
    socket.once('close', () => this.#gone(connection))
    this.#timer ??= setInterval(() => this.look(), LOOK_MS).unref()
    return true
  }

  /** A call with a valid token has come over that connection: it is no stranger's any more. */
  vouch(peer: Peer): void {
    if (this.#strangers === 0) return
    const connection = this.#connections.get(keyOf(peer))
    if (!connection?.isStranger) return
    connection.isStranger = false
    this.#strangers -= 1
    connection.countedBytes = connection.socket.bytesRead
    if (this.#options.stopsFloods) this.#budgets.refund(connection.address, connection.chargedStrangerBytes)
  }

  /** A message has come that accounts for so many bytes, its headers included. */
  account(peer: Peer, bytes: number): void {
    const connection = this.#connections.get(keyOf(peer))
    if (connection && !connection.isStranger) connection.accountedBytes += bytes
  }

  /** A call has come that is none: without a valid token, or given up before its message came. */
  idleCall(peer: Peer): void {
    const key = keyOf(peer)
    const connection = this.#connections.get(key) ?? this.#leaving.get(key)
    if (connection) this.#charge(connection, CALL_BYTES)
  }

  /** Counts what has come since the last time, and closes strangers who have had their time. It does so by itself, too. */
  look(): void {
    const nowMs = this.#options.monotonicMs()
    for (const connection of this.#connections.values()) {
      this.#count(connection, nowMs)
      const isTooMany = this.#strangers > STRANGERS_MAX && nowMs - connection.sinceMs >= GRACE_MS
      if (connection.isStranger && isTooMany && this.#isOpen(connection)) this.#close(connection, 'MADE_ROOM')
    }
    this.#budgets.forgetWhole()
    if (this.open > 0) return
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  #mayConnect(address: string): boolean {
    return !this.#options.stopsFloods || this.#budgets.spend(address, CONNECTION_BYTES)
  }

  #count(connection: Connection, nowMs: number): void {
    const receivedBytes = this.#countReceived(connection)
    connection.chargedBytes = 0
    if (receivedBytes > 0) connection.heardMs = nowMs
    if (nowMs - connection.heardMs < SILENCE_MS) return
    connection.heardMs = nowMs
    readOn(connection.socket)
  }

  /** Charges what has come since the last time, and says how much that was. */
  #countReceived(connection: Connection): number {
    const { socket, countedBytes, accountedBytes } = connection
    const receivedBytes = socket.bytesRead - countedBytes
    connection.countedBytes = socket.bytesRead
    connection.accountedBytes = Math.min(Math.max(0, accountedBytes - receivedBytes), SPARED_BYTES_MAX)
    const bytes = Math.max(0, receivedBytes - accountedBytes)
    if (bytes > 0) this.#charge(connection, bytes)
    return receivedBytes
  }

  #charge(connection: Connection, bytes: number): void {
    if (!this.#options.stopsFloods) return
    connection.chargedBytes += bytes
    if (connection.isStranger) connection.chargedStrangerBytes += bytes
    if (this.#budgets.charge(connection.address, bytes) || !this.#isOpen(connection)) return
    if (!connection.isStranger && connection.chargedBytes <= FLOOD_BYTES) return
    this.#stop(connection)
    for (const other of this.#connections.values()) {
      // Before what they have sent is read.
      if (other.isStranger && other.address === connection.address) this.#stop(other)
    }
  }

  /** Closes a connection for what it has sent, or would. */
  #stop(connection: Connection): void {
    this.#leaving.set(keyOf(connection.socket), connection)
    this.#close(connection, 'FLOOD')
    this.#countReceived(connection)
  }

  #hasRoom(address: string): boolean {
    return this.open < this.#options.connectionsMax && !this.#hasItsShare(address)
  }

  #hasItsShare(address: string): boolean {
    const { connectionsMax, stopsFloods } = this.#options
    const share = Math.ceil(connectionsMax / ADDRESS_SHARE)
    if (!stopsFloods || this.open < share) return false
    let count = 0
    for (const connection of this.#connections.values()) if (connection.address === address) count += 1
    return count >= share
  }

  /** Closes the stranger that has been there longest; where an address has its share, one of its own. */
  #makeRoom(address: string): boolean {
    if (this.#strangers === 0) return false
    const hasItsShare = this.#hasItsShare(address)
    for (const connection of this.#connections.values()) {
      if (!connection.isStranger || (hasItsShare && connection.address !== address)) continue
      this.#close(connection, 'MADE_ROOM')
      return true
    }
    return false
  }

  #close(connection: Connection, closing: Closing): void {
    this.#forget(connection)
    this.#turnAway(connection.socket, closing)
  }

  /** What came since the last look counts, too. */
  #gone(connection: Connection): void {
    this.#forget(connection)
    this.#countReceived(connection)
    const key = keyOf(connection.socket)
    if (this.#leaving.get(key) === connection) this.#leaving.delete(key)
  }

  #forget(connection: Connection): void {
    if (!this.#isOpen(connection)) return
    this.#connections.delete(keyOf(connection.socket))
    if (connection.isStranger) this.#strangers -= 1
  }

  /** Its place may be another connection's by now: ports are used again. */
  #isOpen(connection: Connection): boolean {
    return this.#connections.get(keyOf(connection.socket)) === connection
  }

  #turnAway(socket: GuardedSocket, closing: Closing): false {
    socket.destroy()
    this.#options.onClosing(closing)
    return false
  }
}

function newConnection(
  socket: GuardedSocket,
  { address, sinceMs }: { readonly address: string; readonly sinceMs: number },
): Connection {
  return {
    socket,
    address,
    sinceMs,
    heardMs: sinceMs,
    isStranger: true,
    countedBytes: 0,
    accountedBytes: CONNECTION_BYTES,
    chargedBytes: 0,
    chargedStrangerBytes: CONNECTION_BYTES,
  }
}

/**
 * Begins to read again. Node.js stops reading from whoever has broken HTTP/2, after it has told so, and never notices that the other side
 * has left: without this such a connection stays for eighty seconds, until a ping has had no answer. Where it reads, nothing happens.
 */
function readOn(socket: GuardedSocket): void {
  // Nothing public of a socket does it once HTTP/2 reads in its place.
  const { _handle: handle } = socket as GuardedSocket & { readonly _handle?: { readStart?(): void } | null }
  handle?.readStart?.()
}

function keyOf({ remoteAddress, remotePort }: Peer): string {
  return `${remoteAddress} ${remotePort}`
}
