import type { CategoryId } from './category.js'
import { earlyReversalsIn, leaveNothing, leftByEarlyReversals } from './early-reversals.js'
import type { FollowUpEntry } from './entry.js'
import { type Centavos, centavos } from './money.js'
import { sumsOf } from './purchase-sums.js'

/** A purchase as left by the entries that came before it. */
export type LeftToPay = {
  /** Amount to hold or to pay, in centavos. */
  readonly due: Centavos
  /** What left nothing to pay: captures or an advice, or only reversals; absent when something is due. */
  readonly coveredBy?: 'CAPTURES' | 'REVERSALS'
  /** The wallet of the captures that came first. The purchase stays on it. */
  readonly wallet?: CategoryId
}

/**
 * Returns what is left to pay of a purchase for which reversals, captures or an advice came first. A final
 * capture and an advice leave nothing. Other captures leave the amount that they did not book, less the
 * reversals. A capture that was reversed counts once: as reversed.
 */
export function leftToPay(amount: Centavos, followUps: readonly FollowUpEntry[]): LeftToPay {
  if (followUps.length === 0) return { due: amount }
  const early = earlyReversalsIn(followUps)
  const left = leftByEarlyReversals(amount, early)
  const { captured, reversed, isFinal, wallet } = sumsOf(undefined, followUps)
  const booked = captured - reversed
  const nothingDue = { due: centavos(0n) }
  if (booked === 0n && leaveNothing(amount, early)) return { ...nothingDue, coveredBy: 'REVERSALS' }
  if (isFinal || (booked > 0n && booked >= left)) return { ...nothingDue, coveredBy: 'CAPTURES' }
  return { due: centavos(left - booked), ...(wallet !== undefined && { wallet }) }
}
