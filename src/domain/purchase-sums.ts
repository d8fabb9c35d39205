import type { CategoryId } from './category.js'
import { type CountedDays, joinDays, takeNewest, takeOldest } from './counted-days.js'
import {
  type CaptureEntry,
  countedDaysOf,
  decisionOf,
  type Entry,
  type FollowUpEntry,
  isPurchase,
  movementOf,
  spentBy,
} from './entry.js'
import { takenFromHold } from './open-hold.js'

/**
 * The sums over all entries of one purchase, in centavos. Its state follows from them. They balance:
 * authorized + incremented + excess = captured + released + rest.
 */
export type PurchaseSums = {
  /** The wallet of its movements; absent as long as nothing was held or spent. */
  readonly wallet?: CategoryId
  /** Amount held or paid by the authorization. */
  readonly authorized: bigint
  /** Amount that increments added to the hold. */
  readonly incremented: bigint
  /** Amount spent: by the authorization at once, by captures, and by an advice. */
  readonly captured: bigint
  /** Part of `captured` that no authorization covered: captured over, late or unseen, or advised. */
  readonly excess: bigint
  /** Amount given back from the hold: by a final capture, by reversals, and by the expiry. */
  readonly released: bigint
  /** Part of `released` that the expiry gave back. */
  readonly expired: bigint
  /** Amount given back by reversals after it was spent. */
  readonly reversed: bigint
  /** Amount given back by refunds. */
  readonly refunded: bigint
  /** Amount that this purchase made its wallet owe, less what its reversals and refunds cancelled. */
  readonly owed: bigint
  /** Amount paid without a hold: by the authorization at once, or by an advice. */
  readonly paidAtOnce: bigint
  /** Part of `paidAtOnce` that captures have confirmed. */
  readonly confirmed: bigint
  /** Whether no more captures were announced: a final capture or an advice was booked. */
  readonly isFinal: boolean
  /** The days that count the rest of the hold. */
  readonly heldDays: CountedDays
  /** The days that count what was spent, less reversals. */
  readonly spentDays: CountedDays
}

/** HELD: money is reserved. CAPTURED: money is spent. RELEASED, EXPIRED: all of it went back. */
export type PurchaseState = 'HELD' | 'CAPTURED' | 'RELEASED' | 'EXPIRED'

const nothing: PurchaseSums = {
  authorized: 0n,
  incremented: 0n,
  captured: 0n,
  excess: 0n,
  released: 0n,
  expired: 0n,
  reversed: 0n,
  refunded: 0n,
  owed: 0n,
  paidAtOnce: 0n,
  confirmed: 0n,
  isFinal: false,
  heldDays: [],
  spentDays: [],
}

/**
 * Adds up the entries of a purchase, in any order. An original that is not a purchase counts as never seen:
 * captures may name anything.
 */
export function sumsOf(original: Entry | undefined, followUps: readonly FollowUpEntry[]): PurchaseSums {
  const entries: Entry[] = original && isPurchase(original) ? [original, ...followUps] : [...followUps]
  return entries.sort((a, b) => (a.seq < b.seq ? -1 : 1)).reduce(withEntry, nothing)
}

/** Returns the amount still held, in centavos. */
export function restIn({ authorized, incremented, captured, excess, released }: PurchaseSums): bigint {
  return authorized + incremented - (captured - excess) - released
}

/** Returns the spent amount that can still go back, in centavos: 0 when refunds gave back more. */
export function spentLeftIn({ captured, reversed, refunded }: PurchaseSums): bigint {
  const left = captured - reversed - refunded
  return left > 0n ? left : 0n
}

/** Returns the amount paid at once that no capture has confirmed and no reversal has given back. */
export function unconfirmedIn({ paidAtOnce, confirmed, reversed }: PurchaseSums): bigint {
  const left = paidAtOnce - confirmed - reversed
  return left > 0n ? left : 0n
}

/** Derives the state of a purchase; undefined when nothing was ever held or spent. */
export function stateOf(sums: PurchaseSums): PurchaseState | undefined {
  if (sums.wallet === undefined) return undefined
  if (restIn(sums) > 0n) return 'HELD'
  if (sums.captured > sums.reversed) return 'CAPTURED'
  return sums.expired > 0n ? 'EXPIRED' : 'RELEASED'
}

function withEntry(sums: PurchaseSums, entry: Entry): PurchaseSums {
  if (decisionOf(entry) === 'DECLINED') return sums
  const movement = movementOf(entry)
  const spent = movement ? spentBy(movement) : 0n
  // A refund before everything else went to the wallet of its own MCC, which may not be the purchase's.
  const wallet = sums.wallet ?? (entry.kind === 'REFUND' ? undefined : movement?.wallet)
  const owed = sums.owed + (movement?.owedDelta ?? 0n)
  const known: PurchaseSums = { ...sums, owed, ...(wallet !== undefined && { wallet }) }
  const days = countedDaysOf(entry)
  switch (entry.kind) {
    case 'AUTHORIZATION':
      if (entry.heldUntil)
        return { ...known, authorized: movement?.heldDelta ?? 0n, heldDays: joinDays(sums.heldDays, days) }
      return {
        ...known,
        authorized: spent,
        captured: sums.captured + spent,
        paidAtOnce: sums.paidAtOnce + spent,
        spentDays: joinDays(sums.spentDays, days),
      }
    case 'INCREMENT':
      return {
        ...known,
        incremented: sums.incremented + (movement?.heldDelta ?? 0n),
        heldDays: joinDays(sums.heldDays, days),
      }
    case 'ADVICE':
      return {
        ...known,
        captured: sums.captured + spent,
        excess: sums.excess + spent,
        paidAtOnce: sums.paidAtOnce + spent,
        isFinal: sums.isFinal || spent > 0n,
        spentDays: joinDays(sums.spentDays, days),
      }
    case 'CAPTURE':
      return withCapture(known, entry, spent)
    case 'REVERSAL':
    case 'EXPIRY': {
      const { released } = takenFromHold(entry)
      return {
        ...known,
        released: sums.released + released,
        expired: sums.expired + (entry.kind === 'EXPIRY' ? released : 0n),
        reversed: sums.reversed - spent,
        heldDays: takeNewest(sums.heldDays, released).left,
        spentDays: takeNewest(sums.spentDays, -spent).left,
      }
    }
    case 'REFUND':
      return { ...known, refunded: sums.refunded - spent }
    case 'CREDIT':
    case 'ADMIN':
      return sums
  }
}

/** Adds a capture. What it takes from the hold leaves the oldest days; the excess has a day of its own. */
function withCapture(sums: PurchaseSums, entry: CaptureEntry, spent: bigint): PurchaseSums {
  const { captured, released } = takenFromHold(entry)
  const moved = takeOldest(sums.heldDays, captured)
  const excessDays = released > 0n ? [] : countedDaysOf(entry)
  return {
    ...sums,
    captured: sums.captured + spent,
    excess: sums.excess + spent - captured,
    released: sums.released + released,
    confirmed: sums.confirmed + entry.amount - spent,
    isFinal: sums.isFinal || !entry.moreToCome,
    heldDays: takeNewest(moved.left, released).left,
    spentDays: joinDays(joinDays(sums.spentDays, moved.taken), excessDays),
  }
}
