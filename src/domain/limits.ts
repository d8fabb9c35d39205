import type { CategoryId } from './category.js'
import { BALANCE_MAX, type Centavos } from './money.js'
import type { Spending } from './spending.js'

/** Spending limits of an account. An absent limit is unlimited; a limit of 0 declines every purchase. */
export type Limits = {
  /** Maximum per purchase, in centavos. */
  readonly purchase?: Centavos
  /** Limits per wallet; only wallets with a limit are listed. */
  readonly wallets: ReadonlyMap<CategoryId, WalletLimits>
}

/** Spending limits of one wallet, in centavos. */
export type WalletLimits = {
  /** Maximum per calendar day. */
  readonly day?: Centavos
  /** Maximum per calendar month. */
  readonly month?: Centavos
}

/** Why a wallet does not pay. The first that applies, in this order. */
export type Obstacle = 'INSUFFICIENT_BALANCE' | LimitPassed | 'HOLDS_FULL'

type LimitPassed = 'OVER_DAY_LIMIT' | 'OVER_MONTH_LIMIT'

export const unlimited: Limits = { wallets: new Map() }

/** Whether the account has any limit. */
export function isLimited({ purchase, wallets }: Limits): boolean {
  return purchase !== undefined || wallets.size > 0
}

/**
 * Returns the remainder of a limit, in centavos; negative after the limit was lowered. Without a limit,
 * returns the room left in the counter.
 */
export function leftOf(limit: Centavos | undefined, spent: Centavos): bigint {
  return (limit ?? BALANCE_MAX) - spent
}

/** Returns the limit that the amount would exceed; undefined when it exceeds none. */
export function limitPassed(
  limits: WalletLimits | undefined,
  { amount, spending }: { readonly amount: Centavos; readonly spending: Spending },
): LimitPassed | undefined {
  if (amount > leftOf(limits?.day, spending.dayAmount)) return 'OVER_DAY_LIMIT'
  return amount > leftOf(limits?.month, spending.monthAmount) ? 'OVER_MONTH_LIMIT' : undefined
}

/** Whether two sets of limits are equal. */
export function sameLimits(one: Limits, other: Limits): boolean {
  if (one.purchase !== other.purchase) return false
  const wallets = new Set([...one.wallets.keys(), ...other.wallets.keys()])
  return [...wallets].every((wallet) => {
    const [a, b] = [one.wallets.get(wallet), other.wallets.get(wallet)]
    return a?.day === b?.day && a?.month === b?.month
  })
}
