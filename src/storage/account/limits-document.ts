import type { Limits, WalletLimits } from '../../domain/limits.js'
import { mapOf, money } from './stored-money.js'

/** Spending limits as stored in an account, and in the entry that changed them. */
export type LimitsFields = {
  readonly purchase?: bigint
  readonly wallets: Readonly<Record<string, { readonly day?: bigint; readonly month?: bigint }>>
}

/** Writes limits. */
export function limitsFields({ purchase, wallets }: Limits): LimitsFields {
  return { ...(purchase !== undefined && { purchase }), wallets: Object.fromEntries(wallets) }
}

/**
 * Reads limits.
 *
 * @throws InvariantError when one is no money.
 */
export function limitsIn({ purchase, wallets }: LimitsFields): Limits {
  return {
    ...(purchase !== undefined && { purchase: money(purchase) }),
    wallets: mapOf(wallets, walletLimitsIn),
  }
}

function walletLimitsIn({ day, month }: { readonly day?: bigint; readonly month?: bigint }): WalletLimits {
  return {
    ...(day !== undefined && { day: money(day) }),
    ...(month !== undefined && { month: money(month) }),
  }
}
