import { type Entry, isEarlyReversal, type ReversalEntry } from './entry.js'
import { type Centavos, centavos } from './money.js'

/** Sum of the reversals of one purchase that came before it. */
export type EarlyReversals = {
  /** Sum of the partial reversals, in centavos. */
  readonly partial: bigint
  /** Whether one of them reverses the whole purchase. */
  readonly full: boolean
}

const nothing: EarlyReversals = { partial: 0n, full: false }

/** Adds up the early reversals in this list, and ignores all other entries. */
export function earlyReversalsIn(entries: readonly Entry[]): EarlyReversals {
  return entries.filter(isEarlyReversal).reduce(withEarlyReversal, nothing)
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
