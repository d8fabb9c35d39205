import type { Account, AccountHistory } from './account.js'
import { dayFields } from './counted-days.js'
import type { ExpiryEntry, TransactionId } from './entry.js'
import { invariant } from './invariant.js'
import { movementOn } from './movement.js'
import { restOf } from './open-hold.js'
import type { Verdict } from './verdict.js'

/** Why a hold does not expire. */
export type ExpiryRejection = 'HOLD_NOT_OPEN' | 'HOLD_NOT_DUE'

/**
 * Returns the id of the entry that ends a hold. Callers cannot send an id with a space. All processes make
 * the same id, so a hold expires once.
 */
export function expiryIdOf(originalId: TransactionId): TransactionId {
  return ` expiry ${originalId}`
}

/** Lists the purchases whose holds are due, the longest overdue first. */
export function dueHolds({ holds }: Pick<Account, 'holds'>, at: Date): readonly TransactionId[] {
  return holds
    .filter(({ expiresAt }) => expiresAt <= at)
    .sort((a, b) => a.expiresAt.getTime() - b.expiresAt.getTime())
    .map(({ id }) => id)
}

/**
 * Decides the expiry of a hold. The first rule that applies answers:
 *
 * | # | when                         | answer                                  |
 * |---|------------------------------|-----------------------------------------|
 * | 1 | the hold has expired before  | the stored entry                        |
 * | 2 | the hold is not open         | rejected, HOLD_NOT_OPEN                 |
 * | 3 | its time has not come        | rejected, HOLD_NOT_DUE                  |
 * | 4 | otherwise                    | EXPIRED: its rest becomes available     |
 */
export function decideExpiry(
  { account, find }: AccountHistory,
  originalId: TransactionId,
  at: Date,
): Verdict<ExpiryEntry, ExpiryRejection> {
  const transactionId = expiryIdOf(originalId)
  const earlier = find(transactionId)
  if (earlier?.kind === 'EXPIRY') return { type: 'REPLAY', entry: earlier }
  const hold = account.holds.find(({ id }) => id === originalId)
  if (!hold) return { type: 'REJECTED', rejection: 'HOLD_NOT_OPEN' }
  if (hold.expiresAt > at) return { type: 'REJECTED', rejection: 'HOLD_NOT_DUE' }
  const rest = restOf(hold)
  const movement = movementOn(account, hold.wallet, { delta: rest, heldDelta: -rest })
  invariant(movement !== undefined, 'an open hold has a rest')
  return {
    type: 'RECORD',
    entry: {
      kind: 'EXPIRY',
      accountId: account.id,
      transactionId,
      seq: account.version + 1n,
      at,
      reason: 'EXPIRED',
      originalId,
      movement,
      ...dayFields(hold.counted, rest),
    },
  }
}
