import { type AccountHistory, balanceOf } from './account.js'
import type { Catalog } from './catalog.js'
import type { CategoryId } from './category.js'
import type { CreditEntry, TransactionId } from './entry.js'
import { BALANCE_MAX, type Centavos, centavos } from './money.js'
import type { Verdict } from './verdict.js'

/** A request to top up one wallet. */
export type Credit = {
  readonly transactionId: TransactionId
  readonly wallet: CategoryId
  /** 1 centavo or more. */
  readonly amount: Centavos
}

/** Why a credit is rejected. */
export type CreditRejection =
  | 'CATEGORY_UNKNOWN'
  | 'CREDITS_CLOSED'
  | 'ACCOUNT_NOT_FOUND'
  | 'ACCOUNT_CLOSED'
  | 'BALANCE_TOO_LARGE'

/**
 * Decides a credit, exactly once per id. A blocked account accepts credits. A category that is deleted or
 * closed for credits does not, but a repeat of an earlier credit still gets its stored answer.
 */
export function decideCredit(
  { account, find }: AccountHistory,
  { transactionId, wallet, amount }: Credit,
  catalog: Catalog,
  at: Date,
): Verdict<CreditEntry, CreditRejection> {
  const earlier = find(transactionId)
  if (earlier?.kind === 'CREDIT' && earlier.movement.wallet === wallet && earlier.movement.delta === amount) {
    return { type: 'REPLAY', entry: earlier }
  }
  if (earlier) return { type: 'REUSED', entry: earlier }
  const closed = catalog.creditRejection(wallet)
  if (closed) return { type: 'REJECTED', rejection: closed }
  if (account.status === 'UNOPENED') return { type: 'REJECTED', rejection: 'ACCOUNT_NOT_FOUND' }
  if (account.status === 'CLOSED') return { type: 'REJECTED', rejection: 'ACCOUNT_CLOSED' }

  const balance = balanceOf(account, wallet) + amount
  if (balance > BALANCE_MAX) return { type: 'REJECTED', rejection: 'BALANCE_TOO_LARGE' }
  return {
    type: 'RECORD',
    entry: {
      kind: 'CREDIT',
      accountId: account.id,
      transactionId,
      seq: account.version + 1n,
      at,
      movement: { wallet, delta: amount, balanceAfter: centavos(balance) },
    },
  }
}
