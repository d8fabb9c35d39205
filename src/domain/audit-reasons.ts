import type { PurchaseTally } from './audit-purchase-tally.js'
import type { AdviceEntry, CaptureEntry, Entry, IncrementEntry, RefundEntry, ReversalEntry } from './entry.js'
import type { Reason } from './reason.js'

/**
 * Returns the reasons that a step of a purchase may have after the entries before it; undefined when they do
 * not decide. The books do not record the tolerance of captures, so the audit accepts both reasons for more
 * than the hold.
 */
export function reasonsFor(entry: Entry, tally: PurchaseTally): readonly Reason[] | undefined {
  switch (entry.kind) {
    case 'INCREMENT':
      return incrementReasons(entry, tally)
    case 'CAPTURE':
      return entry.reason === 'ACCOUNT_NOT_FOUND' ? undefined : captureReasons(entry, tally)
    case 'ADVICE':
      return entry.reason === 'ACCOUNT_NOT_FOUND' ? undefined : [adviceReason(entry, tally)]
    case 'REVERSAL':
      return reversalReasons(entry, tally)
    case 'REFUND':
      return entry.reason === 'ACCOUNT_NOT_FOUND' ? undefined : refundReasons(entry, tally)
    default:
      return undefined
  }
}

/** Reasons of an increment that need an open hold. */
const ofOpenHold: readonly Reason[] = ['APPROVED', 'AMOUNT_OVER_LIMIT', 'INSUFFICIENT_BALANCE']

function incrementReasons(
  { reason }: IncrementEntry,
  { held }: PurchaseTally,
): readonly Reason[] | undefined {
  if (held > 0n) return reason === 'HOLD_NOT_OPEN' ? ofOpenHold : undefined
  return ofOpenHold.includes(reason) ? ['HOLD_NOT_OPEN'] : undefined
}

const over: readonly Reason[] = ['CAPTURED_OVER', 'CAPTURED_OVER_TOLERANCE']

function captureReasons({ amount }: CaptureEntry, tally: PurchaseTally): readonly Reason[] {
  const { held, unconfirmed, standing } = tally
  if (held > 0n) return amount > held ? over : ['CAPTURED']
  if (unconfirmed > 0n) return amount > unconfirmed ? over : ['ALREADY_CAPTURED']
  if (standing === 'APPROVED' || tally.wasPaidAtOnce) return ['CAPTURED_LATE']
  return [standing === 'DECLINED' ? 'CAPTURED_AFTER_DECLINE' : 'CAPTURED_UNSEEN']
}

function adviceReason({ amount }: AdviceEntry, tally: PurchaseTally): Reason {
  if (tally.standing === 'APPROVED') return 'ALREADY_APPROVED'
  const { coveredBy } = tally.dueOf(amount)
  if (coveredBy === 'CAPTURES') return 'ALREADY_CAPTURED'
  if (coveredBy === 'REVERSALS') return 'ADVICE_REVERSED'
  return tally.standing === 'DECLINED' ? 'ADVICE_OVERRIDES' : 'ADVISED'
}

function reversalReasons(entry: ReversalEntry, tally: PurchaseTally): readonly Reason[] {
  const { held, spentLeft, spent, standing, isWholeEarly } = tally
  const left = held + spentLeft
  if (standing === 'OTHER') return ['ORIGINAL_NOT_REVERSIBLE']
  if (standing === 'UNSEEN')
    return left === 0n && isWholeEarly
      ? ['ALREADY_REVERSED']
      : ['REVERSED_BEFORE_PURCHASE', ...whenFull(left)]
  if (!fitsDescription(entry, tally)) return ['ORIGINAL_MISMATCH']
  if (standing === 'DECLINED' && spent === 0n) return ['ORIGINAL_DECLINED']
  if (left === 0n) return ['ALREADY_REVERSED']
  const isOver = (entry.amount ?? left) > left && !(standing === 'DECLINED' && entry.advice)
  return isOver ? ['AMOUNT_OVER_REMAINDER'] : ['APPROVED', ...whenFull(left)]
}

function fitsDescription({ described }: ReversalEntry, { original }: PurchaseTally): boolean {
  if (original?.kind !== 'AUTHORIZATION' && original?.kind !== 'ADVICE') return true
  const { amount = original.amount, mcc = original.mcc, merchant = original.merchant } = described
  return amount === original.amount && mcc === original.mcc && merchant === original.merchant
}

/** A wallet may be too full for what would go back. */
function whenFull(left: bigint): readonly Reason[] {
  return left > 0n ? ['BALANCE_TOO_LARGE'] : []
}

function refundReasons({ amount, request }: RefundEntry, tally: PurchaseTally): readonly Reason[] {
  const { spent, spentLeft, wallet } = tally
  if (request && spent === 0n) return ['ORIGINAL_NOT_CAPTURED']
  if (request && amount > spentLeft) return ['AMOUNT_OVER_REMAINDER']
  if (wallet === undefined) return ['REFUNDED_UNLINKED', 'BALANCE_TOO_LARGE']
  return [amount > spentLeft ? 'REFUNDED_OVER' : 'REFUNDED', 'BALANCE_TOO_LARGE']
}
