import {
  HOLD_DAYS_MAX,
  HOLD_RULES_MAX,
  type HoldPolicy,
  type HoldRule,
  OVER_PERCENT_MAX,
} from '../../domain/hold-policy.js'
import { mccItems } from '../../domain/mcc-set.js'
import type {
  HoldPolicy as HoldPolicyMessage,
  HoldRule as HoldRuleMessage,
} from '../../gen/benefits/v1/category.js'
import type { RequestFields } from '../request-fields.js'

/** Writes a hold policy. */
export function holdPolicyMessage({ days, rules }: HoldPolicy): HoldPolicyMessage {
  return {
    days,
    rules: rules.map(({ mccs, days: ofRule, overPercent = 0 }) => ({
      mccs: mccItems(mccs),
      days: ofRule,
      overPercent,
    })),
  }
}

/** Reads a hold policy and reports every invalid field. */
export function readHoldPolicy(fields: RequestFields, message: HoldPolicyMessage | undefined): HoldPolicy {
  const { days = 0, rules = [] } = message ?? {}
  fields.check(message !== undefined, 'policy', 'is required')
  checkDays(fields, 'policy.days', days)
  const fits = rules.length <= HOLD_RULES_MAX
  fields.check(fits, 'policy.rules', `must be at most ${HOLD_RULES_MAX} rules`)
  return { days, rules: fits ? rules.map((rule, index) => readRule(fields, index, rule)) : [] }
}

function readRule(
  fields: RequestFields,
  index: number,
  { mccs, days, overPercent }: HoldRuleMessage,
): HoldRule {
  const path = `policy.rules[${index}]`
  fields.check(mccs.length > 0, `${path}.mccs`, 'must not be empty')
  if (days !== undefined) checkDays(fields, `${path}.days`, days)
  fields.check(
    overPercent >= 0 && overPercent <= OVER_PERCENT_MAX,
    `${path}.over_percent`,
    `must be 0 to ${OVER_PERCENT_MAX}`,
  )
  return {
    mccs: fields.mccs(`${path}.mccs`, mccs),
    ...(days !== undefined && { days }),
    ...(overPercent > 0 && { overPercent }),
  }
}

function checkDays(fields: RequestFields, field: string, days: number): void {
  fields.check(days >= 1 && days <= HOLD_DAYS_MAX, field, `must be 1 to ${HOLD_DAYS_MAX}`)
}
