import type { Entry } from '../../domain/entry.js'
import type { Verdict } from '../../domain/verdict.js'
import type { AccountStore } from '../account-store.js'
import type { Budget } from '../budget.js'
import type { Clock } from '../clock.js'
import { IndecisionError, isUnavailable } from '../errors.js'
import type { Ledger } from '../ledger.js'
import { GroupCommit } from './group-commit.js'
import type { Lane } from './lane.js'
import { type Group, Lanes } from './lanes.js'
import type { Packing } from './packing.js'
import { type Pauses, systemPauses } from './pauses.js'
import { type DecisionRequest, PendingRequest, subjectOf } from './pending-request.js'
import type { Settler } from './settler.js'

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
  /** Most requests that may wait in each lane; for one more a request is refused as OVERLOADED. */
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
export type Executor = Pick<Engine, 'execute' | 'waiting' | 'waitingIn' | 'drain'>

/**
 * Decides requests on accounts, each exactly once: load, decide, commit, answer, settle.
 *
 * Requests that arrive while others are on their way to the store form the next group: one read of its accounts, one
 * look-up of its transaction ids, one write. Requests on the same account are decided one after another in memory and
 * committed by one update. Nobody waits for a timer: a lone request is a group of one. Who comes first, and who is refused when
 * there are too many, is for {@link Lanes} to say.
 *
 * Invariants:
 * - An account is in at most one group at a time, so this process never races itself.
 * - Nothing is answered before it is durable. When it is unknown whether a commit happened, the account is loaded and
 *   decided again: the journal says, and the version lets only one of two attempts through.
 */
export class Engine {
  readonly #clock: Clock
  readonly #onGroup: NonNullable<EngineOptions['onGroup']>
  readonly #onRetry: NonNullable<EngineOptions['onRetry']>
  readonly #commit: GroupCommit
  readonly #onUnavailable: (error: unknown) => void
  readonly #pauses: Pauses
  readonly #lanes: Lanes
  #groups = 0
  /** Attempts that came to nothing because the store was away. */
  #failures: { readonly count: number; readonly latest: unknown } = { count: 0, latest: undefined }
  readonly #draining: (() => void)[] = []

  constructor(options: EngineOptions) {
    const { queueMax, waitMsMax, pauses = systemPauses } = options
    const { onUnavailable = () => {}, onGroup = () => {}, onRetry = () => {} } = options
    this.#clock = options.clock
    this.#onUnavailable = onUnavailable
    this.#pauses = pauses
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
   * @throws IndecisionError when nothing could be decided within the budget: repeating the request is safe.
   */
  execute<V extends Verdict<Entry, string>>(request: DecisionRequest<V>, budget: Budget): Promise<V> {
    if (!this.#lanes.admits(request.lane, subjectOf(budget), rejectEvicted)) {
      return Promise.reject(overloaded)
    }
    return new Promise<V>((resolve, reject) => {
      // What comes back is what this request's own `decide` returned.
      const caller = { budget, reject, resolve: (verdict: Verdict<Entry, string>) => resolve(verdict as V) }
      this.#lanes.push(new PendingRequest(request, caller))
      this.#next()
    })
  }

  /** Number of requests waiting for their group, or for another attempt. */
  get waiting(): number {
    return this.waitingIn('PURCHASE') + this.waitingIn('BACK_OFFICE')
  }

  /** The same in one lane. */
  waitingIn(lane: Lane): number {
    return this.#lanes.size(lane)
  }

  /** Ends when every request has been answered. */
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
      this.#lanes.ended(group)
      this.#next()
    }
  }

  /** What the store failed with kept those waiting, too: running out of time is no fault of their deadline then. */
  #tellWaiting(): void {
    for (const pending of this.#lanes) pending.lastError = this.#failures.latest
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
    this.#lanes.pause(pending)
    this.#pauses.after(pauseMs, () => {
      this.#lanes.resume(pending)
      this.#next()
    })
  }
}

/** A request that had to leave. What became of an earlier attempt of it may be unknown. */
function rejectEvicted(pending: PendingRequest): void {
  pending.reject(pending.lastError ?? overloaded)
}
