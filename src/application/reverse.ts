import type { AccountId } from '../domain/account-status.js'
import type { ReversalEntry } from '../domain/entry.js'
import { decideReversal, type Reversal } from '../domain/reverse.js'
import type { Verdict } from '../domain/verdict.js'
import type { Budget } from './budget.js'
import type { Executor } from './engine/engine.js'

/** `reverse` with its engine. */
export type Reverse = (
  accountId: AccountId,
  reversal: Reversal,
  budget: Budget,
) => Promise<Verdict<ReversalEntry>>

/** Reverses a purchase, fully or in part, exactly once. */
export function reverse(
  engine: Executor,
  accountId: AccountId,
  reversal: Reversal,
  budget: Budget,
): Promise<Verdict<ReversalEntry>> {
  return engine.execute(
    {
      accountId,
      lane: 'PURCHASE',
      transactionIds: [reversal.transactionId, reversal.originalId],
      originalIds: () => [reversal.originalId],
      decide: (history, at) => decideReversal(history, reversal, at),
    },
    budget,
  )
}
