import type { Day } from './calendar.js'
import { smaller } from './money.js'

/** Amounts that spending counts, by day: each day once, oldest first, every amount above 0. */
export type CountedDays = readonly CountedDay[]

/** An amount in centavos, and the day whose spending counts it. */
export type CountedDay = { readonly day: Day; readonly amount: bigint }

/** Counted days in two parts. */
export type DividedDays = { readonly taken: CountedDays; readonly left: CountedDays }

/** Joins counted days: amounts of one day add up. */
export function joinDays(some: CountedDays, others: CountedDays): CountedDays {
  const amounts = new Map<Day, bigint>()
  for (const { day, amount } of [...some, ...others]) amounts.set(day, (amounts.get(day) ?? 0n) + amount)
  return Array.from(amounts, ([day, amount]) => ({ day, amount })).sort(byDay)
}

/** Takes an amount from the oldest days. Takes all when the days count less. */
export function takeOldest(days: CountedDays, amount: bigint): DividedDays {
  const taken: CountedDay[] = []
  const left: CountedDay[] = []
  let wanted = amount
  for (const { day, amount: counted } of days) {
    const part = smaller(counted, wanted)
    if (part > 0n) taken.push({ day, amount: part })
    if (part < counted) left.push({ day, amount: counted - part })
    wanted -= part
  }
  return { taken, left }
}

/** Takes an amount from the newest days. Takes all when the days count less. */
export function takeNewest(days: CountedDays, amount: bigint): DividedDays {
  const kept = sumOfDays(days) - amount
  const { taken: left, left: taken } = takeOldest(days, kept > 0n ? kept : 0n)
  return { taken, left }
}

/** Returns the sum of the amounts, in centavos. */
export function sumOfDays(days: CountedDays): bigint {
  return days.reduce((sum, { amount }) => sum + amount, 0n)
}

/** Writes the days of an entry that moves this amount, in centavos: a single day for all of it, or a list. */
export function dayFields(
  days: CountedDays,
  amount: bigint,
): { readonly day?: Day; readonly days?: CountedDays } {
  const [first] = days
  if (first === undefined) return {}
  return first.amount === amount ? { day: first.day } : { days }
}

function byDay(a: CountedDay, b: CountedDay): number {
  return a.day < b.day ? -1 : 1
}
