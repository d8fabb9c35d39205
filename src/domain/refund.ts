import type { Account, AccountHistory } from './account.js'
import { approvalCodeOf } from './approval-code.js'
import { routeRefund } from './booking-route.js'
import type { Catalog } from './catalog.js'
import type { Entry, RefundEntry, Routed, TransactionId } from './entry.js'
import type { Centavos } from './money.js'
import { givenBackOn } from './movement.js'
import { isSameNetworkData, type NetworkData } from './network.js'
import { spentLeftIn, sumsOf } from './purchase-sums.js'
import type { Reason } from './reason.js'
import type { Verdict } from './verdict.js'

/** Money that a merchant gives back. */
export type Refund = {
  readonly transactionId: TransactionId
  /** Id of the purchase; absent when the merchant named none. */
  readonly originalId?: TransactionId
  /** 1 centavo or more. */
  readonly amount: Centavos
  /** Merchant category code as received: four digits. */
  readonly mcc: string
  /** Merchant string as received; may be empty. */
  readonly merchant: string
  /** Absent when the network sent nothing else. */
  readonly network?: NetworkData
  /** Whether the merchant asks first. Absent: the refund is booked, and cannot be declined. */
  readonly request?: true
}

/**
 * Decides a refund. The first rule that applies answers:
 *
 * | #  | when                                                  | answer                          |
 * |----|-------------------------------------------------------|---------------------------------|
 * | 1  | the id was decided before, same content               | the stored answer               |
 * | 2  | the id was decided before, other content              | rejected as a reuse of the id   |
 * | 3  | the account was never opened                          | declined, ACCOUNT_NOT_FOUND     |
 * | 4  | asked: the named purchase has spent nothing           | declined, ORIGINAL_NOT_CAPTURED |
 * | 5  | asked: the amount is more than the purchase has left  | declined, AMOUNT_OVER_REMAINDER |
 * | 6  | the wallet's balance would become too large           | declined, BALANCE_TOO_LARGE     |
 * | 7  | no purchase is named, or it moved nothing             | REFUNDED_UNLINKED: by its MCC   |
 * | 8  | the amount is more than the purchase has left         | REFUNDED_OVER                   |
 * | 9  | otherwise                                             | REFUNDED                        |
 *
 * The money goes to the wallet that paid. Rule 7: to the benefit wallet of its MCC, or to the free balance
 * when there is no benefit wallet.
 *
 * What a purchase has left: what it spent less reversals and refunds. The account's status does not matter:
 * the money is the holder's. Limits get nothing back.
 */
export function decideRefund(
  history: AccountHistory,
  refund: Refund,
  catalog: Catalog,
  at: Date,
): Verdict<RefundEntry> {
  const earlier = history.find(refund.transactionId)
  if (earlier && repeats(refund, earlier)) return { type: 'REPLAY', entry: earlier }
  if (earlier) return { type: 'REUSED', entry: earlier }

  const { account } = history
  const { originalId, amount, request } = refund
  const isLinked = originalId !== undefined
  const sums = isLinked
    ? sumsOf(history.find(originalId), history.followUpsOf(originalId))
    : sumsOf(undefined, [])
  const left = spentLeftIn(sums)
  const asked: Asked = { account, refund, at }
  if (account.status === 'UNOPENED') return conclude(asked, 'ACCOUNT_NOT_FOUND')
  if (request && isLinked && sums.captured === 0n) return conclude(asked, 'ORIGINAL_NOT_CAPTURED')
  if (request && isLinked && amount > left) return conclude(asked, 'AMOUNT_OVER_REMAINDER')

  const { wallet, routed } = routeRefund(catalog, { ...refund, used: sums.wallet })
  const movement = givenBackOn(account, wallet, { spent: amount, owed: sums.owed })
  if (!movement) return conclude(asked, 'BALANCE_TOO_LARGE')
  const approvalCode = approvalCodeOf(account.id, account.version + 1n)
  const effect: Effect = { movement, ...(request && { approvalCode }), ...routed }
  if (sums.wallet === undefined) return conclude(asked, 'REFUNDED_UNLINKED', effect)
  return conclude(asked, amount > left ? 'REFUNDED_OVER' : 'REFUNDED', effect)
}

type Asked = { readonly account: Account; readonly refund: Refund; readonly at: Date }

/** Whether the refund equals the one decided earlier, field by field. */
function repeats(refund: Refund, earlier: Entry): earlier is RefundEntry {
  return (
    earlier.kind === 'REFUND' &&
    earlier.originalId === refund.originalId &&
    earlier.amount === refund.amount &&
    earlier.mcc === refund.mcc &&
    earlier.merchant === refund.merchant &&
    earlier.request === refund.request &&
    isSameNetworkData(earlier.network, refund.network)
  )
}

type Effect = Pick<RefundEntry, 'movement' | 'approvalCode'> & Routed

function conclude({ account, refund, at }: Asked, reason: Reason, effect: Effect = {}): Verdict<RefundEntry> {
  return {
    type: 'RECORD',
    entry: {
      kind: 'REFUND',
      accountId: account.id,
      transactionId: refund.transactionId,
      seq: account.version + 1n,
      at,
      reason,
      ...(refund.originalId !== undefined && { originalId: refund.originalId }),
      amount: refund.amount,
      mcc: refund.mcc,
      merchant: refund.merchant,
      ...(refund.request && { request: refund.request }),
      ...(refund.network !== undefined && { network: refund.network }),
      ...effect,
    },
  }
}
