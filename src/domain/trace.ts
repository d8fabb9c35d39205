import { type Account, balanceOf } from './account.js'
import type { Day } from './calendar.js'
import type { CategoryId } from './category.js'
import type { Decision, Purchase, Rung } from './decide.js'
import { leftOf, type Obstacle } from './limits.js'
import { type Merchant, parseMerchant } from './merchant.js'
import type { Centavos } from './money.js'
import { spendingOn } from './spending.js'

/** How a decision came about, for people. Read off the decision itself: it cannot say anything else. */
export type Trace = {
  readonly rung: Rung
  /** As the merchant rules saw it. */
  readonly merchant: Merchant
  /** The merchant rules that were looked at. Empty when the id alone decided. */
  readonly rules: readonly RuleTried[]
  /** The wallets that may pay, in the order in which they are asked. Empty when the id alone decided. */
  readonly wallets: readonly WalletTried[]
}

/** A merchant rule, and what became of it. */
export type RuleTried = { readonly id: string; readonly outcome: 'WON' }

/** A wallet that may pay, and what became of it. */
export type WalletTried = {
  readonly wallet: CategoryId
  readonly balance: Centavos
  /** What its limits left it for the day and for the month, in centavos; absent when it has none. */
  readonly dayLeft?: bigint
  readonly monthLeft?: bigint
  /** NOT_ASKED: something before it had answered. */
  readonly outcome: 'PAYS' | 'NOT_ASKED' | Obstacle
}

/** Says how the decision on this purchase came about, on the day of the decision. */
export function traceOf(
  { rung, route, considered }: Decision,
  { account, purchase, day }: { readonly account: Account; readonly purchase: Purchase; readonly day: Day },
): Trace {
  const tried = (wallet: CategoryId): WalletTried => {
    const asked = considered.find((one) => one.wallet === wallet)
    const spending = asked?.spending ?? spendingOn(account.spent.get(wallet), day)
    const limits = account.limits.wallets.get(wallet)
    return {
      wallet,
      balance: balanceOf(account, wallet),
      ...(limits?.day !== undefined && { dayLeft: atLeast0(leftOf(limits.day, spending.dayAmount)) }),
      ...(limits?.month !== undefined && { monthLeft: atLeast0(leftOf(limits.month, spending.monthAmount)) }),
      outcome: asked ? (asked.obstacle ?? 'PAYS') : 'NOT_ASKED',
    }
  }
  return {
    rung,
    merchant: parseMerchant(purchase.merchant),
    rules: route?.merchantRule === undefined ? [] : [{ id: route.merchantRule, outcome: 'WON' }],
    wallets: (route?.wallets ?? []).map(tried),
  }
}

/** A limit that was lowered below what is spent leaves nothing, not less. */
function atLeast0(left: bigint): bigint {
  return left < 0n ? 0n : left
}
