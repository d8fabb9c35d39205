import type {
  ConnectionCheckedInEvent,
  ConnectionCheckedOutEvent,
  ConnectionCheckOutFailedEvent,
  ConnectionPoolCreatedEvent,
  MongoClient,
} from 'mongodb'

export type PoolWatchOptions = {
  readonly client: MongoClient
  /** Called when an operation got no connection. */
  readonly onFailure: (reason: 'TIMEOUT' | 'CONNECTION_ERROR' | 'POOL_CLOSED') => void
  /** Called when the driver drops all connections to a server. */
  readonly onCleared: () => void
}

/** Reasons by the driver's names. */
const reasons = {
  timeout: 'TIMEOUT',
  connectionError: 'CONNECTION_ERROR',
  poolClosed: 'POOL_CLOSED',
} as const

/**
 * The connection counts of a client. There is a pool for each server. In a replica set nearly all work uses
 * the primary's pool; with several mongos it spreads over all of them. Costs an addition and four look-ups in
 * a small map for each operation.
 */
export class PoolWatch {
  #connections = 0
  /**
   * Connections in use by server address. Servers with none are absent, so that removed servers are
   * forgotten.
   */
  readonly #checkedOut = new Map<string, number>()
  #waiting = 0
  #connectionsMax = 0

  constructor({ client, onFailure, onCleared }: PoolWatchOptions) {
    client.on('connectionPoolCreated', ({ options }: ConnectionPoolCreatedEvent) => {
      this.#connectionsMax = options.maxPoolSize ?? 0
    })
    client.on('connectionCreated', () => {
      this.#connections += 1
    })
    client.on('connectionClosed', () => {
      this.#connections -= 1
    })
    client.on('connectionCheckOutStarted', () => {
      this.#waiting += 1
    })
    client.on('connectionCheckedOut', ({ address }: ConnectionCheckedOutEvent) => {
      this.#waiting -= 1
      this.#checkedOut.set(address, this.#checkedOutOf(address) + 1)
    })
    client.on('connectionCheckedIn', ({ address }: ConnectionCheckedInEvent) => {
      const left = this.#checkedOutOf(address) - 1
      if (left === 0) this.#checkedOut.delete(address)
      else this.#checkedOut.set(address, left)
    })
    client.on('connectionCheckOutFailed', ({ reason }: ConnectionCheckOutFailedEvent) => {
      this.#waiting -= 1
      onFailure(isKnown(reason) ? reasons[reason] : 'CONNECTION_ERROR')
    })
    client.on('connectionPoolCleared', onCleared)
  }

  /** Open connections, in use or idle, including those still connecting. */
  get connections(): number {
    return this.#connections
  }

  get checkedOut(): number {
    return [...this.#checkedOut.values()].reduce((sum, count) => sum + count, 0)
  }

  /**
   * The share of its connections that the busiest pool has in use, 0 to 1. A ratio over all pools would hide
   * an exhausted one: the idle pools of the secondaries would hide the primary's, and one mongos the other's.
   */
  get usedRatio(): number {
    if (this.#connectionsMax === 0) return 0
    return Math.max(0, ...this.#checkedOut.values()) / this.#connectionsMax
  }

  /** Operations that wait for a connection. */
  get waiting(): number {
    return this.#waiting
  }

  /** Most connections to one server; 0 before the first pool exists. */
  get connectionsMax(): number {
    return this.#connectionsMax
  }

  #checkedOutOf(address: string): number {
    return this.#checkedOut.get(address) ?? 0
  }
}

function isKnown(reason: string): reason is keyof typeof reasons {
  return reason in reasons
}
