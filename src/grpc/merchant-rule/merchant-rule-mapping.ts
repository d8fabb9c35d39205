import type { RejectedRule } from '../../application/catalog/merchant-rule-import.js'
import type { StoredMerchantRule } from '../../application/catalog/merchant-rule-store.js'
import type { Catalog } from '../../domain/catalog.js'
import { parseMerchant } from '../../domain/merchant.js'
import { faultsOf, type MerchantRule, type MerchantRuleMatch } from '../../domain/merchant-rule.js'
import {
  MerchantRuleMatch as MerchantRuleMatchMessage,
  type MerchantRule as MerchantRuleMessage,
  PassedOverReason,
  type RejectedMerchantRule,
  type ResolveMerchantResponse,
} from '../../gen/benefits/v1/merchant_rule.js'
import type { CallErrorKind, FieldViolation } from '../call-error.js'

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
  const { id, name, city, country, mcc } = message
  const match = readMatch(message.match)
  const rule = {
    id,
    match: match ?? 'EXACT',
    name: name.trim(),
    ...(city !== '' && { city: city.trim() }),
    ...(country !== '' && { country: country.toUpperCase() }),
    mcc,
  }
  const unknown = match ? [] : [{ field: 'match', description: 'must be EXACT or PREFIX' }]
  return { rule, faults: [...unknown, ...faultsOf(rule)] }
}

/** The domain's name for a match of the contract. Undefined for UNSPECIFIED and unknown numbers. */
export function readMatch(match: MerchantRuleMatchMessage): MerchantRuleMatch | undefined {
  return (['EXACT', 'PREFIX'] as const).find((name) => MerchantRuleMatchMessage[name] === match)
}

/** Writes which rule of a catalog decides for a merchant, and why not the others. */
export function resolutionMessage(text: string, catalog: Catalog): ResolveMerchantResponse {
  const merchant = parseMerchant(text)
  const { winner, passedOver, more } = catalog.rules.explain(merchant)
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

function ruleMessage({ id, match, name, city, country, mcc }: MerchantRule): MerchantRuleMessage {
  return {
    id,
    match: MerchantRuleMatchMessage[match],
    name,
    city: city ?? '',
    country: country ?? '',
    mcc,
    etag: '',
    updateTime: undefined,
    subject: '',
  }
}
