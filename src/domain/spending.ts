import { type Day, monthOf } from './calendar.js'
import { invariant } from './invariant.js'
import { type Centavos, centavos } from './money.js'

/** A wallet's purchases less its reversals, on the latest day on which it paid and in that day's month. */
export type Spending = {
  readonly day: Day
  readonly dayAmount: Centavos
  readonly monthAmount: Centavos
}

/** An amount, and the day that counts it. */
type Counted = { readonly amount: bigint; readonly day: Day }

const nothing = centavos(0n)

/**
 * Returns the spending as it stands on a day. Each day and each month starts at zero. Counters never go back:
 * when the clock is behind, the latest counted day also counts the new purchase.
 */
export function spendingOn(spending: Spending | undefined, day: Day): Spending {
  if (spending && spending.day >= day) return spending
  const isSameMonth = spending && monthOf(spending.day) === monthOf(day)
  return { day, dayAmount: nothing, monthAmount: isSameMonth ? spending.monthAmount : nothing }
}

/**
 * Returns the spending after one more purchase.
 *
 * @throws InvariantError when the day is before the latest counted one.
 */
export function afterPurchase(spending: Spending | undefined, { amount, day }: Counted): Spending {
  const before = spendingOn(spending, day)
  invariant(before.day === day, 'counters never move back')
  return {
    day,
    dayAmount: centavos(before.dayAmount + amount),
    monthAmount: centavos(before.monthAmount + amount),
  }
}

/**
 * Returns the spending after a reversal. Only the counters of the purchase's own day and month are reduced.
 */
export function afterReversal(
  spending: Spending | undefined,
  { amount, day }: Counted,
): Spending | undefined {
  if (!spending || monthOf(spending.day) !== monthOf(day)) return spending
  return {
    day: spending.day,
    dayAmount: spending.day === day ? centavos(spending.dayAmount - amount) : spending.dayAmount,
    monthAmount: centavos(spending.monthAmount - amount),
  }
}
