import type { StoredMerchantRule } from '../../application/catalog/merchant-rule-store.js'
import { type MerchantRule, type MerchantRuleSlot, slotOf } from '../../domain/merchant-rule.js'

/** A merchant rule as stored: `merchant_rules`. */
export type MerchantRuleDocument = {
  readonly _id: string
  /** The version of the catalog that it came with. */
  readonly version: bigint
  readonly match: MerchantRule['match']
  readonly name: string
  readonly city?: string
  readonly country?: string
  readonly mcc: string
  /** Whom it covers, normalised: no two rules have the same match and slot. */
  readonly slot: Omit<MerchantRuleSlot, 'match'>
  readonly changed_at: Date
  /** Subject of the token of who made it or changed it last. */
  readonly changed_by: string
}

/** The fields of {@link MerchantRuleDocument} that a rule itself is made of. */
export type MerchantRuleFields = Pick<
  MerchantRuleDocument,
  '_id' | 'match' | 'name' | 'city' | 'country' | 'mcc'
>

/** Finds rules, and not what is left of some. Without it the index on slots, which has no others, is not used. */
export const notDeleted = { slot: { $exists: true } } as const

/** Reads a rule. */
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

/** Reads a rule, and when and by whom it was changed. */
export function storedMerchantRuleOf(document: MerchantRuleDocument): StoredMerchantRule {
  const { version, changed_at: changedAt, changed_by: changedBy } = document
  return { rule: merchantRuleOf(document), version, changedAt, changedBy }
}

/** Writes a rule. */
export function merchantRuleDocument(stored: StoredMerchantRule): MerchantRuleDocument {
  const { rule, version, changedAt, changedBy } = stored
  const { id, ...fields } = rule
  const { match: _, ...slot } = slotOf(rule)
  return { _id: id, version, ...fields, slot, changed_at: changedAt, changed_by: changedBy }
}
