import type { Account } from '../domain/account.js'
import type { AccountId } from '../domain/account-status.js'
import type { Calendar } from '../domain/calendar.js'
import type { Catalog } from '../domain/catalog.js'
import { decide, type Purchase } from '../domain/decide.js'
import type { AuthorizationEntry, TransactionId } from '../domain/entry.js'
import type { Verdict } from '../domain/verdict.js'
import type { Budget } from './budget.js'
import type { Executor } from './engine/engine.js'

/** `authorize` with its dependencies. */
export type Authorize = (
  accountId: AccountId,
  purchase: Purchase,
  budget: Budget,
) => Promise<Verdict<AuthorizationEntry>>

export type AuthorizeOptions = {
  readonly engine: Executor
  /** Returns the catalog to decide by. Throws UndecidedError UNAVAILABLE while there is none. */
  readonly catalog: () => Catalog
  /** The calendar of the daily and monthly limits. */
  readonly calendar: Calendar
}

/** Authorizes a purchase exactly once, by the current catalog. */
export function authorize(
  { engine, catalog, calendar }: AuthorizeOptions,
  accountId: AccountId,
  purchase: Purchase,
  budget: Budget,
): Promise<Verdict<AuthorizationEntry>> {
  return engine.execute(
    {
      accountId,
      lane: 'PURCHASE',
      ...readSetOf(purchase),
      decide: (history, at) => decide(history, purchase, catalog(), at, calendar),
    },
    budget,
  )
}

/** Names the entries, and the purchases whose follow-ups, the decision on a purchase reads. */
export function readSetOf({ transactionId }: Purchase): {
  readonly transactionIds: readonly TransactionId[]
  readonly originalIds: (account: Account) => readonly TransactionId[]
} {
  return {
    transactionIds: [transactionId],
    originalIds: ({ hasEarlyReversal, hasEarlyCapture }) =>
      hasEarlyReversal || hasEarlyCapture ? [transactionId] : [],
  }
}
