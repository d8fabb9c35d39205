import type { AccountId } from '../domain/account-status.js'
import { decideStatusChange, type StatusChange, type StatusRejection } from '../domain/change-status.js'
import type { AdminEntry } from '../domain/entry.js'
import type { Verdict } from '../domain/verdict.js'
import type { Budget } from './budget.js'
import type { Executor } from './engine/engine.js'

/** Blocks, unblocks or closes an account, exactly once. */
export function changeStatus(
  engine: Executor,
  accountId: AccountId,
  change: StatusChange,
  budget: Budget,
): Promise<Verdict<AdminEntry, StatusRejection>> {
  return engine.execute(
    {
      accountId,
      lane: 'BACK_OFFICE',
      transactionIds: [change.transactionId],
      decide: (history, at) => decideStatusChange(history, change, at),
    },
    budget,
  )
}
