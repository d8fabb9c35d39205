import type { Account, AccountHistory } from './account.js'
import { routeBooking } from './booking-route.js'
import type { Calendar, Day } from './calendar.js'
import type { Catalog } from './catalog.js'
import type { CategoryId } from './category.js'
import { dayFields, takeOldest } from './counted-days.js'
import { type CaptureEntry, decisionOf, type Entry, isPurchase, type TransactionId } from './entry.js'
import { isWithinTolerance } from './hold-policy.js'
import { invariant } from './invariant.js'
import type { Centavos } from './money.js'
import { bookedOn, movementOn } from './movement.js'
import { isSameNetworkData, type NetworkData } from './network.js'
import { type OpenHold, restOf } from './open-hold.js'
import { type PurchaseSums, sumsOf, unconfirmedIn } from './purchase-sums.js'
import type { Reason } from './reason.js'
import { spendingOn } from './spending.js'
import type { Verdict } from './verdict.js'

/** The clearing of a purchase, or of a part of it. */
export type Capture = {
  readonly transactionId: TransactionId
  /** Id of the purchase, which the service may never have seen. */
  readonly originalId: TransactionId
  /** 1 centavo or more. */
  readonly amount: Centavos
  /** Whether the merchant will capture more of this hold. Absent: this capture is final. */
  readonly moreToCome?: true
  /** Merchant category code as received: four digits. */
  readonly mcc: string
  /** Merchant string as received; may be empty. */
  readonly merchant: string
  /** Absent when the network sent nothing else. */
  readonly network?: NetworkData
}

/**
 * Decides a capture. The first rule that applies answers:
 *
 * | #  | when                                          | answer                                    |
 * |----|-----------------------------------------------|-------------------------------------------|
 * | 1  | the id was decided before, same content       | the stored answer                         |
 * | 2  | the id was decided before, other content      | rejected as a reuse of the id             |
 * | 3  | the account was never opened                  | declined, ACCOUNT_NOT_FOUND               |
 * | 4  | open hold; the rest, or less with more to come | CAPTURED: spends it                      |
 * | 5  | open hold; less, and final                    | CAPTURED: spends it, releases the rest    |
 * | 6  | open hold; more, within the tolerance         | CAPTURED_OVER: spends hold and excess     |
 * | 7  | open hold; more, beyond the tolerance         | CAPTURED_OVER_TOLERANCE: the same         |
 * | 8  | paid at once; all the amount is unconfirmed   | ALREADY_CAPTURED: moves nothing           |
 * | 9  | paid at once; a part of the amount is         | as rules 6 and 7: spends the excess       |
 * | 10 | approved; nothing of it is left               | CAPTURED_LATE: spends the amount          |
 * | 11 | the purchase was declined                     | CAPTURED_AFTER_DECLINE: spends the amount |
 * | 12 | the purchase was never seen                   | CAPTURED_UNSEEN: spends the amount        |
 *
 * Rules 8 and 9: a purchase without a hold, or an advice, has paid the money before its captures come. They
 * confirm it up to the paid amount, less reversals.
 *
 * A capture is no question: from rule 4 on, all answers are approvals. Status, limits and balance do not
 * matter. Spending counts every excess on the day of the capture, and the wallet owes what it lacks.
 *
 * The wallet is that of the purchase, or of an earlier capture of it. Without any, MCC and merchant of the
 * capture choose it.
 */
export function decideCapture(
  history: AccountHistory,
  capture: Capture,
  catalog: Catalog,
  at: Date,
  calendar: Calendar,
): Verdict<CaptureEntry> {
  const earlier = history.find(capture.transactionId)
  if (earlier && repeats(capture, earlier)) return { type: 'REPLAY', entry: earlier }
  if (earlier) return { type: 'REUSED', entry: earlier }

  const { account } = history
  const asked: Asked = { account, capture, catalog, at, day: calendar(at) }
  if (account.status === 'UNOPENED') return conclude(asked, 'ACCOUNT_NOT_FOUND')
  const hold = account.holds.find(({ id }) => id === capture.originalId)
  if (hold) return captureHold(asked, hold)

  const original = history.find(capture.originalId)
  const sums = sumsOf(original, history.followUpsOf(capture.originalId))
  if (unconfirmedIn(sums) > 0n) return capturePaid(asked, sums)
  const state = original && isPurchase(original) ? decisionOf(original) : 'UNSEEN'
  if (state === 'APPROVED' || sums.paidAtOnce > 0n) return book(asked, 'CAPTURED_LATE', sums)
  return book(asked, state === 'DECLINED' ? 'CAPTURED_AFTER_DECLINE' : 'CAPTURED_UNSEEN', sums)
}

type Asked = {
  readonly account: Account
  readonly capture: Capture
  readonly catalog: Catalog
  readonly at: Date
  /** The day of the capture. */
  readonly day: Day
}

/** Whether the capture equals the one decided earlier, field by field. */
function repeats(capture: Capture, earlier: Entry): earlier is CaptureEntry {
  return (
    earlier.kind === 'CAPTURE' &&
    earlier.originalId === capture.originalId &&
    earlier.amount === capture.amount &&
    earlier.moreToCome === capture.moreToCome &&
    earlier.mcc === capture.mcc &&
    earlier.merchant === capture.merchant &&
    isSameNetworkData(earlier.network, capture.network)
  )
}

/** Rules 4 to 7. */
function captureHold(asked: Asked, hold: OpenHold): Verdict<CaptureEntry> {
  const { account, capture } = asked
  const { wallet } = hold
  const { amount } = capture
  const rest = restOf(hold)
  if (amount > rest) {
    const approved = hold.authorized - hold.released
    const movement = bookedOn(account, wallet, { amount: amount - rest, fromHold: rest })
    return conclude(asked, overReason(asked, { approved, captured: hold.captured + amount }), {
      ...(movement && { movement }),
      day: countingDay(asked, wallet),
    })
  }
  const released = capture.moreToCome ? 0n : rest - amount
  const movement = movementOn(account, wallet, { delta: released, heldDelta: -amount - released })
  const days = released > 0n ? takeOldest(hold.counted, amount).left : []
  return conclude(asked, 'CAPTURED', { ...(movement && { movement }), ...dayFields(days, released) })
}

/** Rules 8 and 9. */
function capturePaid(asked: Asked, sums: PurchaseSums): Verdict<CaptureEntry> {
  const { account, capture } = asked
  const { wallet, paidAtOnce, reversed, confirmed } = sums
  const excess = capture.amount - unconfirmedIn(sums)
  invariant(wallet !== undefined, 'a purchase that paid has a wallet')
  if (excess <= 0n) return conclude(asked, 'ALREADY_CAPTURED')
  const movement = bookedOn(account, wallet, { amount: excess })
  const captured = confirmed + capture.amount
  return conclude(asked, overReason(asked, { approved: paidAtOnce - reversed, captured }), {
    ...(movement && { movement }),
    day: countingDay(asked, wallet),
  })
}

/** Rules 10 to 12. */
function book(asked: Asked, reason: Reason, sums: PurchaseSums): Verdict<CaptureEntry> {
  const { account, capture, catalog } = asked
  const { amount } = capture
  const { wallet, routed } = routeBooking(account, catalog, { ...capture, used: sums.wallet })
  const movement = bookedOn(account, wallet, { amount })
  return conclude(asked, reason, {
    ...(movement && { movement }),
    day: countingDay(asked, wallet),
    ...routed,
  })
}

function overReason(
  { capture, catalog }: Asked,
  amounts: { readonly approved: bigint; readonly captured: bigint },
): Reason {
  const isTolerated = isWithinTolerance(catalog.holdPolicy, { mcc: capture.mcc, ...amounts })
  return isTolerated ? 'CAPTURED_OVER' : 'CAPTURED_OVER_TOLERANCE'
}

/** Returns the day that counts a wallet's spending now. */
function countingDay({ account, day }: Asked, wallet: CategoryId): Day {
  return spendingOn(account.spent.get(wallet), day).day
}

type Effect = Pick<
  CaptureEntry,
  'movement' | 'day' | 'days' | 'effectiveMcc' | 'merchantRule' | 'catalogVersion'
>

function conclude(
  { account, capture, at }: Asked,
  reason: Reason,
  effect: Effect = {},
): Verdict<CaptureEntry> {
  return {
    type: 'RECORD',
    entry: {
      kind: 'CAPTURE',
      accountId: account.id,
      transactionId: capture.transactionId,
      seq: account.version + 1n,
      at,
      reason,
      originalId: capture.originalId,
      amount: capture.amount,
      mcc: capture.mcc,
      merchant: capture.merchant,
      ...(capture.moreToCome && { moreToCome: capture.moreToCome }),
      ...(capture.network !== undefined && { network: capture.network }),
      ...effect,
    },
  }
}
