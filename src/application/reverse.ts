import type { AccountId } from '../domain/account-status.js'
import type { ReversalEntry } from '../domain/entry.js'
import { decideReversal, type Reversal } from '../domain/reverse.js'
import type { Verdict } from '../domain/verdict.js'
import type { Budget } from './budget.js'
import type { Executor } from './engine/engine.js'

/** Reverses a purchase, fully or in part, exactly once. */
export type Reverse = (
  accountId: AccountId,
  reversal: Reversal,
  budget: Budget,
) => Promise<Verdict<ReversalEntry>>

export function createReverse(engine: Executor): Reverse {
  return (accountId, reversal, budget) =>
    engine.execute(
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
