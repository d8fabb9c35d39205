import type { AccountId } from '../domain/account.js'
import type { Catalog } from '../domain/catalog.js'
import { decide, type Purchase } from '../domain/decide.js'
import type { AuthorizationEntry } from '../domain/entry.js'
import type { Verdict } from '../domain/verdict.js'
import type { Budget } from './budget.js'
import type { Engine } from './engine.js'

/** Authorizes a purchase: decides it by the current catalog, exactly once. */
export type Authorize = (
  accountId: AccountId,
  purchase: Purchase,
  budget: Budget,
) => Promise<Verdict<AuthorizationEntry>>

export type AuthorizeOptions = {
  readonly engine: Engine
  /** The catalog to decide by. Throws IndecisionError UNAVAILABLE while there is none. */
  readonly catalog: () => Catalog
}

export function createAuthorize({ engine, catalog }: AuthorizeOptions): Authorize {
  return (accountId, purchase, budget) =>
    engine.execute(
      {
        accountId,
        transactionIds: [purchase.transactionId],
        originalIds: ({ reversedAhead }) => (reversedAhead ? [purchase.transactionId] : []),
        decide: (history, at) => decide(history, purchase, catalog(), at),
      },
      budget,
    )
}
