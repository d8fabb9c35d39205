import { isMark, type ReversalEntry } from './entry.js'
import { type Centavos, centavos } from './money.js'

/** The reversals of one purchase that came before it, added up. */
export type EarlyReversals = {
  /** Sum of the partial ones, in centavos. */
  readonly partial: bigint
  /** Whether one of them takes the whole purchase back. */
  readonly full: boolean
}

const nothing: EarlyReversals = { partial: 0n, full: false }

/** Adds up the early ones among the reversals of a purchase. Others count for nothing here. */
export function earlyReversalsIn(reversals: readonly ReversalEntry[]): EarlyReversals {
  return reversals.filter(isMark).reduce(withEarlyReversal, nothing)
}

/**
 * Adds one more early reversal. It is partial when it names an amount, unless it describes the purchase as one of just that amount;
 * every other one is full.
 */
export function withEarlyReversal(before: EarlyReversals, reversal: ReversalEntry): EarlyReversals {
  const { amount, described } = reversal
  if (amount === undefined || amount === described.amount) return { ...before, full: true }
  return { ...before, partial: before.partial + amount }
}

/** What early reversals leave of a purchase of this amount, in centavos: 0 when nothing is left to pay. */
export function leftByEarlyReversals(amount: Centavos, { partial, full }: EarlyReversals): Centavos {
  return centavos(full || partial >= amount ? 0n : amount - partial)
}
