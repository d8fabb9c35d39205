import type { ConnectionCheckOutFailedEvent, ConnectionPoolCreatedEvent, MongoClient } from 'mongodb'

export type PoolWatchOptions = {
  readonly client: MongoClient
  /** Told when no connection could be had. */
  readonly onFailure: (reason: 'TIMEOUT' | 'CONNECTION_ERROR' | 'POOL_CLOSED') => void
  /** Told when all connections to a server are given up. */
  readonly onCleared: () => void
}

/** By the driver's names. */
const reasons = {
  timeout: 'TIMEOUT',
  connectionError: 'CONNECTION_ERROR',
  poolClosed: 'POOL_CLOSED',
} as const

/**
 * Counts the connections of a client, of all its pools together: there is one for each server of a replica set, and nearly all work is
 * done on the primary's. Costs two additions for each operation.
 */
export class PoolWatch {
  #connections = 0
  #checkedOut = 0
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
    client.on('connectionCheckedOut', () => {
      this.#waiting -= 1
      this.#checkedOut += 1
    })
    client.on('connectionCheckedIn', () => {
      this.#checkedOut -= 1
    })
    client.on('connectionCheckOutFailed', ({ reason }: ConnectionCheckOutFailedEvent) => {
      this.#waiting -= 1
      onFailure(isKnown(reason) ? reasons[reason] : 'CONNECTION_ERROR')
    })
    client.on('connectionPoolCleared', onCleared)
  }

  /** Connections that there are, in use or not, and those being made. */
  get connections(): number {
    return this.#connections
  }

  get checkedOut(): number {
    return this.#checkedOut
  }

  /** Operations that wait for a connection. */
  get waiting(): number {
    return this.#waiting
  }

  /** Most connections to one server; 0 before the first one is looked for. */
  get connectionsMax(): number {
    return this.#connectionsMax
  }
}

function isKnown(reason: string): reason is keyof typeof reasons {
  return reason in reasons
}
