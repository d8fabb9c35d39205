import { type Account, balanceOf, hasRoom, heldOf, owedOf } from './account.js'
import type { CategoryId } from './category.js'
import type { Movement } from './entry.js'
import { centavos, smaller } from './money.js'

/** The amounts of a movement, in centavos. Absent parts are 0. */
type Parts = { readonly delta: bigint; readonly heldDelta?: bigint; readonly owedDelta?: bigint }

/** Builds a movement of one wallet; undefined when nothing changes. */
export function movementOn(
  account: Account,
  wallet: CategoryId,
  { delta, heldDelta = 0n, owedDelta = 0n }: Parts,
): Movement | undefined {
  if (delta === 0n && heldDelta === 0n && owedDelta === 0n) return undefined
  const whole = { wallet, delta, balanceAfter: centavos(balanceOf(account, wallet) + delta) }
  // Most purchases are paid at once. Two spreads of nothing would take as long as their checks.
  if (heldDelta === 0n && owedDelta === 0n) return whole
  return {
    ...whole,
    ...(heldDelta !== 0n && { heldDelta, heldAfter: centavos(heldOf(account, wallet) + heldDelta) }),
    ...(owedDelta !== 0n && { owedDelta, owedAfter: centavos(owedOf(account, wallet) + owedDelta) }),
  }
}

/**
 * Takes an amount that must be booked: what the wallet lacks becomes owed. `fromHold` is an amount that held
 * money pays, on top of the other. Both are in centavos.
 */
export function bookedOn(
  account: Account,
  wallet: CategoryId,
  { amount, fromHold = 0n }: { readonly amount: bigint; readonly fromHold?: bigint },
): Movement | undefined {
  const paid = smaller(amount, balanceOf(account, wallet))
  return movementOn(account, wallet, { delta: -paid, heldDelta: -fromHold, owedDelta: amount - paid })
}

/**
 * Gives back spent and held money of a purchase; undefined when the wallet has no room for it. What the
 * purchase itself still owes is cancelled first: nobody has paid that part, so it must not become spendable.
 */
export function givenBackOn(
  account: Account,
  wallet: CategoryId,
  { spent, held = 0n, owed }: { readonly spent: bigint; readonly held?: bigint; readonly owed: bigint },
): Movement | undefined {
  const cancelled = smaller(spent, smaller(owed, owedOf(account, wallet)))
  const paidBack = spent - cancelled
  if (!hasRoom(account, wallet, paidBack)) return undefined
  return movementOn(account, wallet, { delta: paidBack + held, heldDelta: -held, owedDelta: -cancelled })
}
