import type { RejectedRule } from '../../application/catalog/merchant-rule-import.js'
import type { StoredMerchantRule } from '../../application/catalog/merchant-rule-store.js'
import type { Catalog } from '../../domain/catalog.js'
import { plainCnpj } from '../../domain/cnpj.js'
import { parseMerchant } from '../../domain/merchant.js'
import {
  faultsOf,
  type MerchantIds,
  type MerchantRule,
  type MerchantRuleMatch,
} from '../../domain/merchant-rule.js'
import { merchantIdForms } from '../../domain/network.js'
import {
  MerchantRuleMatch as MerchantRuleMatchMessage,
  type MerchantRule as MerchantRuleMessage,
  PassedOverReason,
  type RejectedMerchantRule,
  type ResolveMerchantResponse,
} from '../../gen/benefits/v1/merchant_rule.js'
import type { CallErrorKind, FieldViolation } from '../call-error.js'
import type { RequestFields } from '../request-fields.js'

/**
 * Longest part of an id that is repeated in a rejection, in characters: an invalid id may have any length.
 */
const ECHO_LENGTH_MAX = 64
/** Longest description of a rejection, in characters. */
const DESCRIPTION_LENGTH_MAX = 400

/** Writes a stored rule. */
export function storedRuleMessage({
  rule,
  version,
  changedAt,
  changedBy,
}: StoredMerchantRule): MerchantRuleMessage {
  return { ...ruleMessage(rule), etag: String(version), updateTime: changedAt, subject: changedBy }
}

/** Reads a rule, valid or not, with its faults. Their fields are named as in the message. */
export function readRule(message: MerchantRuleMessage): {
  readonly rule: MerchantRule
  readonly faults: readonly FieldViolation[]
} {
  const match = readMatch(message.match)
  const rule = ruleOf(message, match ?? 'EXACT')
  const unknown = { field: 'match', description: 'must be EXACT, PREFIX, TAX_ID or MERCHANT_ID' }
  return { rule, faults: [...(match ? strayFaults(message, match) : [unknown]), ...faultsOf(rule)] }
}

/** Reads those fields of the message that a rule with this match has. */
function ruleOf(message: MerchantRuleMessage, match: MerchantRuleMatch): MerchantRule {
  const { id, mcc, name, city, country, merchantTaxId, acquirerId, merchantId } = message
  if (match === 'TAX_ID') return { id, match, merchantTaxId: plainCnpj(merchantTaxId), mcc }
  if (match === 'MERCHANT_ID') return { id, match, acquirerId, merchantId, mcc }
  return {
    id,
    match,
    name: name.trim(),
    ...(city !== '' && { city: city.trim() }),
    ...(country !== '' && { country: country.toUpperCase() }),
    mcc,
  }
}

/** Lists the fields that a rule with this match does not have, but the message does. */
function* strayFaults(message: MerchantRuleMessage, match: MerchantRuleMatch): Generator<FieldViolation> {
  const byId = ['merchant_tax_id', 'acquirer_id', 'merchant_id'] as const
  const byName = ['name', 'city', 'country'] as const
  const strays = {
    EXACT: byId,
    PREFIX: byId,
    TAX_ID: [...byName, 'acquirer_id', 'merchant_id'],
    MERCHANT_ID: [...byName, 'merchant_tax_id'],
  } as const
  for (const field of strays[match]) {
    if (message[propertyOf[field]] === '') continue
    yield { field, description: `must be empty in a rule with match ${match}` }
  }
}

/** The fields of a message that name the merchants of a rule, and their properties. */
export const propertyOf = {
  match: 'match',
  name: 'name',
  city: 'city',
  country: 'country',
  mcc: 'mcc',
  merchant_tax_id: 'merchantTaxId',
  acquirer_id: 'acquirerId',
  merchant_id: 'merchantId',
} as const satisfies Readonly<Record<string, keyof MerchantRuleMessage>>

/** The domain's name for a match of the contract. Undefined for UNSPECIFIED and unknown numbers. */
export function readMatch(match: MerchantRuleMatchMessage): MerchantRuleMatch | undefined {
  return matches.find((name) => MerchantRuleMatchMessage[name] === match)
}

const matches = ['EXACT', 'PREFIX', 'TAX_ID', 'MERCHANT_ID'] as const

/** Reads and checks the ids of a merchant. An empty one is absent. */
export function readMerchantIds(
  fields: RequestFields,
  { merchantTaxId, acquirerId, merchantId }: Readonly<Required<Record<keyof MerchantIds, string>>>,
): MerchantIds {
  const idIn = (name: keyof MerchantIds, field: string, text: string) => {
    const { pattern, description } = merchantIdForms[name]
    fields.check(text === '' || pattern.test(text), field, description)
    return text !== '' && { [name]: text }
  }
  return {
    ...idIn('merchantTaxId', 'merchant_tax_id', plainCnpj(merchantTaxId)),
    ...idIn('acquirerId', 'acquirer_id', acquirerId),
    ...idIn('merchantId', 'merchant_id', merchantId),
  }
}

/** Writes which rule of a catalog decides for a merchant, and why not the others. */
export function resolutionMessage(text: string, ids: MerchantIds, catalog: Catalog): ResolveMerchantResponse {
  const merchant = parseMerchant(text)
  const { winner, passedOver, more } = catalog.rules.explain(merchant, ids)
  return {
    name: merchant.name,
    city: merchant.city ?? '',
    country: merchant.country ?? '',
    merchantRule: winner && ruleMessage(winner),
    passedOver: passedOver.map(({ rule, why }) => ({
      merchantRule: ruleMessage(rule),
      reason: PassedOverReason[why],
    })),
    more,
    catalogVersion: catalog.version,
  }
}

/** Writes why a rule of an import was rejected. */
export function rejectionMessage({
  index,
  id,
  reason,
  description,
  ...other
}: RejectedRule): RejectedMerchantRule {
  return {
    index: BigInt(index),
    merchantRuleId: id.slice(0, ECHO_LENGTH_MAX),
    reason: kindsOfRejection[reason],
    description: description.slice(0, DESCRIPTION_LENGTH_MAX),
    otherIndex: other.otherIndex === undefined ? undefined : BigInt(other.otherIndex),
    otherMerchantRuleId: other.otherId ?? '',
  }
}

const kindsOfRejection: Readonly<Record<RejectedRule['reason'], CallErrorKind>> = {
  INVALID: 'INVALID_REQUEST',
  TWICE: 'MERCHANT_RULE_EXISTS',
  TIE: 'MERCHANT_RULES_TIE',
}

/** Writes a rule without its version. */
export function ruleMessage(rule: MerchantRule): MerchantRuleMessage {
  return {
    id: rule.id,
    match: MerchantRuleMatchMessage[rule.match],
    name: rule.name ?? '',
    city: rule.city ?? '',
    country: rule.country ?? '',
    mcc: rule.mcc,
    etag: '',
    updateTime: undefined,
    subject: '',
    merchantTaxId: rule.merchantTaxId ?? '',
    acquirerId: rule.acquirerId ?? '',
    merchantId: rule.merchantId ?? '',
  }
}
