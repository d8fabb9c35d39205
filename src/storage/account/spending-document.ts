import type { Day } from '../../domain/calendar.js'
import { invariant } from '../../domain/invariant.js'
import type { Spending } from '../../domain/spending.js'
import { isDay } from './counted-days-document.js'
import { money } from './stored-money.js'

/** The spending of one wallet as stored in an account. */
export type SpendingFields = { readonly day: Day; readonly day_amount: bigint; readonly month_amount: bigint }

/** Writes spending. */
export function spendingFields({ day, dayAmount, monthAmount }: Spending): SpendingFields {
  return { day, day_amount: dayAmount, month_amount: monthAmount }
}

/**
 * Reads spending.
 *
 * @throws InvariantError when it is no spending.
 */
export function spendingIn({
  day,
  day_amount: dayAmount,
  month_amount: monthAmount,
}: SpendingFields): Spending {
  invariant(isDay(day), 'spending has its day')
  return { day, dayAmount: money(dayAmount), monthAmount: money(monthAmount) }
}
