import type { CategoryId } from './category.js'
import { type CountedDays, joinDays, sumOfDays, takeNewest, takeOldest } from './counted-days.js'
import { type Entry, movementOf, type TransactionId } from './entry.js'
import { invariant } from './invariant.js'

/** Most open holds of an account. */
export const HOLDS_MAX = 64

/** A purchase with held money. The account keeps it, so that most of its steps need no look-up. */
export type OpenHold = {
  /** Id of the purchase. */
  readonly id: TransactionId
  readonly wallet: CategoryId
  /** Amount held by the authorization and its increments, in centavos. */
  readonly authorized: bigint
  /** Amount captured from the hold, in centavos. */
  readonly captured: bigint
  /** Amount given back from the hold, in centavos. */
  readonly released: bigint
  readonly expiresAt: Date
  /** The days that count the rest. They add up to it. */
  readonly counted: CountedDays
}

/** Returns the rest of a hold, in centavos; above 0 as long as the hold is open. */
export function restOf({ authorized, captured, released }: OpenHold): bigint {
  return authorized - captured - released
}

/** Splits what an entry took from its hold into the captured and the released part, in centavos. */
export function takenFromHold(entry: Entry): { readonly captured: bigint; readonly released: bigint } {
  const taken = -(movementOf(entry)?.heldDelta ?? 0n)
  if (taken <= 0n) return { captured: 0n, released: 0n }
  if (entry.kind !== 'CAPTURE') return { captured: 0n, released: taken }
  const released = entry.movement && entry.movement.delta > 0n ? entry.movement.delta : 0n
  return { captured: taken - released, released }
}

/**
 * Returns the open holds after one more entry. A hold without a rest is no longer open.
 *
 * @throws InvariantError when the entry does not fit its hold.
 */
export function holdsAfter(holds: readonly OpenHold[], entry: Entry): readonly OpenHold[] {
  const heldDelta = movementOf(entry)?.heldDelta ?? 0n
  if (heldDelta === 0n) return holds
  if (entry.kind === 'AUTHORIZATION') return withHold(holds, heldBy(entry))
  const originalId = 'originalId' in entry ? entry.originalId : undefined
  const before = holds.find(({ id }) => id === originalId)
  invariant(before !== undefined, 'a step of a hold finds the hold open')
  invariant(before.wallet === movementOf(entry)?.wallet, 'a step of a hold stays on its wallet')
  const after = heldDelta > 0n ? raised(before, entry) : lowered(before, entry)
  invariant(restOf(after) === restOf(before) + heldDelta, 'rest before + held delta = rest after')
  invariant(restOf(after) >= 0n, 'no hold falls below zero')
  invariant(sumOfDays(after.counted) === restOf(after), 'the counted days of a hold add up to its rest')
  return holds.flatMap((hold) => (hold !== before ? [hold] : restOf(after) > 0n ? [after] : []))
}

function withHold(holds: readonly OpenHold[], hold: OpenHold): readonly OpenHold[] {
  invariant(holds.length < HOLDS_MAX, `an account has at most ${HOLDS_MAX} open holds`)
  return [...holds, hold]
}

function heldBy(entry: Entry & { readonly kind: 'AUTHORIZATION' }): OpenHold {
  const { transactionId: id, heldUntil: expiresAt, movement, day } = entry
  const authorized = movement?.heldDelta ?? 0n
  invariant(expiresAt !== undefined, 'a hold expires')
  invariant(movement !== undefined && day !== undefined && authorized > 0n, 'a hold is counted')
  return {
    id,
    wallet: movement.wallet,
    authorized,
    captured: 0n,
    released: 0n,
    expiresAt,
    counted: [{ day, amount: authorized }],
  }
}

function raised(hold: OpenHold, entry: Entry): OpenHold {
  invariant(entry.kind === 'INCREMENT' && entry.day !== undefined, 'an increment raises a hold')
  return {
    ...hold,
    authorized: hold.authorized + entry.amount,
    counted: joinDays(hold.counted, [{ day: entry.day, amount: entry.amount }]),
  }
}

function lowered(hold: OpenHold, entry: Entry): OpenHold {
  const { captured, released } = takenFromHold(entry)
  const { left } = takeOldest(hold.counted, captured)
  return {
    ...hold,
    captured: hold.captured + captured,
    released: hold.released + released,
    counted: takeNewest(left, released).left,
  }
}
