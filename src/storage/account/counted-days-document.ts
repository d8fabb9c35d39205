import type { Day } from '../../domain/calendar.js'
import type { CountedDays } from '../../domain/counted-days.js'
import { invariant } from '../../domain/invariant.js'
import { money } from './stored-money.js'

/** Counted days as stored in an entry and in an open hold. */
export type CountedDaysFields = readonly { readonly day: Day; readonly amount: bigint }[]

const DAY = /^\d{4}-\d{2}-\d{2}$/

/** Whether it is a calendar day. */
export function isDay(stored: unknown): boolean {
  return typeof stored === 'string' && DAY.test(stored)
}

/** Writes counted days. */
export function countedDaysFields(days: CountedDays): CountedDaysFields {
  return days.map(({ day, amount }) => ({ day, amount }))
}

/**
 * Reads counted days.
 *
 * @throws InvariantError when one has no day, or no amount.
 */
export function countedDaysIn(stored: CountedDaysFields): CountedDays {
  invariant(Array.isArray(stored), 'counted days are a list')
  return stored.map(({ day, amount }) => {
    invariant(isDay(day), 'counted days have their days')
    return { day, amount: money(amount) }
  })
}
