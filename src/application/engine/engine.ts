import type { Entry } from '../../domain/entry.js'
import type { Verdict } from '../../domain/verdict.js'
import type { AccountStore } from '../account-store.js'
import type { Budget } from '../budget.js'
import type { Clock } from '../clock.js'
import { isUnavailable, UndecidedError } from '../errors.js'
import type { Ledger } from '../ledger.js'
import type { AccountCodec } from './account-codec.js'
import { GroupCommit } from './group-commit.js'
import { type Lane, lanes } from './lane.js'
import { type Group, Lanes } from './lanes.js'
import type { LedgerPoster } from './ledger-poster.js'
import { type DecisionRequest, PendingRequest, subjectOf } from './pending-request.js'
import { systemTimers, type Timers } from './timers.js'

/** Groups in flight at once: one is decided while the other waits for the store. */
const GROUPS_IN_FLIGHT_MAX = 2
/** Longest pause before a retry, in milliseconds. */
const BACKOFF_MS_MAX = 64
/** Shared by all rejections, which are frequent exactly when the process has no time to create errors. */
const overloaded = new UndecidedError('OVERLOADED', 'too many requests are waiting')

export type EngineOptions = {
  readonly accounts: AccountStore
  readonly ledger: Ledger
  readonly poster: LedgerPoster
  readonly clock: Clock
  /** How copies of accounts are stored. Default: as objects. */
  readonly codec?: AccountCodec
  /** Default: the system's timers. A simulation passes its own. */
  readonly timers?: Timers
  /**
   * Returns a number from 0 up to, but not including, 1. Default: Math.random. A simulation passes its own.
   */
  readonly random?: () => number
  /** Most requests waiting in each lane. One more is rejected as OVERLOADED. */
  readonly queueMax: number
  /**
   * Longest expected wait for a group, in milliseconds, and 10 times that in a burst. A request that would
   * wait longer is rejected as OVERLOADED.
   */
  readonly waitMsMax: number
  /** Called after each attempt that failed because the store was unavailable. */
  readonly onUnavailable?: (error: unknown) => void
  /** Called after each group. */
  readonly onGroup?: (group: { readonly size: number; readonly durationMs: number }) => void
  /** Called for each retry of a request. */
  readonly onRetry?: (cause: RetryCause) => void
  /** Called after a commit that expired due holds, with their number. */
  readonly onExpired?: (holds: number) => void
}

/**
 * Why the engine decides a request again: another process committed first, its copy was stale, or the store
 * did not answer.
 */
export type RetryCause = 'LOST_RACE' | 'STALE_COPY' | 'STORE_AWAY'

/** Executes decision requests: one engine, several behind one interface, or a decorator. */
export type Executor = Pick<Engine, 'execute' | 'waiting' | 'waitingIn' | 'drain'>

/**
 * Decides requests on accounts, each exactly once: load, decide, commit, answer, post.
 *
 * Requests that arrive while others are on their way to the store form the next group: one read of its
 * accounts, one look-up of its transaction ids, one write. Requests on the same account are decided one after
 * another in memory and committed by one update. No request waits for a timer: a lone request is a group of
 * one. {@link Lanes} decides the order, and which requests are rejected when there are too many.
 *
 * Invariants:
 * - An account is in at most one group at a time, so this process never races itself.
 * - The engine answers nothing before it is durable. When the outcome of a commit is unknown, the engine
 *   loads the account and decides again: the journal shows whether the entry is there, and the version lets
 *   only one of two attempts succeed.
 */
export class Engine {
  readonly #clock: Clock
  readonly #onGroup: NonNullable<EngineOptions['onGroup']>
  readonly #onRetry: NonNullable<EngineOptions['onRetry']>
  readonly #commit: GroupCommit
  readonly #onUnavailable: (error: unknown) => void
  readonly #timers: Timers
  readonly #random: () => number
  readonly #lanes: Lanes
  #groups = 0
  /** Attempts that failed because the store was unavailable. */
  #failures: { readonly count: number; readonly latest: unknown } = { count: 0, latest: undefined }
  readonly #draining: (() => void)[] = []

  constructor(options: EngineOptions) {
    const { queueMax, waitMsMax, timers = systemTimers, random = Math.random } = options
    const { onUnavailable = () => {}, onGroup = () => {}, onRetry = () => {} } = options
    this.#clock = options.clock
    this.#onUnavailable = onUnavailable
    this.#timers = timers
    this.#random = random
    this.#onGroup = onGroup
    this.#onRetry = onRetry
    this.#lanes = new Lanes({ queueMax, waitMsMax, clock: options.clock })
    this.#commit = new GroupCommit({
      ...options,
      onFailure: (request, error) => this.#failed(request, error),
      onStaleCopy: () => onRetry('STALE_COPY'),
    })
  }

  /**
   * Decides one request and makes the decision durable.
   *
   * @throws UndecidedError when it could not decide within the budget: repeating the request is safe.
   */
  execute<V extends Verdict<Entry, string>>(request: DecisionRequest<V>, budget: Budget): Promise<V> {
    if (!this.#lanes.admits(request.lane, subjectOf(budget), rejectEvicted)) {
      return Promise.reject(overloaded)
    }
    return new Promise<V>((resolve, reject) => {
      // The verdict is the one that this request's own `decide` returned.
      const caller = { budget, reject, resolve: (verdict: Verdict<Entry, string>) => resolve(verdict as V) }
      this.#lanes.push(new PendingRequest(request, caller))
      this.#next()
    })
  }

  /** Number of requests waiting for their group or for a retry. */
  get waiting(): number {
    return lanes.reduce((sum, lane) => sum + this.waitingIn(lane), 0)
  }

  /** Number of requests waiting in one lane. */
  waitingIn(lane: Lane): number {
    return this.#lanes.size(lane)
  }

  /** Resolves when every request has been answered. */
  async drain(): Promise<void> {
    while (this.waiting + this.#groups > 0) {
      await new Promise<void>((resolve) => this.#draining.push(resolve))
    }
  }

  #next(): void {
    while (this.#groups < GROUPS_IN_FLIGHT_MAX) {
      const group = this.#lanes.takeGroup()
      if (group.members.length === 0) break
      this.#groups += 1
      void this.#run(group)
    }
    for (const look of this.#draining.splice(0)) look()
  }

  async #run(group: Group): Promise<void> {
    const { members } = group
    const startedMs = this.#clock.monotonicMs()
    try {
      const inTime: PendingRequest[] = []
      for (const pending of members) {
        if (pending.hasTime()) inTime.push(pending)
        else pending.rejectForTime()
      }
      const failuresBefore = this.#failures.count
      if (inTime.length > 0) await this.#commit.run(inTime)
      if (this.#failures.count > failuresBefore) this.#tellWaiting()
    } finally {
      this.#groups -= 1
      this.#onGroup({ size: members.length, durationMs: this.#clock.monotonicMs() - startedMs })
      this.#ended(group)
      this.#next()
    }
  }

  #ended(group: Group): void {
    const restMs = this.#lanes.ended(group)
    if (restMs === 0) return
    this.#timers.after(restMs, () => {
      this.#lanes.rested()
      this.#next()
    })
  }

  /**
   * Notes a store failure on the waiting requests, which it delayed too. If their time runs out, their
   * deadline is not at fault.
   */
  #tellWaiting(): void {
    for (const pending of this.#lanes) pending.lastError = this.#failures.latest
  }

  /**
   * Queues the request for a retry after a lost race (no error) or a store failure. Rejects it after any
   * other error.
   */
  #failed(pending: PendingRequest, error: unknown): void {
    if (error !== undefined && !isUnavailable(error)) {
      pending.reject(error)
      return
    }
    if (error !== undefined) {
      this.#failures = { count: this.#failures.count + 1, latest: error }
      this.#onUnavailable(error)
      // Keep the error even if a later attempt loses a race: the outcome of this attempt stays unknown.
      pending.lastError = error
    }
    pending.attempts += 1
    const pauseMs = this.#random() * Math.min(2 ** pending.attempts, BACKOFF_MS_MAX)
    if (!pending.hasTime(pauseMs)) {
      pending.rejectForTime()
      return
    }
    this.#onRetry(error === undefined ? 'LOST_RACE' : 'STORE_AWAY')
    this.#lanes.pause(pending)
    this.#timers.after(pauseMs, () => {
      this.#lanes.resume(pending)
      this.#next()
    })
  }
}

/** Rejects an evicted request. The outcome of an earlier attempt may be unknown. */
function rejectEvicted(pending: PendingRequest): void {
  pending.reject(pending.lastError ?? overloaded)
}
