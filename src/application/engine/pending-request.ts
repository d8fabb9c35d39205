import type { Account, AccountHistory, AccountId } from '../../domain/account.js'
import type { Entry, TransactionId } from '../../domain/entry.js'
import { invariant } from '../../domain/invariant.js'
import type { Verdict } from '../../domain/verdict.js'
import type { Budget } from '../budget.js'
import { IndecisionError } from '../errors.js'
import type { Lane } from './lane.js'

/** Time that must be left for a commit, in milliseconds: a late approval is worse than none. */
const COMMIT_RESERVE_MS = 5

/** Something to be decided on one account. */
export type DecisionRequest<V> = {
  readonly accountId: AccountId
  readonly lane: Lane
  /** The ids whose entries the decision looks at: its own first. */
  readonly transactionIds: readonly TransactionId[]
  /** The ids of purchases whose reversals the decision looks at. */
  readonly originalIds?: (account: Account) => readonly TransactionId[]
  /** Pure and synchronous. May be called again when somebody else commits first. */
  readonly decide: (history: AccountHistory, at: Date) => V
}

type AnyVerdict = Verdict<Entry, string>

/** Who is to hear of one request. */
type Caller = {
  readonly budget: Budget
  /** Is given what the request's own `decide` returned. */
  readonly resolve: (verdict: AnyVerdict) => void
  readonly reject: (error: unknown) => void
}

/** A request on its way through the engine: it keeps its verdict to itself until that is durable. */
export class PendingRequest {
  readonly request: DecisionRequest<AnyVerdict>
  /** Its number in the order of arrival. A request that is tried again arrives anew. */
  arrival = 0
  /** Attempts that came to nothing. */
  attempts = 0
  /** What the latest attempt that failed has failed with; undefined while there were only lost races. */
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

  /** The subject that it shares a queue with. */
  get subject(): string {
    return subjectOf(this.#caller.budget)
  }

  decide(history: AccountHistory, at: Date): AnyVerdict {
    this.#verdict = this.request.decide(history, at)
    return this.#verdict
  }

  /** Whether the last decision says that something cannot be done, and so stands in no entry that would prove it. */
  get refused(): boolean {
    return this.#verdict?.type === 'REFUSED'
  }

  /** Gives the last verdict to the caller. */
  answer(): void {
    invariant(this.#verdict !== undefined, 'nothing is answered before it was decided')
    this.#caller.resolve(this.#verdict)
  }

  reject(error: unknown): void {
    this.#caller.reject(error)
  }

  /** Whether there is time for a pause and a commit. */
  hasTime(pauseMs = 0): boolean {
    return this.#caller.budget.remainingMs() >= pauseMs + COMMIT_RESERVE_MS
  }

  /** Out of time because the store was away is no fault of the deadline, and what the store did is not known. */
  rejectForTime(): void {
    const { attempts, lastError } = this
    this.#caller.reject(
      lastError ??
        new IndecisionError('NO_TIME_LEFT', `no time left for a commit after ${attempts} lost attempts`),
    )
  }
}

/** The subject whose turn in the queue a caller takes. */
export function subjectOf({ subject = '' }: Budget): string {
  return subject
}
