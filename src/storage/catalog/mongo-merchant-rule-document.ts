import type { StoredMerchantRule } from '../../application/catalog/merchant-rule-store.js'
import { InvariantError, invariant } from '../../domain/invariant.js'
import { type MerchantRule, type MerchantRuleSlot, slotOf } from '../../domain/merchant-rule.js'

/** A merchant rule as stored in `merchant_rules`. */
export type MerchantRuleDocument = {
  readonly _id: string
  /** The catalog's version when the rule last changed. */
  readonly version: bigint
  readonly match: MerchantRule['match']
  /** Rules by name have one. */
  readonly name?: string
  readonly city?: string
  readonly country?: string
  /** Rules by tax id have one. */
  readonly merchant_tax_id?: string
  /** Rules by acquirer and merchant id have both ids. */
  readonly acquirer_id?: string
  readonly merchant_id?: string
  readonly mcc: string
  /** The normalised name or the ids that the rule covers. No two rules have the same match and slot. */
  readonly slot: Omit<MerchantRuleSlot, 'match'>
  readonly changed_at: Date
  /** The subject of the token that last changed the rule. */
  readonly changed_by: string
}

/** The fields of {@link MerchantRuleDocument} that make up the rule itself. */
export type MerchantRuleFields = Pick<
  MerchantRuleDocument,
  '_id' | 'match' | 'name' | 'city' | 'country' | 'merchant_tax_id' | 'acquirer_id' | 'merchant_id' | 'mcc'
>

/** Matches rules but no tombstones. Queries need it to use the index on slots, which holds no tombstones. */
export const notDeleted = { slot: { $exists: true } } as const

/**
 * Reads a rule.
 *
 * @throws InvariantError when the document is not a valid rule, or one of a later release.
 */
export function merchantRuleOf(document: MerchantRuleFields): MerchantRule {
  const { _id: id, match, name, city, country, mcc } = document
  const { merchant_tax_id: merchantTaxId, acquirer_id: acquirerId, merchant_id: merchantId } = document
  switch (match) {
    case 'EXACT':
    case 'PREFIX':
      invariant(name !== undefined, 'a merchant rule by name has one')
      return {
        id,
        match,
        name,
        ...(city !== undefined && { city }),
        ...(country !== undefined && { country }),
        mcc,
      }
    case 'TAX_ID':
      invariant(merchantTaxId !== undefined, 'a merchant rule by tax id has one')
      return { id, match, merchantTaxId, mcc }
    case 'MERCHANT_ID':
      invariant(acquirerId !== undefined && merchantId !== undefined, 'a merchant rule by ids has both')
      return { id, match, acquirerId, merchantId, mcc }
    default:
      throw new InvariantError(`unknown match of a merchant rule: ${JSON.stringify(match satisfies never)}`)
  }
}

/** Reads a rule with the version, time and author of its last change. */
export function storedMerchantRuleOf(document: MerchantRuleDocument): StoredMerchantRule {
  const { version, changed_at: changedAt, changed_by: changedBy } = document
  return { rule: merchantRuleOf(document), version, changedAt, changedBy }
}

export function merchantRuleDocument(stored: StoredMerchantRule): MerchantRuleDocument {
  const { rule, version, changedAt, changedBy } = stored
  const { match: _, ...slot } = slotOf(rule)
  return { _id: rule.id, version, ...fieldsOf(rule), slot, changed_at: changedAt, changed_by: changedBy }
}

function fieldsOf(rule: MerchantRule): Omit<MerchantRuleFields, '_id'> {
  const { match, mcc } = rule
  if (match === 'TAX_ID') return { match, merchant_tax_id: rule.merchantTaxId, mcc }
  if (match === 'MERCHANT_ID') {
    return { match, acquirer_id: rule.acquirerId, merchant_id: rule.merchantId, mcc }
  }
  const { name, city, country } = rule
  return {
    match,
    name,
    ...(city !== undefined && { city }),
    ...(country !== undefined && { country }),
    mcc,
  }
}
