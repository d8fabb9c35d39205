import { type AccountHistory, hasRoom, owedOf } from './account.js'
import type { Catalog } from './catalog.js'
import type { CategoryId } from './category.js'
import { type CreditEntry, committedBy, type TransactionId } from './entry.js'
import { invariant } from './invariant.js'
import { type Centavos, smaller } from './money.js'
import { movementOn } from './movement.js'
import type { Verdict } from './verdict.js'

/** A request to top up one wallet. */
export type Credit = {
  readonly transactionId: TransactionId
  readonly wallet: CategoryId
  /** 1 centavo or more. */
  readonly amount: Centavos
  /** Whether the credit pays what the wallet owes first. Absent: it all becomes available. */
  readonly paysOwed?: true
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
  { transactionId, wallet, amount, paysOwed }: Credit,
  catalog: Catalog,
  at: Date,
): Verdict<CreditEntry, CreditRejection> {
  const earlier = find(transactionId)
  if (
    earlier?.kind === 'CREDIT' &&
    earlier.movement.wallet === wallet &&
    earlier.paysOwed === paysOwed &&
    -committedBy(earlier.movement) === amount
  )
    return { type: 'REPLAY', entry: earlier }
  if (earlier) return { type: 'REUSED', entry: earlier }
  const closed = catalog.creditRejection(wallet)
  if (closed) return { type: 'REJECTED', rejection: closed }
  if (account.status === 'UNOPENED') return { type: 'REJECTED', rejection: 'ACCOUNT_NOT_FOUND' }
  if (account.status === 'CLOSED') return { type: 'REJECTED', rejection: 'ACCOUNT_CLOSED' }

  const owedPart = paysOwed ? smaller(amount, owedOf(account, wallet)) : 0n
  const delta = amount - owedPart
  if (!hasRoom(account, wallet, delta)) return { type: 'REJECTED', rejection: 'BALANCE_TOO_LARGE' }
  const movement = movementOn(account, wallet, { delta, owedDelta: -owedPart })
  invariant(movement !== undefined, 'a credit moves 1 centavo or more')
  return {
    type: 'RECORD',
    entry: {
      kind: 'CREDIT',
      accountId: account.id,
      transactionId,
      seq: account.version + 1n,
      at,
      movement,
      ...(paysOwed && { paysOwed }),
    },
  }
}
