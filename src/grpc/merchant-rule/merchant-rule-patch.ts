import type { MerchantRule } from '../../domain/merchant-rule.js'
import type {
  MerchantRule as MerchantRuleMessage,
  UpdateMerchantRuleRequest,
} from '../../gen/benefits/v1/merchant_rule.js'
import { RequestFields } from '../request-fields.js'
import { readMatch, readRule } from './merchant-rule-mapping.js'

const UPDATABLE = ['match', 'name', 'city', 'country', 'mcc'] as const

type Updatable = (typeof UPDATABLE)[number]

export type RulePatch = {
  readonly id: MerchantRule['id']
  readonly etag: string
  /** Applies the change to the current rule. */
  readonly patch: (rule: MerchantRule) => MerchantRule
}

/** Reads an update: the rule's id, its etag and the new values of the fields to change. */
export function readRulePatch({ merchantRule: message, updateMask }: UpdateMerchantRuleRequest): RulePatch {
  const fields = new RequestFields()
  fields.check(message !== undefined, 'merchant_rule', 'is required')
  const id = message?.id ?? ''
  if (message) fields.merchantRuleId('merchant_rule.id', id)
  const paths = updateMask ?? (message ? UPDATABLE.filter((path) => isSet(message, path)) : [...UPDATABLE])
  fields.check(
    paths.length > 0 && paths.every(isUpdatable),
    'update_mask',
    `must name fields that can be changed: ${UPDATABLE.join(', ')}`,
  )
  const wanted = paths.filter(isUpdatable)
  for (const { field, description } of message ? faultsIn(message, wanted) : []) {
    fields.check(false, `merchant_rule.${field}`, description)
  }
  fields.close()
  // An undefined message was reported above, so close() has thrown.
  const values = message && readRule(message).rule
  return { id, etag: message?.etag ?? '', patch: (rule) => (values ? patched(rule, values, wanted) : rule) }
}

/** Faults of the fields to change. The other fields are ignored. */
function faultsIn(message: MerchantRuleMessage, paths: readonly Updatable[]) {
  const wanted = new Set<string>(paths)
  return readRule(message).faults.filter(({ field }) => wanted.has(field))
}

function patched(rule: MerchantRule, values: MerchantRule, paths: readonly Updatable[]): MerchantRule {
  const chosen = (path: Updatable) => (paths.includes(path) ? values : rule)
  const { city } = chosen('city')
  const { country } = chosen('country')
  return {
    id: rule.id,
    match: chosen('match').match,
    name: chosen('name').name,
    ...(city !== undefined && { city }),
    ...(country !== undefined && { country }),
    mcc: chosen('mcc').mcc,
  }
}

function isSet(message: MerchantRuleMessage, path: Updatable): boolean {
  return path === 'match' ? readMatch(message.match) !== undefined : message[path] !== ''
}

function isUpdatable(path: string): path is Updatable {
  return UPDATABLE.some((known) => known === path)
}
