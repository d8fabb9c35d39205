import { type Account, balanceOf } from './account.js'
import type { Day } from './calendar.js'
import type { Catalog } from './catalog.js'
import type { CategoryId } from './category.js'
import type { Decision, Purchase, Rung } from './decide.js'
import { leftOf, type Obstacle } from './limits.js'
import { type Merchant, parseMerchant } from './merchant.js'
import type { MerchantRuleId } from './merchant-rule.js'
import type { MerchantRuleExplanation, PassedOver } from './merchant-rule-index.js'
import type { Centavos } from './money.js'
import { spendingOn } from './spending.js'

/** How a decision came about, for people. Read off the decision itself: it cannot say anything else. */
export type Trace = {
  readonly rung: Rung
  /** What early reversals took off the amount, in centavos. 0 when the id alone decided. */
  readonly takenOff: Centavos
  /** As the merchant rules saw it. */
  readonly merchant: Merchant
  /** The merchant rules that were looked at, the one that won first; some of those passed over. Empty when the id alone decided. */
  readonly rules: readonly RuleTried[]
  /** The wallets that may pay, in the order in which they are asked. Empty when the id alone decided. */
  readonly wallets: readonly WalletTried[]
}

/** A merchant rule, and what became of it: it replaced the MCC, or why it did not. */
export type RuleTried = { readonly id: MerchantRuleId; readonly outcome: 'WON' | PassedOver }

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

/** What the decision was made on. */
type Circumstances = {
  readonly account: Account
  readonly purchase: Purchase
  readonly catalog: Pick<Catalog, 'rules'>
  readonly day: Day
}

/** Says how the decision on this purchase came about, on the day of the decision. */
export function traceOf(
  { rung, route, considered, takenOff }: Decision,
  { account, purchase, catalog, day }: Circumstances,
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
  const merchant = parseMerchant(purchase.merchant)
  return {
    rung,
    takenOff,
    merchant,
    rules: route ? rulesTried(catalog.rules.explain(merchant)) : [],
    wallets: (route?.wallets ?? []).map(tried),
  }
}

function rulesTried({ winner, passedOver }: MerchantRuleExplanation): readonly RuleTried[] {
  const lost = passedOver.map(({ rule, why }) => ({ id: rule.id, outcome: why }))
  return winner ? [{ id: winner.id, outcome: 'WON' }, ...lost] : lost
}

/** A limit that was lowered below what is spent leaves nothing, not less. */
function atLeast0(left: bigint): bigint {
  return left < 0n ? 0n : left
}
