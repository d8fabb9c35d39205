import type { Entry, ReversalEntry } from './entry.js'
import { type Centavos, centavos } from './money.js'

/** Sum of the reversals that came before their purchase, or before the advice that books a declined one. */
export type EarlyReversals = {
  /** Sum of the partial reversals, in centavos. */
  readonly partial: bigint
  /** Whether one of them reverses the whole purchase. */
  readonly full: boolean
}

const nothing: EarlyReversals = { partial: 0n, full: false }

/** Adds up the early reversals of a purchase that is not approved, and ignores all other entries. */
export function earlyReversalsIn(entries: readonly Entry[]): EarlyReversals {
  return entries.filter(takesOff).reduce(withEarlyReversal, nothing)
}

/**
 * Whether the entry is a reversal that takes its amount off what is booked later. A reversal that found
 * nothing to give back does so only as an advice: a request is declined, and has no effect.
 */
function takesOff(entry: Entry): entry is ReversalEntry {
  if (entry.kind !== 'REVERSAL') return false
  const { reason, advice = false } = entry
  if (reason === 'ORIGINAL_DECLINED' || reason === 'ALREADY_REVERSED') return advice
  return reason === 'REVERSED_BEFORE_PURCHASE' || reason === 'APPROVED'
}

/**
 * Adds one more early reversal. A reversal without an amount is full, and so is one whose amount equals the
 * described amount of the purchase. Every other reversal is partial.
 */
function withEarlyReversal(before: EarlyReversals, reversal: ReversalEntry): EarlyReversals {
  const { amount, described } = reversal
  if (amount === undefined || amount === described.amount) return { ...before, full: true }
  return { ...before, partial: before.partial + amount }
}

/**
 * Whether early reversals leave nothing to pay of this amount. A verification has the amount 0: any early
 * reversal leaves nothing of it.
 */
export function leaveNothing(amount: Centavos, { partial, full }: EarlyReversals): boolean {
  return full || (partial > 0n && partial >= amount)
}

/** Returns the amount left to pay of a purchase after its early reversals, in centavos. */
export function leftByEarlyReversals(amount: Centavos, { partial, full }: EarlyReversals): Centavos {
  return centavos(full || partial >= amount ? 0n : amount - partial)
}
