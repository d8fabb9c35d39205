import { invariant } from '../../domain/invariant.js'
import { type OpenHold, restOf } from '../../domain/open-hold.js'
import { type CountedDaysFields, countedDaysFields, countedDaysIn } from './counted-days-document.js'
import { money } from './stored-money.js'

/** An open hold as stored in an account. */
export type OpenHoldFields = {
  readonly id: string
  readonly wallet: string
  readonly authorized: bigint
  /** Absent until a part was captured. */
  readonly captured?: bigint
  /** Absent until a part was given back. */
  readonly released?: bigint
  readonly expires_at: Date
  readonly counted: CountedDaysFields
}

/** Returns the time when the first of the holds expires; undefined without a hold. */
export function nextExpiryOf(holds: readonly OpenHold[]): Date | undefined {
  let next: Date | undefined
  for (const { expiresAt } of holds) if (next === undefined || expiresAt < next) next = expiresAt
  return next
}

/** Writes an open hold. */
export function openHoldFields(hold: OpenHold): OpenHoldFields {
  return {
    id: hold.id,
    wallet: hold.wallet,
    authorized: hold.authorized,
    ...(hold.captured > 0n && { captured: hold.captured }),
    ...(hold.released > 0n && { released: hold.released }),
    expires_at: hold.expiresAt,
    counted: countedDaysFields(hold.counted),
  }
}

/**
 * Reads an open hold.
 *
 * @throws InvariantError when a field is missing, or nothing is held.
 */
export function openHoldIn(stored: OpenHoldFields): OpenHold {
  const { id, wallet, authorized, captured = 0n, released = 0n, expires_at: expiresAt, counted } = stored
  invariant(typeof id === 'string' && typeof wallet === 'string', 'a hold has its purchase and its wallet')
  invariant(expiresAt instanceof Date, 'a hold has its time')
  const hold = {
    id,
    wallet,
    authorized: money(authorized),
    captured: money(captured),
    released: money(released),
    expiresAt,
    counted: countedDaysIn(counted),
  }
  invariant(restOf(hold) > 0n, 'an open hold has a rest')
  return hold
}
