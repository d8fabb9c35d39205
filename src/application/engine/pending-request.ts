import type { Account, AccountHistory } from '../../domain/account.js'
import type { AccountId } from '../../domain/account-status.js'
import type { Entry, TransactionId } from '../../domain/entry.js'
import { invariant } from '../../domain/invariant.js'
import type { Verdict } from '../../domain/verdict.js'
import type { Budget } from '../budget.js'
import { UndecidedError } from '../errors.js'
import type { Lane } from './lane.js'

/** Time reserved for a commit, in milliseconds. A late approval is worse than none. */
const COMMIT_RESERVE_MS = 5

/** A request for a decision on one account. */
export type DecisionRequest<V> = {
  readonly accountId: AccountId
  readonly lane: Lane
  /** Ids of the entries that the decision reads, the request's own id first. */
  readonly transactionIds: readonly TransactionId[]
  /** Ids of the purchases whose follow-ups the decision reads. `dueAt` tells which holds are open. */
  readonly originalIds?: (account: Account, dueAt: Date) => readonly TransactionId[]
  /** Decides the request. Pure and synchronous. Called again when another process commits first. */
  readonly decide: (history: AccountHistory, at: Date) => V
}

type AnyVerdict = Verdict<Entry, string>

/** The caller of one request, who waits for its verdict. */
type Caller = {
  readonly budget: Budget
  /** Called with the verdict that the request's own `decide` returned. */
  readonly resolve: (verdict: AnyVerdict) => void
  readonly reject: (error: unknown) => void
}

/** A request in the engine. It holds back its verdict until that is durable. */
export class PendingRequest {
  readonly request: DecisionRequest<AnyVerdict>
  /** Sequence number of its arrival. A retry arrives again, with a new number. */
  arrival = 0
  /** Number of failed attempts. */
  attempts = 0
  /** The error of the latest failed attempt; undefined while all were lost races. */
  lastError: unknown
  readonly #caller: Caller
  #verdict: AnyVerdict | undefined

  constructor(request: DecisionRequest<AnyVerdict>, caller: Caller) {
    this.request = request
    this.#caller = caller
  }

  get lane(): Lane {
    return this.request.lane
  }

  /** The subject whose share of the queue it uses. */
  get subject(): string {
    return subjectOf(this.#caller.budget)
  }

  decide(history: AccountHistory, at: Date): AnyVerdict {
    this.#verdict = this.request.decide(history, at)
    return this.#verdict
  }

  /** Whether the last verdict is a rejection. No entry proves a rejection. */
  get rejected(): boolean {
    return this.#verdict?.type === 'REJECTED'
  }

  /** Resolves the caller's promise with the last verdict. */
  answer(): void {
    invariant(this.#verdict !== undefined, 'a request is decided before it is answered')
    this.#caller.resolve(this.#verdict)
  }

  reject(error: unknown): void {
    this.#caller.reject(error)
  }

  /** Whether the time left suffices for a pause and a commit. */
  hasTime(pauseMs = 0): boolean {
    return this.#caller.budget.remainingMs() >= pauseMs + COMMIT_RESERVE_MS
  }

  /**
   * Rejects the request for lack of time. After a store failure it reports that failure instead: the deadline
   * was not at fault, and the outcome is unknown.
   */
  rejectForTime(): void {
    const { attempts, lastError } = this
    this.#caller.reject(
      lastError ?? new UndecidedError('NO_TIME_LEFT', `no time left to commit after ${attempts} conflicts`),
    )
  }
}

/** Returns the subject whose share of the queue a request uses. */
export function subjectOf({ subject = '' }: Budget): string {
  return subject
}
