import type { Day } from './calendar.js'
import type { Entry } from './entry.js'

/** Counted amounts in centavos, by day. Every amount is above 0. */
export type DayAmounts = ReadonlyMap<Day, bigint>

export const noDays: DayAmounts = new Map()

/** Reads the days that an entry names, with the amount that each of them counts or gets back. */
export function daysIn(entry: Entry): DayAmounts {
  if (entry.kind === 'ADMIN' || entry.kind === 'CREDIT' || entry.kind === 'REFUND') return noDays
  if ('days' in entry && entry.days) return withDays(noDays, entry.days)
  if (entry.day === undefined || !entry.movement) return noDays
  const { delta, owedDelta = 0n } = entry.movement
  const amount = delta < 0n || owedDelta > 0n ? owedDelta - delta : delta - owedDelta
  return withDays(noDays, [{ day: entry.day, amount }])
}

/** Adds amounts to those of their days. */
export function withDays(
  days: DayAmounts,
  more: Iterable<{ readonly day: Day; readonly amount: bigint }>,
): DayAmounts {
  const sums = new Map(days)
  for (const { day, amount } of more) if (amount !== 0n) sums.set(day, (sums.get(day) ?? 0n) + amount)
  return sums
}

/** Adds up two lists of days. */
export function bothDays(some: DayAmounts, others: DayAmounts): DayAmounts {
  return withDays(
    some,
    Array.from(others, ([day, amount]) => ({ day, amount })),
  )
}

/** Takes an amount from one end of the days: all that they have, if that is less. */
export function takeDays(
  days: DayAmounts,
  amount: bigint,
  from: 'OLDEST' | 'NEWEST',
): { readonly taken: DayAmounts; readonly left: DayAmounts } {
  const taken = new Map<Day, bigint>()
  const left = new Map(days)
  const order = [...days.keys()].sort()
  if (from === 'NEWEST') order.reverse()
  let open = amount
  for (const day of order) {
    const counted = days.get(day) ?? 0n
    const part = counted < open ? counted : open
    if (part <= 0n) break
    taken.set(day, part)
    if (part === counted) left.delete(day)
    else left.set(day, counted - part)
    open -= part
  }
  return { taken, left }
}

/** Whether two lists count the same. */
export function isSameDays(some: DayAmounts, others: DayAmounts): boolean {
  return some.size === others.size && [...some].every(([day, amount]) => others.get(day) === amount)
}

/** Days with their amounts in one line, for people. */
export function daysText(days: DayAmounts): string {
  const texts = [...days.keys()].sort().map((day) => `${days.get(day)} on ${day}`)
  return texts.join(', ') || 'no day'
}
