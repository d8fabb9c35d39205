import { type Day, monthOf } from './calendar.js'
import { invariant } from './invariant.js'
import { type Centavos, centavos } from './money.js'

/** What a wallet paid for, less what was given back, on the latest day on which it paid, and in the month of that day. */
export type Spending = {
  readonly day: Day
  readonly dayAmount: Centavos
  readonly monthAmount: Centavos
}

/** An amount, and the day in which it is counted. */
type Counted = { readonly amount: bigint; readonly day: Day }

const nothing = centavos(0n)

/**
 * Spending as it stands on a day: every day begins with nothing, and so does every month. Counters never go back: by a clock that
 * is behind, a purchase is counted in the latest day that was counted before.
 */
export function spendingOn(spending: Spending | undefined, day: Day): Spending {
  if (spending && spending.day >= day) return spending
  const isSameMonth = spending && monthOf(spending.day) === monthOf(day)
  return { day, dayAmount: nothing, monthAmount: isSameMonth ? spending.monthAmount : nothing }
}

/**
 * Spending after one more purchase.
 *
 * @throws InvariantError when the day is before the one that is being counted.
 */
export function afterPurchase(spending: Spending | undefined, { amount, day }: Counted): Spending {
  const before = spendingOn(spending, day)
  invariant(before.day === day, 'counters never go back')
  return {
    day,
    dayAmount: centavos(before.dayAmount + amount),
    monthAmount: centavos(before.monthAmount + amount),
  }
}

/** Spending after a reversal: given back to the day and the month in which the purchase was counted, while they last. */
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
