import type { CategoryId } from './category.js'
import { BALANCE_MAX, type Centavos } from './money.js'
import type { Spending } from './spending.js'

/** How much an account may spend. What is absent has no limit; 0 lets nothing be bought. */
export type Limits = {
  /** Most for one purchase, in centavos. */
  readonly purchase?: Centavos
  /** Only wallets that have a limit. */
  readonly wallets: ReadonlyMap<CategoryId, WalletLimits>
}

/** How much one wallet may spend, in centavos. */
export type WalletLimits = {
  /** Most in one calendar day. */
  readonly day?: Centavos
  /** Most in one calendar month. */
  readonly month?: Centavos
}

/** Why a wallet does not pay. Money comes first: a wallet that holds too little has that for a reason, whatever its limits. */
export type Obstacle = 'INSUFFICIENT_BALANCE' | 'OVER_DAY_LIMIT' | 'OVER_MONTH_LIMIT'

export const unlimited: Limits = { wallets: new Map() }

/** Whether an account has any limit at all. */
export function isLimited({ purchase, wallets }: Limits): boolean {
  return purchase !== undefined || wallets.size > 0
}

/** What is left of a limit, in centavos: below 0 when it was lowered. Without a limit, what a counter can still hold. */
export function leftOf(limit: Centavos | undefined, spent: Centavos): bigint {
  return (limit ?? BALANCE_MAX) - spent
}

/** The limit that the amount would pass; undefined when it passes none. */
export function limitPassed(
  limits: WalletLimits | undefined,
  { amount, spending }: { readonly amount: Centavos; readonly spending: Spending },
): Exclude<Obstacle, 'INSUFFICIENT_BALANCE'> | undefined {
  if (amount > leftOf(limits?.day, spending.dayAmount)) return 'OVER_DAY_LIMIT'
  return amount > leftOf(limits?.month, spending.monthAmount) ? 'OVER_MONTH_LIMIT' : undefined
}

/** Whether two accounts may spend the same. */
export function sameLimits(one: Limits, other: Limits): boolean {
  if (one.purchase !== other.purchase) return false
  const wallets = new Set([...one.wallets.keys(), ...other.wallets.keys()])
  return [...wallets].every((wallet) => {
    const [a, b] = [one.wallets.get(wallet), other.wallets.get(wallet)]
    return a?.day === b?.day && a?.month === b?.month
  })
}
