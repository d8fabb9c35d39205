import type { AccountId } from '../domain/account-status.js'
import type { Catalog } from '../domain/catalog.js'
import { type Credit, type CreditRejection, decideCredit } from '../domain/credit.js'
import type { CreditEntry } from '../domain/entry.js'
import type { Verdict } from '../domain/verdict.js'
import type { Budget } from './budget.js'
import type { Executor } from './engine/engine.js'

export type CreditOptions = {
  readonly engine: Executor
  /**
   * Says which wallets accept credits. Throws UndecidedError UNAVAILABLE before the first catalog was read.
   */
  readonly catalog: () => Catalog
}

/** Tops up one wallet, exactly once. */
export function creditAccount(
  { engine, catalog }: CreditOptions,
  accountId: AccountId,
  credit: Credit,
  budget: Budget,
): Promise<Verdict<CreditEntry, CreditRejection>> {
  return engine.execute(
    {
      accountId,
      lane: 'BACK_OFFICE',
      transactionIds: [credit.transactionId],
      decide: (history, at) => decideCredit(history, credit, catalog(), at),
    },
    budget,
  )
}
