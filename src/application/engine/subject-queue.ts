import type { AccountId } from '../../domain/account-status.js'
import { Fifo } from './fifo.js'
import type { PendingRequest } from './pending-request.js'

/** The interface through which a subject's queue learns which accounts are in a group. */
export type BusyAccounts = {
  readonly isBusy: (accountId: AccountId) => boolean
  /** Called when requests of the queue start to wait for a busy account. `release` must follow. */
  readonly onBlocked: (accountId: AccountId, queue: SubjectQueue) => void
}

/**
 * The waiting requests of one subject, in order of arrival.
 *
 * Requests on a busy account stand aside until the account is released. So no request behind them waits for
 * it, and `take` never examines a request twice. Requests on one account keep their order.
 */
export class SubjectQueue {
  readonly subject: string
  /** Whether the queue has a place among those that take turns. */
  takesTurns = false
  readonly #busy: BusyAccounts
  readonly #arrived = new Fifo<PendingRequest>()
  /** Requests that stand aside, by account. */
  readonly #aside = new Map<AccountId, Fifo<PendingRequest>>()
  /**
   * Released accounts with requests that stand aside. These requests arrived first, so `take` prefers them.
   */
  readonly #released = new Fifo<AccountId>()
  /** Requests that pause before a retry. */
  readonly #pausing = new Set<PendingRequest>()
  #size = 0

  constructor(subject: string, busy: BusyAccounts) {
    this.subject = subject
    this.#busy = busy
  }

  /** Number of requests, including those that pause. */
  get size(): number {
    return this.#size
  }

  /** Number of requests that do not pause. */
  get waiting(): number {
    return this.#size - this.#pausing.size
  }

  /** Whether requests stood aside for an account that has been released since. */
  get hasReleased(): boolean {
    return this.#released.size > 0
  }

  push(request: PendingRequest): void {
    this.#size += 1
    this.#arrived.push(request)
  }

  pause(request: PendingRequest): void {
    this.#size += 1
    this.#pausing.add(request)
  }

  /** Ends the pause of a request, which then arrives again. Returns false when it was evicted meanwhile. */
  resume(request: PendingRequest): boolean {
    if (!this.#pausing.delete(request)) return false
    this.#arrived.push(request)
    return true
  }

  /** Takes the next request whose account is free; undefined when there is none. */
  take(): PendingRequest | undefined {
    const request = this.#takeReleased() ?? this.#takeArrived()
    if (request) this.#size -= 1
    return request
  }

  /** Marks an account as no longer busy. */
  release(accountId: AccountId): void {
    this.#released.push(accountId)
  }

  /** Evicts a request that has gained least from waiting; undefined when there is none. */
  evict(): PendingRequest | undefined {
    const request = this.#arrived.pop() ?? this.#newestAside() ?? this.#anyPausing()
    if (request) this.#size -= 1
    return request
  }

  /** Lists the requests that do not pause. */
  *[Symbol.iterator](): Generator<PendingRequest> {
    for (const requests of this.#aside.values()) yield* requests
    yield* this.#arrived
  }

  #takeReleased(): PendingRequest | undefined {
    for (let id = this.#released.oldest; id !== undefined; id = this.#released.oldest) {
      const isBusy = this.#busy.isBusy(id)
      const request = isBusy ? undefined : this.#aside.get(id)?.shift()
      if (request) return request
      this.#released.shift()
      // Another subject's request took the account first.
      if (isBusy) this.#busy.onBlocked(id, this)
      else this.#aside.delete(id)
    }
    return undefined
  }

  #takeArrived(): PendingRequest | undefined {
    for (let request = this.#arrived.shift(); request; request = this.#arrived.shift()) {
      const { accountId } = request.request
      const before = this.#aside.get(accountId)
      if (!before && !this.#busy.isBusy(accountId)) return request
      if (before) before.push(request)
      else this.#standAside(accountId, request)
    }
    return undefined
  }

  #standAside(accountId: AccountId, request: PendingRequest): void {
    const requests = new Fifo<PendingRequest>()
    requests.push(request)
    this.#aside.set(accountId, requests)
    this.#busy.onBlocked(accountId, this)
  }

  #newestAside(): PendingRequest | undefined {
    for (const requests of this.#aside.values()) {
      const request = requests.pop()
      // An emptied list stays until its account is released.
      if (request) return request
    }
    return undefined
  }

  #anyPausing(): PendingRequest | undefined {
    for (const request of this.#pausing) {
      this.#pausing.delete(request)
      return request
    }
    return undefined
  }
}
