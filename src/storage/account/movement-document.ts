import type { Movement } from '../../domain/entry.js'
import { invariant } from '../../domain/invariant.js'
import type { EntryFields } from './entry-document.js'
import { money } from './stored-money.js'

/** Writes a movement into the fields of its entry. */
export function movementFields(movement: Movement): Partial<EntryFields> {
  const { wallet, delta, balanceAfter, heldDelta, heldAfter, owedDelta, owedAfter } = movement
  return {
    wallet,
    delta,
    balance_after: balanceAfter,
    ...(heldDelta !== undefined && { held_delta: heldDelta }),
    ...(heldAfter !== undefined && { held_after: heldAfter }),
    ...(owedDelta !== undefined && { owed_delta: owedDelta }),
    ...(owedAfter !== undefined && { owed_after: owedAfter }),
  }
}

/**
 * Reads the movement of an entry; undefined when it has none.
 *
 * @throws InvariantError when the movement is not complete.
 */
export function movementIn(fields: EntryFields): Movement | undefined {
  const {
    wallet,
    delta,
    balance_after: balanceAfter,
    held_delta,
    held_after,
    owed_delta,
    owed_after,
  } = fields
  if (wallet === undefined) return undefined
  invariant(
    typeof delta === 'bigint' && balanceAfter !== undefined,
    'an entry of a wallet has its delta, an int64, and its balance',
  )
  const held = partIn(held_delta, held_after)
  const owed = partIn(owed_delta, owed_after)
  return {
    wallet,
    delta,
    balanceAfter: money(balanceAfter),
    ...(held && { heldDelta: held.delta, heldAfter: held.after }),
    ...(owed && { owedDelta: owed.delta, owedAfter: owed.after }),
  }
}

/** Reads the held or the owed part of a movement. */
function partIn(delta: bigint | undefined, after: bigint | undefined) {
  if (delta === undefined && after === undefined) return undefined
  invariant(
    typeof delta === 'bigint' && after !== undefined,
    'held or owed money has its delta, an int64, and its balance',
  )
  return { delta, after: money(after) }
}
