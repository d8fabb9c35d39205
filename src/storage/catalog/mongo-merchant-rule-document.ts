import type { StoredMerchantRule } from '../../application/catalog/merchant-rule-store.js'
import { type MerchantRule, type MerchantRuleSlot, slotOf } from '../../domain/merchant-rule.js'

/** A merchant rule as stored in `merchant_rules`. */
export type MerchantRuleDocument = {
  readonly _id: string
  /** The catalog's version when the rule last changed. */
  readonly version: bigint
  readonly match: MerchantRule['match']
  readonly name: string
  readonly city?: string
  readonly country?: string
  readonly mcc: string
  /** The normalised names that the rule covers. No two rules have the same match and slot. */
  readonly slot: Omit<MerchantRuleSlot, 'match'>
  readonly changed_at: Date
  /** The subject of the token that last changed the rule. */
  readonly changed_by: string
}

/** The fields of {@link MerchantRuleDocument} that make up the rule itself. */
export type MerchantRuleFields = Pick<
  MerchantRuleDocument,
  '_id' | 'match' | 'name' | 'city' | 'country' | 'mcc'
>

/** Matches rules but no tombstones. Queries need it to use the index on slots, which holds no tombstones. */
export const notDeleted = { slot: { $exists: true } } as const

export function merchantRuleOf({
  _id: id,
  match,
  name,
  city,
  country,
  mcc,
}: MerchantRuleFields): MerchantRule {
  return {
    id,
    match,
    name,
    ...(city !== undefined && { city }),
    ...(country !== undefined && { country }),
    mcc,
  }
}

/** Reads a rule with the version, time and author of its last change. */
export function storedMerchantRuleOf(document: MerchantRuleDocument): StoredMerchantRule {
  const { version, changed_at: changedAt, changed_by: changedBy } = document
  return { rule: merchantRuleOf(document), version, changedAt, changedBy }
}

export function merchantRuleDocument(stored: StoredMerchantRule): MerchantRuleDocument {
  const { rule, version, changedAt, changedBy } = stored
  const { id, ...fields } = rule
  const { match: _, ...slot } = slotOf(rule)
  return { _id: id, version, ...fields, slot, changed_at: changedAt, changed_by: changedBy }
}
