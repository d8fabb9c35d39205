import type { AccountId } from '../domain/account-status.js'
import type { AdminEntry } from '../domain/entry.js'
import { decideOpening, type Opening } from '../domain/open-account.js'
import type { Verdict } from '../domain/verdict.js'
import type { Budget } from './budget.js'
import type { Executor } from './engine/engine.js'

/** Opens an account, exactly once. */
export function openAccount(
  engine: Executor,
  accountId: AccountId,
  opening: Opening,
  budget: Budget,
): Promise<Verdict<AdminEntry, 'ALREADY_OPENED'>> {
  return engine.execute(
    {
      accountId,
      lane: 'BACK_OFFICE',
      transactionIds: [opening.transactionId],
      decide: (history, at) => decideOpening(history, opening, at),
    },
    budget,
  )
}
