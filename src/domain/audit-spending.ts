import type { Account } from './account.js'
import { daysIn } from './audit-days.js'
import { movedBy } from './audit-movement.js'
import { type Day, monthOf } from './calendar.js'
import type { Discrepancy } from './discrepancy.js'
import type { Entry } from './entry.js'

type Finding = Pick<Discrepancy, 'kind' | 'detail'>

/** Sums over the entries of one wallet: for its latest day, and for the month of that day. */
type Spent = { day: Day; dayAmount: bigint; monthAmount: bigint }

/**
 * Adds up what each wallet has spent on its latest day and in the month of that day. The account has no other
 * counters. Memory: a day and two numbers per wallet.
 */
export class SpendingAudit {
  readonly #spent = new Map<string, Spent>()

  /** Adds an entry: what it commits counts on its day, what it gives back leaves the days that it names. */
  add(entry: Entry): readonly Finding[] {
    const moved = movedBy(entry)
    if (!moved) return []
    const { wallet } = moved
    const found: Finding[] = []
    for (const [day, amount] of daysIn(entry)) {
      if (moved.committed < 0n) {
        this.#change(wallet, day, -amount)
        continue
      }
      const known = this.#spent.get(wallet)
      if (known && day < known.day) {
        const detail = `seq ${entry.seq}: ${wallet} counts for ${day}, after ${known.day}`
        found.push({ kind: 'DAY_WRONG', detail })
      }
      if (!known || known.day < day) this.#spent.set(wallet, begun(day, known))
      this.#change(wallet, day, amount)
    }
    return found
  }

  /** Changes the sums. The audit of the purchase reports a reversal without a counted purchase. */
  #change(wallet: string, day: Day, amount: bigint): void {
    const spent = this.#spent.get(wallet)
    if (!spent) return
    if (spent.day === day) spent.dayAmount += amount
    if (monthOf(spent.day) === monthOf(day)) spent.monthAmount += amount
  }

  /** Compares the sums with the account. */
  compare({ spent }: Account): readonly Finding[] {
    const found: Finding[] = []
    for (const wallet of new Set([...spent.keys(), ...this.#spent.keys()])) {
      const stored = spentText(spent.get(wallet))
      const sum = spentText(this.#spent.get(wallet))
      if (stored === sum) continue
      found.push({ kind: 'SPENDING_DIFFERS', detail: `${wallet}: ${stored}; its entries add up to ${sum}` })
    }
    return found
  }
}

/** Returns counters for a new day; the month's sum continues within the same month. */
function begun(day: Day, before: Spent | undefined): Spent {
  const isSameMonth = before && monthOf(before.day) === monthOf(day)
  return { day, dayAmount: 0n, monthAmount: isSameMonth ? before.monthAmount : 0n }
}

function spentText(spent: Readonly<Spent> | undefined): string {
  return spent ? `${spent.dayAmount} on ${spent.day}, ${spent.monthAmount} in its month` : 'nothing'
}
