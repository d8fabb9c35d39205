import type { Account, AccountHistory } from './account.js'
import { routeBooking } from './booking-route.js'
import type { Calendar } from './calendar.js'
import type { Catalog } from './catalog.js'
import { leftToPay } from './early-captures.js'
import {
  type AdviceEntry,
  decisionOf,
  type Entry,
  type Fallback,
  isPurchase,
  type TransactionId,
} from './entry.js'
import type { Centavos } from './money.js'
import { bookedOn } from './movement.js'
import { isSameNetworkData, type NetworkData } from './network.js'
import type { Reason } from './reason.js'
import { spendingOn } from './spending.js'
import type { Verdict } from './verdict.js'

/** A purchase that others have approved: a terminal offline, or the network in our place (0120, 0220). */
export type Advice = {
  readonly transactionId: TransactionId
  /** Id of the purchase, if it was requested under another id. Absent: the advice's own id names it. */
  readonly originalId?: TransactionId
  /** 1 centavo or more. */
  readonly amount: Centavos
  /** Merchant category code as received: four digits. */
  readonly mcc: string
  /** Merchant string as received; may be empty. */
  readonly merchant: string
  /** Absent: the free balance may pay, last. */
  readonly fallback?: Fallback
  /** Absent when the network sent nothing else. */
  readonly network?: NetworkData
}

/**
 * Decides an advice. The first rule that applies answers:
 *
 * | #  | when                                           | answer                              |
 * |----|------------------------------------------------|-------------------------------------|
 * | 1  | the id was decided before, same content        | the stored answer                   |
 * | 2  | the id was decided before, other content       | rejected as a reuse of the id       |
 * | 3  | the account was never opened                   | declined, ACCOUNT_NOT_FOUND         |
 * | 4  | the purchase was approved                      | ALREADY_APPROVED: moves nothing     |
 * | 5  | captures or another advice leave nothing to pay | ALREADY_CAPTURED: moves nothing    |
 * | 6  | reversals that came first leave nothing to pay | ADVICE_REVERSED: moves nothing      |
 * | 7  | the purchase was declined                      | ADVICE_OVERRIDES: spends what is left to pay |
 * | 8  | otherwise                                      | ADVISED: spends what is left to pay |
 *
 * An advice is no question: from rule 4 on, all answers are approvals. Status, limits, balance, rail and MCC
 * policy do not matter. Spending counts it, and the wallet owes what it lacks. The wallet is that of earlier
 * captures, or the first one that covers the amount, or else the first one.
 *
 * Rule 4 does not compare amounts: a capture brings the final one.
 *
 * Rules 6 and 7: the reversal of a declined purchase counts when it gave back captured money, or was an
 * advice itself. So reversal and advice end alike in either order.
 */
export function decideAdvice(
  history: AccountHistory,
  advice: Advice,
  catalog: Catalog,
  at: Date,
  calendar: Calendar,
): Verdict<AdviceEntry> {
  const earlier = history.find(advice.transactionId)
  if (earlier && repeats(advice, earlier)) return { type: 'REPLAY', entry: earlier }
  if (earlier) return { type: 'REUSED', entry: earlier }

  const { account } = history
  const purchaseId = advice.originalId ?? advice.transactionId
  const original = history.find(purchaseId)
  const state = original && isPurchase(original) ? decisionOf(original) : 'UNSEEN'
  const { due, coveredBy, wallet: used } = leftToPay(advice.amount, history.followUpsOf(purchaseId))
  const asked: Asked = { account, advice, at }
  if (account.status === 'UNOPENED') return conclude(asked, 'ACCOUNT_NOT_FOUND')
  if (state === 'APPROVED') return conclude(asked, 'ALREADY_APPROVED')
  if (coveredBy === 'CAPTURES') return conclude(asked, 'ALREADY_CAPTURED')
  if (coveredBy === 'REVERSALS') return conclude(asked, 'ADVICE_REVERSED')

  const { wallet, routed } = routeBooking(account, catalog, { ...advice, amount: due, used })
  const movement = bookedOn(account, wallet, { amount: due })
  return conclude(asked, state === 'DECLINED' ? 'ADVICE_OVERRIDES' : 'ADVISED', {
    ...(movement && { movement }),
    day: spendingOn(account.spent.get(wallet), calendar(at)).day,
    ...routed,
  })
}

type Asked = { readonly account: Account; readonly advice: Advice; readonly at: Date }

/** Whether the advice equals the one decided earlier, field by field. */
function repeats(advice: Advice, earlier: Entry): earlier is AdviceEntry {
  return (
    earlier.kind === 'ADVICE' &&
    earlier.originalId === advice.originalId &&
    earlier.amount === advice.amount &&
    earlier.mcc === advice.mcc &&
    earlier.merchant === advice.merchant &&
    earlier.fallback === advice.fallback &&
    isSameNetworkData(earlier.network, advice.network)
  )
}

type Effect = Pick<AdviceEntry, 'movement' | 'day' | 'effectiveMcc' | 'merchantRule' | 'catalogVersion'>

function conclude({ account, advice, at }: Asked, reason: Reason, effect: Effect = {}): Verdict<AdviceEntry> {
  return {
    type: 'RECORD',
    entry: {
      kind: 'ADVICE',
      accountId: account.id,
      transactionId: advice.transactionId,
      seq: account.version + 1n,
      at,
      reason,
      ...(advice.originalId !== undefined && { originalId: advice.originalId }),
      amount: advice.amount,
      mcc: advice.mcc,
      merchant: advice.merchant,
      ...(advice.fallback !== undefined && { fallback: advice.fallback }),
      ...(advice.network !== undefined && { network: advice.network }),
      ...effect,
    },
  }
}
