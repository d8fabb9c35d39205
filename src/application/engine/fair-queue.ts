import type { AccountId } from '../../domain/account-status.js'
import { Fifo } from './fifo.js'
import type { PendingRequest } from './pending-request.js'
import { SubjectQueue } from './subject-queue.js'

/**
 * The waiting requests of many subjects, which take turns. Each turn takes one request. So a subject waits
 * for its own requests and for as many of each other subject, however many of them wait.
 */
export class FairQueue {
  readonly #subjects = new Map<string, SubjectQueue>()
  /** Queues that may have a request to take, the next one first. */
  readonly #turns = new Fifo<SubjectQueue>()
  /** Queues with requests that stand aside until the account is released. */
  readonly #blocked = new Map<AccountId, SubjectQueue[]>()
  readonly #busy = {
    isBusy: (accountId: AccountId) => this.#isBusy(accountId),
    onBlocked: (accountId: AccountId, queue: SubjectQueue) => {
      const queues = this.#blocked.get(accountId)
      if (queues) queues.push(queue)
      else this.#blocked.set(accountId, [queue])
    },
  }
  readonly #isBusy: (accountId: AccountId) => boolean
  #size = 0
  #pausing = 0

  /** `isBusy` says whether an account is in a group. `take` then takes none of its requests. */
  constructor(isBusy: (accountId: AccountId) => boolean) {
    this.#isBusy = isBusy
  }

  /** Number of requests, including those that pause before a retry. */
  get size(): number {
    return this.#size
  }

  /** Number of requests that do not pause. */
  get waiting(): number {
    return this.#size - this.#pausing
  }

  /** Whether requests stood aside for an account that has been released since. */
  hasReleased(): boolean {
    for (const queue of this.#subjects.values()) if (queue.hasReleased) return true
    return false
  }

  /** Number of requests that one more request of this subject would wait for. */
  ahead(subject: string): number {
    const own = this.#subjects.get(subject)?.size ?? 0
    return Math.min(this.#size, own * this.#subjects.size)
  }

  push(request: PendingRequest): void {
    this.#size += 1
    const queue = this.#queueOf(request.subject)
    queue.push(request)
    this.#takesTurns(queue)
  }

  /** Keeps the place of a request until `resume`. */
  pause(request: PendingRequest): void {
    this.#size += 1
    this.#pausing += 1
    this.#queueOf(request.subject).pause(request)
  }

  /** Ends the pause of a request, unless it was evicted meanwhile. */
  resume(request: PendingRequest): void {
    const queue = this.#subjects.get(request.subject)
    if (!queue?.resume(request)) return
    this.#pausing -= 1
    this.#takesTurns(queue)
  }

  /** Takes the next request whose account is not busy; undefined when there is none. */
  take(): PendingRequest | undefined {
    for (let queue = this.#turns.shift(); queue; queue = this.#turns.shift()) {
      const request = queue.take()
      if (request) this.#size -= 1
      if (request && queue.size > 0) this.#turns.push(queue)
      else queue.takesTurns = false
      this.#dropIfEmpty(queue)
      if (request) return request
    }
    return undefined
  }

  /** Marks an account as no longer busy. */
  release(accountId: AccountId): void {
    const queues = this.#blocked.get(accountId)
    if (!queues) return
    this.#blocked.delete(accountId)
    for (const queue of queues) {
      queue.release(accountId)
      this.#takesTurns(queue)
    }
  }

  /**
   * Evicts a request of the subject with the most requests, to make room for one of the given subject.
   * Returns undefined when the given subject itself would have the most.
   */
  evictFor(subject: string): PendingRequest | undefined {
    const own = this.#subjects.get(subject)?.size ?? 0
    let largest: SubjectQueue | undefined
    for (const queue of this.#subjects.values()) if (queue.size > (largest?.size ?? own + 1)) largest = queue
    if (!largest) return undefined
    const waitingBefore = largest.waiting
    const request = largest.evict()
    this.#size -= 1
    if (largest.waiting === waitingBefore) this.#pausing -= 1
    this.#dropIfEmpty(largest)
    return request
  }

  /** Lists the requests that do not pause. */
  *[Symbol.iterator](): Generator<PendingRequest> {
    for (const queue of this.#subjects.values()) yield* queue
  }

  #queueOf(subject: string): SubjectQueue {
    const known = this.#subjects.get(subject)
    if (known) return known
    const queue = new SubjectQueue(subject, this.#busy)
    this.#subjects.set(subject, queue)
    return queue
  }

  #takesTurns(queue: SubjectQueue): void {
    if (queue.takesTurns) return
    queue.takesTurns = true
    this.#turns.push(queue)
  }

  #dropIfEmpty(queue: SubjectQueue): void {
    if (queue.size === 0 && this.#subjects.get(queue.subject) === queue) this.#subjects.delete(queue.subject)
  }
}
