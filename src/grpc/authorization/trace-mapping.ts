import type { Trace } from '../../domain/trace.js'
import {
  DecisionRule,
  MccList,
  RuleOutcome,
  type SimulateResponse,
  WalletOutcome,
} from '../../gen/benefits/v1/authorization.js'

/** Writes how a decision came about. The contract's enum values are named as in the domain. */
export function traceMessage(
  trace: Trace,
): Pick<SimulateResponse, 'rule' | 'merchant' | 'rules' | 'wallets' | 'earlyReversedAmount' | 'forbiddenBy'> {
  const { name, city = '', country = '' } = trace.merchant
  return {
    rule: DecisionRule[trace.rule],
    earlyReversedAmount: trace.takenOff,
    forbiddenBy: trace.forbiddenBy === undefined ? MccList.UNSPECIFIED : MccList[trace.forbiddenBy],
    merchant: { name, city, country },
    rules: trace.rules.map(({ id, outcome }) => ({ merchantRule: id, outcome: RuleOutcome[outcome] })),
    wallets: trace.wallets.map(({ wallet, balance, dayLeft, monthLeft, outcome }) => ({
      category: wallet,
      balance,
      dayLeft,
      monthLeft,
      outcome: WalletOutcome[outcome],
    })),
  }
}
