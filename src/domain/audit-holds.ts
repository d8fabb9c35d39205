import type { Account } from './account.js'
import { bothDays, type DayAmounts, daysIn, daysText, noDays, takeDays, withDays } from './audit-days.js'
import { type Moved, movedBy } from './audit-movement.js'
import type { Discrepancy } from './discrepancy.js'
import type { AuthorizationEntry, Entry, TransactionId } from './entry.js'
import type { OpenHold } from './open-hold.js'

type Finding = Pick<Discrepancy, 'kind' | 'detail'>

/** An open hold, as its entries lead to it. */
type Hold = {
  readonly wallet: string
  readonly expiresAt: Date | undefined
  authorized: bigint
  captured: bigint
  released: bigint
  days: DayAmounts
}

/**
 * Follows the open holds through an account's history. Memory: the open holds, and nothing of a hold that has
 * ended.
 */
export class HoldAudit {
  readonly #open = new Map<TransactionId, Hold>()

  /** Adds an entry. A step must find its hold open, on its wallet, and with a rest that covers it. */
  add(entry: Entry): readonly Finding[] {
    const moved = movedBy(entry)
    if (!moved || moved.held === 0n) return []
    if (entry.kind === 'AUTHORIZATION') {
      this.#open.set(entry.transactionId, holdOf(entry, moved))
      return []
    }
    const id = 'originalId' in entry && entry.originalId !== undefined ? entry.originalId : ''
    const hold = this.#open.get(id)
    const step = `seq ${entry.seq}: ${entry.kind} of ${-moved.held} from ${moved.wallet}`
    if (!hold) return [{ kind: 'HOLD_WRONG', detail: `${step}, but ${id} has no open hold` }]
    const rest = restIn(hold)
    if (hold.wallet !== moved.wallet || -moved.held > rest)
      return [{ kind: 'HOLD_WRONG', detail: `${step}, but ${id} holds ${rest} in ${hold.wallet}` }]
    change(hold, entry, moved)
    if (restIn(hold) === 0n) this.#open.delete(id)
    if (entry.kind !== 'EXPIRY' || !hold.expiresAt || hold.expiresAt <= entry.at) return []
    const times = `at ${entry.at.toISOString()}, not at ${hold.expiresAt.toISOString()}`
    return [{ kind: 'EXPIRY_EARLY', detail: `seq ${entry.seq}: ${id} expires ${times}` }]
  }

  /** Compares the open holds with those of the account. */
  compare({ holds }: Account): readonly Finding[] {
    const ids = holds.map(({ id }) => id)
    const stored = new Map(holds.map((hold) => [hold.id, storedText(hold)]))
    const found: Finding[] = ids
      .filter((id, index) => ids.indexOf(id) !== index)
      .map((id) => ({ kind: 'HOLDS_DIFFER', detail: `${id} is listed twice` }))
    for (const id of new Set([...ids, ...this.#open.keys()])) {
      const hold = this.#open.get(id)
      const sum = hold ? holdText(hold) : 'no open hold'
      const listed = stored.get(id) ?? 'no open hold'
      if (listed === sum) continue
      found.push({ kind: 'HOLDS_DIFFER', detail: `${id}: ${listed}; its entries lead to ${sum}` })
    }
    return found
  }
}

function holdOf(entry: AuthorizationEntry, { wallet, held }: Moved): Hold {
  const { heldUntil: expiresAt } = entry
  return { wallet, expiresAt, authorized: held, captured: 0n, released: 0n, days: daysIn(entry) }
}

function restIn({ authorized, captured, released }: Hold): bigint {
  return authorized - captured - released
}

/** What is captured leaves the oldest days, what is released the newest. */
function change(hold: Hold, entry: Entry, { held, available }: Moved): void {
  if (held > 0n) {
    hold.authorized += held
    hold.days = bothDays(hold.days, daysIn(entry))
    return
  }
  const released = entry.kind !== 'CAPTURE' ? -held : available > 0n ? available : 0n
  const captured = -held - released
  hold.captured += captured
  hold.released += released
  hold.days = takeDays(takeDays(hold.days, captured, 'OLDEST').left, released, 'NEWEST').left
}

function holdText({ wallet, authorized, captured, released, expiresAt, days }: Hold): string {
  const amounts = `${authorized} less ${captured} captured and ${released} released`
  return `${wallet} ${amounts} until ${expiresAt?.toISOString()}, counted ${daysText(days)}`
}

function storedText({ counted, ...hold }: OpenHold): string {
  return holdText({ ...hold, days: withDays(noDays, counted) })
}
