import type { MerchantRule } from '../../domain/merchant-rule.js'
import {
  MerchantRuleMatch,
  type MerchantRule as MerchantRuleMessage,
  type UpdateMerchantRuleRequest,
} from '../../gen/benefits/v1/merchant_rule.js'
import { RequestFields } from '../request-fields.js'
import { propertyOf, readMatch, readRule, ruleMessage } from './merchant-rule-mapping.js'

type Updatable = keyof typeof propertyOf

const UPDATABLE = Object.keys(propertyOf).filter(isUpdatable)

export type RulePatch = {
  readonly id: MerchantRule['id']
  readonly etag: string
  /**
   * Applies the change to the current rule.
   *
   * @throws CallError INVALID_REQUEST when that does not give a valid rule.
   */
  readonly patch: (rule: MerchantRule) => MerchantRule
}

/** Reads an update: the rule's id, its etag and the new values of the fields to change. */
export function readRulePatch({ merchantRule: message, updateMask }: UpdateMerchantRuleRequest): RulePatch {
  const fields = new RequestFields()
  fields.check(message !== undefined, 'merchant_rule', 'is required')
  const id = message?.id ?? ''
  if (message) fields.merchantRuleId('merchant_rule.id', id)
  const paths = updateMask ?? (message ? UPDATABLE.filter((path) => isSet(message, path)) : UPDATABLE)
  fields.check(
    paths.length > 0 && paths.every(isUpdatable),
    'update_mask',
    `must name fields that can be changed: ${UPDATABLE.join(', ')}`,
  )
  const wanted = paths.filter(isUpdatable)
  if (message) checkAll(fields, faultsIn(message, wanted))
  fields.close()
  // An undefined message was reported above, so close() has thrown.
  return { id, etag: message?.etag ?? '', patch: (rule) => (message ? patched(rule, message, wanted) : rule) }
}

/** Records the faults of a rule. */
export function checkAll(fields: RequestFields, faults: ReturnType<typeof readRule>['faults']): void {
  for (const { field, description } of faults) fields.check(false, `merchant_rule.${field}`, description)
}

/** Faults of the fields to change, as far as they show without the rule. The other fields are ignored. */
function faultsIn(message: MerchantRuleMessage, paths: readonly Updatable[]) {
  const wanted = new Set<string>(paths)
  const match = wanted.has('match') ? message.match : MerchantRuleMatch.UNSPECIFIED
  return readRule({ ...message, match }).faults.filter(({ field }) => wanted.has(field))
}

function patched(
  rule: MerchantRule,
  message: MerchantRuleMessage,
  paths: readonly Updatable[],
): MerchantRule {
  const values = paths.map((path) => [propertyOf[path], message[propertyOf[path]]] as const)
  const after = readRule({ ...ruleMessage(rule), ...Object.fromEntries(values) })
  const fields = new RequestFields()
  checkAll(fields, after.faults)
  fields.close()
  return after.rule
}

function isSet(message: MerchantRuleMessage, path: Updatable): boolean {
  return path === 'match' ? readMatch(message.match) !== undefined : message[propertyOf[path]] !== ''
}

function isUpdatable(path: string): path is Updatable {
  return Object.hasOwn(propertyOf, path)
}
