import { type Account, balanceOf } from './account.js'
import type { Day } from './calendar.js'
import type { Catalog } from './catalog.js'
import type { CategoryId } from './category.js'
import type { Decision, DecisionRule, Purchase } from './decide.js'
import { leftOf, type Obstacle } from './limits.js'
import type { MccList } from './mcc-policy.js'
import { type Merchant, parseMerchant } from './merchant.js'
import type { MerchantRuleId } from './merchant-rule.js'
import type { MerchantRuleExplanation, PassedOver } from './merchant-rule-index.js'
import type { Centavos } from './money.js'
import { spendingOn } from './spending.js'

/**
 * An explanation of a decision, for people. It is derived from the decision itself, so the two cannot
 * disagree.
 */
export type Trace = {
  readonly rule: DecisionRule
  /** Amount taken off by early reversals, in centavos. 0 when the transaction id alone decided. */
  readonly takenOff: Centavos
  /** The list of the MCC policy that forbids the purchase; absent when none does. */
  readonly forbiddenBy?: MccList
  /** The merchant as the rules compare it. */
  readonly merchant: Merchant
  /**
   * The merchant rules considered: the winner first, then some passed over. Empty when the transaction id
   * alone decided.
   */
  readonly rules: readonly RuleTried[]
  /**
   * The wallets that may pay, in the order in which they are tried; then those that the rail excludes. Empty
   * when the transaction id alone decided.
   */
  readonly wallets: readonly WalletTried[]
}

/** A merchant rule, and whether it replaced the MCC or why it did not. */
export type RuleTried = { readonly id: MerchantRuleId; readonly outcome: 'WON' | PassedOver }

/** A wallet of the purchase's effective MCC, and the outcome for it. */
export type WalletTried = {
  readonly wallet: CategoryId
  readonly balance: Centavos
  /** The remainder of its daily and monthly limit, in centavos; absent without a limit. */
  readonly dayLeft?: bigint
  readonly monthLeft?: bigint
  /** NOT_ASKED: the decision did not reach this wallet. WRONG_RAIL: its category excludes the rail. */
  readonly outcome: 'PAYS' | 'NOT_ASKED' | 'WRONG_RAIL' | Obstacle
}

/** The inputs of the decision. */
type Circumstances = {
  readonly account: Account
  readonly purchase: Purchase
  readonly catalog: Pick<Catalog, 'rules'>
  readonly day: Day
}

/** Explains the decision on this purchase. `day` is the day of the decision. */
export function traceOf(
  { rule, route, considered, takenOff }: Decision,
  { account, purchase, catalog, day }: Circumstances,
): Trace {
  const tried = (wallet: CategoryId, unasked: 'NOT_ASKED' | 'WRONG_RAIL'): WalletTried => {
    const asked = considered.find((one) => one.wallet === wallet)
    const spending = asked?.spending ?? spendingOn(account.spent.get(wallet), day)
    const limits = account.limits.wallets.get(wallet)
    return {
      wallet,
      balance: balanceOf(account, wallet),
      ...(limits?.day !== undefined && { dayLeft: atLeast0(leftOf(limits.day, spending.dayAmount)) }),
      ...(limits?.month !== undefined && { monthLeft: atLeast0(leftOf(limits.month, spending.monthAmount)) }),
      outcome: asked ? (asked.obstacle ?? 'PAYS') : unasked,
    }
  }
  const merchant = parseMerchant(purchase.merchant)
  return {
    rule,
    takenOff,
    ...(route?.forbiddenBy && { forbiddenBy: route.forbiddenBy }),
    merchant,
    rules: route ? rulesTried(catalog.rules.explain(merchant, purchase.network)) : [],
    wallets: [
      ...(route?.wallets ?? []).map((wallet) => tried(wallet, 'NOT_ASKED')),
      ...(route?.wrongRail ?? []).map((wallet) => tried(wallet, 'WRONG_RAIL')),
    ],
  }
}

function rulesTried({ winner, passedOver }: MerchantRuleExplanation): readonly RuleTried[] {
  const lost = passedOver.map(({ rule, why }) => ({ id: rule.id, outcome: why }))
  return winner ? [{ id: winner.id, outcome: 'WON' }, ...lost] : lost
}

/** Raises a negative remainder to 0: a limit lowered below the spending leaves nothing. */
function atLeast0(left: bigint): bigint {
  return left < 0n ? 0n : left
}
