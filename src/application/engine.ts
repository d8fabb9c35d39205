import type { AccountId } from '../domain/account.js'
import type { Entry } from '../domain/entry.js'
import type { Verdict } from '../domain/verdict.js'
import type { AccountStore } from './account-store.js'
import { Admission } from './admission.js'
import type { Budget } from './budget.js'
import type { Clock } from './clock.js'
import { IndecisionError, isUnavailable } from './errors.js'
import { GroupCommit } from './group-commit.js'
import type { Ledger } from './ledger.js'
import type { Packing } from './packing.js'
import { type Pauses, systemPauses } from './pauses.js'
import { type DecisionRequest, PendingRequest } from './pending-request.js'
import type { Settler } from './settler.js'

/** Most requests decided together. */
const GROUP_MAX = 128
/** Groups on their way at once: one is decided while the other waits for the store. */
const GROUPS_IN_FLIGHT_MAX = 2
/** Longest pause before another attempt, in milliseconds. */
const BACKOFF_MS_MAX = 64
/** One for all who are refused: there are many of them just when there is no time to make them. */
const overloaded = new IndecisionError('OVERLOADED', 'too many requests are waiting')

export type EngineOptions = {
  readonly accounts: AccountStore
  readonly ledger: Ledger
  readonly settler: Settler
  readonly clock: Clock
  /** How copies of accounts are kept. Default: as they are. */
  readonly packing?: Packing
  /** The system's, unless a simulation has its own. */
  readonly pauses?: Pauses
  /** Most requests that may wait; one more is refused as OVERLOADED. */
  readonly queueMax: number
  /** Longest time that a request may foreseeably have to wait for its group, in milliseconds, 10 times that in a burst; else it is refused, too. */
  readonly waitMsMax: number
  /** Told of every attempt that came to nothing because the store was away. */
  readonly onUnavailable?: (error: unknown) => void
  /** Told of each group that has been decided. */
  readonly onGroup?: (group: { readonly size: number; readonly durationMs: number }) => void
  /** Told of each request that is decided once more. */
  readonly onRetry?: (cause: RetryCause) => void
}

/** Why once more: another process committed first, a copy was not the latest, or the store did not answer. */
export type RetryCause = 'LOST_RACE' | 'STALE_COPY' | 'STORE_AWAY'

/** What decides requests: the engine, several that look like one, or what is put around it. */
export type Executor = Pick<Engine, 'execute' | 'waiting' | 'drain'>

/**
 * Decides requests on accounts, each exactly once: load, decide, commit, answer, settle.
 *
 * Requests that arrive while others are on their way to the store form the next group: one read of its accounts, one
 * look-up of its transaction ids, one write. Requests on the same account are decided one after another in memory and
 * committed by one update. Nobody waits for a timer: a lone request is a group of one.
 *
 * Invariants:
 * - An account is in at most one group at a time, so this process never races itself.
 * - Nothing is answered before it is durable. When it is unknown whether a commit happened, the account is loaded and
 *   decided again: the journal says, and the version lets only one of two attempts through.
 */
export class Engine {
  readonly #admission: Admission
  readonly #clock: Clock
  readonly #onGroup: NonNullable<EngineOptions['onGroup']>
  readonly #onRetry: NonNullable<EngineOptions['onRetry']>
  readonly #commit: GroupCommit
  readonly #onUnavailable: (error: unknown) => void
  readonly #pauses: Pauses
  readonly #busy = new Set<AccountId>()
  #waiting: PendingRequest[] = []
  #groups = 0
  /** Attempts that came to nothing because the store was away. */
  #failures: { readonly count: number; readonly latest: unknown } = { count: 0, latest: undefined }
  #pausing = 0
  readonly #draining: (() => void)[] = []

  constructor(options: EngineOptions) {
    const { queueMax, waitMsMax, pauses = systemPauses } = options
    const { onUnavailable = () => {}, onGroup = () => {}, onRetry = () => {} } = options
    this.#clock = options.clock
    this.#onUnavailable = onUnavailable
    this.#pauses = pauses
    this.#onGroup = onGroup
    this.#onRetry = onRetry
    this.#admission = new Admission({ queueMax, groupMax: GROUP_MAX, waitMsMax, clock: options.clock })
    this.#commit = new GroupCommit({
      ...options,
      onFailure: (request, error) => this.#failed(request, error),
      onStaleCopy: () => onRetry('STALE_COPY'),
    })
  }

  /**
   * Decides one request and makes the decision durable.
   *
   * @throws IndecisionError when nothing could be decided within the budget: repeating the request is safe.
   */
  execute<V extends Verdict<Entry, string>>(request: DecisionRequest<V>, budget: Budget): Promise<V> {
    const { waiting } = this
    if (!this.#admission.admits({ waiting })) {
      return Promise.reject(overloaded)
    }
    return new Promise<V>((resolve, reject) => {
      // What comes back is what this request's own `decide` returned.
      const caller = { budget, reject, resolve: (verdict: Verdict<Entry, string>) => resolve(verdict as V) }
      this.#waiting.push(new PendingRequest(request, caller))
      this.#next()
    })
  }

  /** Number of requests waiting for their group, or for another attempt. */
  get waiting(): number {
    return this.#waiting.length + this.#pausing
  }

  /** Ends when every request has been answered. */
  async drain(): Promise<void> {
    while (this.waiting + this.#groups > 0) {
      await new Promise<void>((resolve) => this.#draining.push(resolve))
    }
  }

  #next(): void {
    while (this.#groups < GROUPS_IN_FLIGHT_MAX) {
      const group = this.#takeGroup()
      if (group.length === 0) break
      this.#groups += 1
      void this.#run(group)
    }
    for (const look of this.#draining.splice(0)) look()
  }

  /** The next group, in the order of arrival; requests on an account that is in another group stay behind. */
  #takeGroup(): readonly PendingRequest[] {
    const group: PendingRequest[] = []
    const rest: PendingRequest[] = []
    for (const pending of this.#waiting) {
      const joins = group.length < GROUP_MAX && !this.#busy.has(pending.request.accountId)
      if (joins) group.push(pending)
      else rest.push(pending)
    }
    this.#waiting = rest
    for (const { request } of group) this.#busy.add(request.accountId)
    return group
  }

  async #run(group: readonly PendingRequest[]): Promise<void> {
    const startedMs = this.#clock.monotonicMs()
    try {
      const inTime: PendingRequest[] = []
      for (const pending of group) {
        if (pending.hasTime()) inTime.push(pending)
        else pending.rejectForTime()
      }
      const failuresBefore = this.#failures.count
      if (inTime.length > 0) await this.#commit.run(inTime)
      if (this.#failures.count > failuresBefore) this.#tellWaiting()
    } finally {
      for (const { request } of group) this.#busy.delete(request.accountId)
      this.#groups -= 1
      this.#onGroup({ size: group.length, durationMs: this.#clock.monotonicMs() - startedMs })
      this.#admission.ended({ waiting: this.#waiting.length })
      this.#next()
    }
  }

  /** What the store failed with kept those waiting, too: running out of time is no fault of their deadline then. */
  #tellWaiting(): void {
    for (const pending of this.#waiting) pending.lastError = this.#failures.latest
  }

  /** Puts the request back after a lost race (no error) or while the store is away; rejects it after any other error. */
  #failed(pending: PendingRequest, error: unknown): void {
    if (error !== undefined && !isUnavailable(error)) {
      pending.reject(error)
      return
    }
    if (error !== undefined) {
      this.#failures = { count: this.#failures.count + 1, latest: error }
      this.#onUnavailable(error)
      // A race that is lost afterwards does not make it known what became of this attempt.
      pending.lastError = error
    }
    pending.attempts += 1
    const pauseMs = this.#pauses.random() * Math.min(2 ** pending.attempts, BACKOFF_MS_MAX)
    if (!pending.hasTime(pauseMs)) {
      pending.rejectForTime()
      return
    }
    this.#onRetry(error === undefined ? 'LOST_RACE' : 'STORE_AWAY')
    this.#pausing += 1
    this.#pauses.after(pauseMs, () => {
      this.#pausing -= 1
      this.#waiting.push(pending)
      this.#next()
    })
  }
}
