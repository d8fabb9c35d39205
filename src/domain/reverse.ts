import type { Account, AccountHistory } from './account.js'
import { dayFields, joinDays, takeNewest } from './counted-days.js'
import { earlyReversalsIn } from './early-reversals.js'
import {
  decisionOf,
  type Entry,
  isPurchase,
  type PurchaseDescription,
  type PurchaseEntry,
  type ReversalEntry,
  type TransactionId,
} from './entry.js'
import { type Centavos, smaller } from './money.js'
import { givenBackOn } from './movement.js'
import { type PurchaseSums, restIn, spentLeftIn, sumsOf } from './purchase-sums.js'
import type { Reason } from './reason.js'
import type { Verdict } from './verdict.js'

/** A request to reverse a purchase. */
export type Reversal = {
  readonly transactionId: TransactionId
  /** Id of the purchase. */
  readonly originalId: TransactionId
  /** 1 centavo or more; absent for the whole remainder. */
  readonly amount?: Centavos
  /** The purchase as the caller knows it. Every given field must equal the authorized one. */
  readonly described: PurchaseDescription
  /** Whether the reversal has taken place (0420). Its answer has code 00, whatever the reason. */
  readonly advice?: true
}

/**
 * Decides a reversal. The first rule that applies answers:
 *
 * | #  | when                                             | answer                             |
 * |----|--------------------------------------------------|------------------------------------|
 * | 1  | the id was decided before, same content          | the stored answer                  |
 * | 2  | the id was decided before, other content         | rejected as a reuse of the id      |
 * | 3  | the original is a verification, or no purchase   | declined, ORIGINAL_NOT_REVERSIBLE  |
 * | 4  | never seen, reversed in full, nothing is left    | declined, ALREADY_REVERSED         |
 * | 5  | never seen                                       | recorded, REVERSED_BEFORE_PURCHASE |
 * | 6  | the original differs from its description        | declined, ORIGINAL_MISMATCH        |
 * | 7  | declined, and nothing was booked for it          | declined, ORIGINAL_DECLINED        |
 * | 8  | nothing of the original is left                  | declined, ALREADY_REVERSED         |
 * | 9  | more than is left, and not a declined original's advice | declined, AMOUNT_OVER_REMAINDER |
 * | 10 | the wallet's balance would become too large      | declined, BALANCE_TOO_LARGE        |
 * | 11 | otherwise                                        | approved: back to the wallet that paid |
 *
 * The remainder of a purchase is its held money, and its spent money less reversals and refunds. Held money
 * goes back first. The debit already excludes early reversals.
 *
 * Rule 5: what captures have booked of the purchase goes back. Rule 10 applies to that, too. The account's
 * status does not matter: the money is the holder's.
 *
 * An advice moves what a request would, apart from rule 9: of a declined purchase, it gives back at most what
 * is left. Its amount comes off a later advice of that purchase, also under rules 7 and 8. The code of its
 * answer is always 00, so that a store-and-forward queue ends.
 */
export function decideReversal(
  history: AccountHistory,
  reversal: Reversal,
  at: Date,
): Verdict<ReversalEntry> {
  const earlier = history.find(reversal.transactionId)
  if (earlier && repeats(reversal, earlier)) return { type: 'REPLAY', entry: earlier }
  if (earlier) return { type: 'REUSED', entry: earlier }

  const { account } = history
  const original = history.find(reversal.originalId)
  const followUps = history.followUpsOf(reversal.originalId)
  const sums = sumsOf(original, followUps)
  const left = restIn(sums) + spentLeftIn(sums)
  const asked: Asked = { account, reversal, sums, at }
  if (original && !isPurchase(original)) return conclude(asked, 'ORIGINAL_NOT_REVERSIBLE')
  if (!original && left === 0n && earlyReversalsIn(followUps).full) return conclude(asked, 'ALREADY_REVERSED')
  const amount = reversal.amount ?? left
  if (!original) return giveBack(asked, 'REVERSED_BEFORE_PURCHASE', smaller(amount, left))
  if (!fits(original, reversal.described)) return conclude(asked, 'ORIGINAL_MISMATCH')
  if (decisionOf(original) === 'DECLINED' && sums.captured === 0n) return conclude(asked, 'ORIGINAL_DECLINED')
  if (left === 0n) return conclude(asked, 'ALREADY_REVERSED')
  if (amount > left && !mayExceed(original, reversal)) return conclude(asked, 'AMOUNT_OVER_REMAINDER')
  return giveBack(asked, 'APPROVED', smaller(amount, left))
}

type Asked = {
  readonly account: Account
  readonly reversal: Reversal
  /** The sums of the purchase. */
  readonly sums: PurchaseSums
  readonly at: Date
}

/** Whether the reversal equals the one decided earlier, field by field. */
function repeats(reversal: Reversal, earlier: Entry): earlier is ReversalEntry {
  return (
    earlier.kind === 'REVERSAL' &&
    earlier.originalId === reversal.originalId &&
    earlier.amount === reversal.amount &&
    earlier.advice === reversal.advice &&
    earlier.described.amount === reversal.described.amount &&
    earlier.described.mcc === reversal.described.mcc &&
    earlier.described.merchant === reversal.described.merchant
  )
}

function fits(original: PurchaseEntry, described: PurchaseDescription): boolean {
  return (
    (described.amount ?? original.amount) === original.amount &&
    (described.mcc ?? original.mcc) === original.mcc &&
    (described.merchant ?? original.merchant) === original.merchant
  )
}

/** Whether the amount may be more than is left: the excess comes off a later advice of the purchase. */
function mayExceed(original: PurchaseEntry, { advice }: Reversal): boolean {
  return advice === true && decisionOf(original) === 'DECLINED'
}

/** Gives back held money first, then spent money, and their counts to the newest days first. */
function giveBack(asked: Asked, reason: Reason, amount: bigint): Verdict<ReversalEntry> {
  const { account, sums } = asked
  if (amount === 0n || sums.wallet === undefined) return conclude(asked, reason)
  const held = smaller(amount, restIn(sums))
  const spent = amount - held
  const movement = givenBackOn(account, sums.wallet, { spent, held, owed: sums.owed })
  if (!movement) return conclude(asked, 'BALANCE_TOO_LARGE')
  const days = joinDays(takeNewest(sums.heldDays, held).taken, takeNewest(sums.spentDays, spent).taken)
  return conclude(asked, reason, { movement, ...dayFields(days, amount) })
}

function conclude(
  { account, reversal, at }: Asked,
  reason: Reason,
  effect: Pick<ReversalEntry, 'movement' | 'day' | 'days'> = {},
): Verdict<ReversalEntry> {
  return {
    type: 'RECORD',
    entry: {
      kind: 'REVERSAL',
      accountId: account.id,
      transactionId: reversal.transactionId,
      seq: account.version + 1n,
      at,
      reason,
      originalId: reversal.originalId,
      ...(reversal.amount !== undefined && { amount: reversal.amount }),
      described: reversal.described,
      ...(reversal.advice && { advice: true as const }),
      ...effect,
    },
  }
}
