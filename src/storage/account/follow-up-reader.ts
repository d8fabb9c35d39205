import type {
  AdviceEntry,
  CaptureEntry,
  Entry,
  IncrementEntry,
  RefundEntry,
  ReversalEntry,
} from '../../domain/entry.js'
import { invariant } from '../../domain/invariant.js'
import { bookingIn, fallbackOf } from './booking-document.js'
import { countedDaysIn } from './counted-days-document.js'
import type { EntryFields } from './entry-document.js'
import { networkDataIn } from './network-document.js'
import { reasonOf } from './reason-names.js'
import { money } from './stored-money.js'

/** The fields of an entry that are its own: all but its place and its movement. */
type Own<E extends Entry> = Omit<E, 'accountId' | 'transactionId' | 'seq' | 'at' | 'movement'>

/**
 * Reads an increment.
 *
 * @throws InvariantError when a field is missing.
 */
export function incrementIn(fields: EntryFields): Own<IncrementEntry> {
  const { reason, amount, original, network, day, approval_code: approvalCode } = fields
  invariant(reason !== undefined && amount !== undefined, 'an increment has a reason and an amount')
  invariant(original !== undefined, 'an increment names its original')
  return {
    kind: 'INCREMENT',
    reason: reasonOf(reason),
    originalId: original,
    amount: money(amount),
    ...(network !== undefined && { network: networkDataIn(network) }),
    ...(approvalCode !== undefined && { approvalCode }),
    ...(day !== undefined && { day }),
  }
}

/**
 * Reads a capture.
 *
 * @throws InvariantError when a field is missing.
 */
export function captureIn(fields: EntryFields): Own<CaptureEntry> {
  const { original, more_to_come: moreToCome } = fields
  invariant(original !== undefined, 'a capture names its original')
  invariant(moreToCome === undefined || moreToCome, 'the mark of a capture that is not final is true')
  return {
    kind: 'CAPTURE',
    originalId: original,
    ...bookingIn(fields),
    ...(moreToCome && { moreToCome }),
    ...daysIn(fields),
  }
}

/**
 * Reads an advice.
 *
 * @throws InvariantError when a field is missing.
 */
export function adviceIn(fields: EntryFields): Own<AdviceEntry> {
  const { original, fallback, day } = fields
  return {
    kind: 'ADVICE',
    ...(original !== undefined && { originalId: original }),
    ...bookingIn(fields),
    ...(fallback !== undefined && { fallback: fallbackOf(fallback) }),
    ...(day !== undefined && { day }),
  }
}

/**
 * Reads a refund.
 *
 * @throws InvariantError when a field is missing.
 */
export function refundIn(fields: EntryFields): Own<RefundEntry> {
  const { original, request, approval_code: approvalCode } = fields
  invariant(request === undefined || request, 'the mark of a refund that may be declined is true')
  return {
    kind: 'REFUND',
    ...(original !== undefined && { originalId: original }),
    ...bookingIn(fields),
    ...(request && { request }),
    ...(approvalCode !== undefined && { approvalCode }),
  }
}

/**
 * Reads the days that an entry counts, or that it gives back to.
 *
 * @throws InvariantError when one has no day, or no amount.
 */
export function daysIn({ day, days }: EntryFields): Pick<ReversalEntry, 'day' | 'days'> {
  return { ...(day !== undefined && { day }), ...(days !== undefined && { days: countedDaysIn(days) }) }
}
