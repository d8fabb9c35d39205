import type { AccountId } from '../domain/account-status.js'
import { decideLimits, type LimitsChange, type LimitsRejection } from '../domain/change-limits.js'
import type { AdminEntry } from '../domain/entry.js'
import type { Verdict } from '../domain/verdict.js'
import type { Budget } from './budget.js'
import type { Executor } from './engine/engine.js'

/** Changes an account's spending limits, exactly once. */
export function changeLimits(
  engine: Executor,
  accountId: AccountId,
  change: LimitsChange,
  budget: Budget,
): Promise<Verdict<AdminEntry, LimitsRejection>> {
  return engine.execute(
    {
      accountId,
      lane: 'BACK_OFFICE',
      transactionIds: [change.transactionId],
      decide: (history, at) => decideLimits(history, change, at),
    },
    budget,
  )
}
