import { isMcc } from './category.js'
import { hasCheckDigits } from './cnpj.js'
import type { Id } from './id.js'
import { CITY_LENGTH_MAX, characterCount, NAME_LENGTH_MAX, normalise } from './merchant.js'
import { merchantIdForms, type NetworkData } from './network.js'

/**
 * Most rules in the catalog: every process keeps all of them in memory. Concurrent creations may exceed it
 * slightly.
 */
export const RULES_MAX = 500_000

/**
 * A rule that replaces the MCC of a merchant, because received MCCs are often wrong. `match` says how it
 * finds the merchant: by name, by tax id, or by acquirer and merchant id.
 */
export type MerchantRule = MerchantRuleByName | MerchantRuleByTaxId | MerchantRuleByMerchantId

/** A rule for the merchants of a name. */
export type MerchantRuleByName = Replacement &
  Without<'merchantTaxId' | 'acquirerId' | 'merchantId'> & {
    /**
     * EXACT matches the merchant's whole name. PREFIX matches its beginning, which must not end inside a
     * word: UBER covers "UBER TRIP" and "UBER*EATS" but not "UBERABA LANCHES", and AMAZON covers
     * "AMAZON.COM.BR".
     */
    readonly match: 'EXACT' | 'PREFIX'
    /** Name or beginning of a name. Compared in normalised form. */
    readonly name: string
    /** Only merchants in this city. Compared in normalised form, cut to DE43's twelve characters. */
    readonly city?: string
    /** Only merchants in this country: two letters. */
    readonly country?: string
  }

/** A rule for the merchant with a tax id. */
export type MerchantRuleByTaxId = Replacement &
  Without<'name' | 'city' | 'country' | 'acquirerId' | 'merchantId'> & {
    readonly match: 'TAX_ID'
    /** CNPJ: 14 characters of 0-9 and A-Z, with its check digits. */
    readonly merchantTaxId: string
  }

/** A rule for the merchant that has an id at an acquirer. Both ids are compared as received. */
export type MerchantRuleByMerchantId = Replacement &
  Without<'name' | 'city' | 'country' | 'merchantTaxId'> & {
    readonly match: 'MERCHANT_ID'
    /** ISO 8583 DE32: 1 to 11 digits. */
    readonly acquirerId: string
    /** ISO 8583 DE42: 1 to 15 printable ASCII characters. */
    readonly merchantId: string
  }

type Replacement = {
  readonly id: MerchantRuleId
  /** The MCC used instead: four digits. With a forbidden MCC the merchant's purchases are declined. */
  readonly mcc: string
}

type Without<Fields extends string> = { readonly [Field in Fields]?: never }

/** Rule id: 1 to 64 characters from A-Z a-z 0-9 . _ : -, starting with a letter or a digit. */
export type MerchantRuleId = Id<'merchantRule'>

export type MerchantRuleMatch = MerchantRule['match']

/** The ids of a merchant, as the network sends them with a purchase. */
export type MerchantIds = Pick<NetworkData, 'merchantTaxId' | 'acquirerId' | 'merchantId'>

/**
 * The merchants that a rule covers, in normalised form. Two rules with the same slot tie, and the store
 * rejects the second one. Rules made under an earlier normal form may tie all the same.
 */
export type MerchantRuleSlot = {
  readonly match: MerchantRuleMatch
  /** The name; of a rule by id, the tax id or the {@link merchantKey}. */
  readonly name: string
  readonly city?: string
  readonly country?: string
}

/** A fault in a field of a rule. */
export type MerchantRuleFault = {
  readonly field: MerchantRuleField
  readonly description: string
}

/** A field of a rule, as the contract names it. */
export type MerchantRuleField =
  | 'id'
  | 'match'
  | 'name'
  | 'city'
  | 'country'
  | 'merchant_tax_id'
  | 'acquirer_id'
  | 'merchant_id'
  | 'mcc'

/** Longest written name or city, in characters. Only the first twelve characters of a city count. */
const RULE_TEXT_LENGTH_MAX = 99

const RULE_ID = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$/
const COUNTRY = /^[A-Za-z]{2}$/
const CONTROL_CHARACTER = /\p{Cc}/u

/** Returns the merchants that the rule covers, in normalised form. */
export function slotOf(rule: MerchantRule): MerchantRuleSlot {
  const { match } = rule
  if (match === 'TAX_ID') return { match, name: rule.merchantTaxId }
  if (match === 'MERCHANT_ID') return { match, name: merchantKey(rule.acquirerId, rule.merchantId) }
  const { name, city, country } = rule
  return {
    match,
    name: normalise(name),
    ...(city !== undefined && { city: cutCity(city) }),
    ...(country !== undefined && { country: country.toUpperCase() }),
  }
}

/** Writes the ids of a merchant at an acquirer as one text that is unique to them. */
export function merchantKey(acquirerId: string, merchantId: string): string {
  // An acquirer's id has digits only.
  return `${acquirerId}/${merchantId}`
}

/** Whether the rule finds the merchant by an id, and not by its name. */
export function isById(rule: MerchantRule): rule is MerchantRuleByTaxId | MerchantRuleByMerchantId {
  return rule.match === 'TAX_ID' || rule.match === 'MERCHANT_ID'
}

/** Writes a slot as a text that is unique to it. */
export function slotKey({ match, name, city = '', country = '' }: MerchantRuleSlot): string {
  // Normalised text contains no line break.
  return `${match}\n${country}\n${city}\n${name}`
}

/** Whether the text is a valid rule id. */
export function isMerchantRuleId(text: string): boolean {
  return RULE_ID.test(text)
}

/** Whether two rules are equal, field by field. */
export function isSameRule(one: MerchantRule, other: MerchantRule): boolean {
  return (
    one.id === other.id &&
    one.match === other.match &&
    one.name === other.name &&
    one.city === other.city &&
    one.country === other.country &&
    one.merchantTaxId === other.merchantTaxId &&
    one.acquirerId === other.acquirerId &&
    one.merchantId === other.merchantId &&
    one.mcc === other.mcc
  )
}

/** Lists all faults of a rule on its own; empty when it is valid. */
export function faultsOf(rule: MerchantRule): readonly MerchantRuleFault[] {
  return [...idFaults(rule.id), ...merchantFaults(rule), ...mccFaults(rule.mcc)]
}

function* idFaults(id: string): Generator<MerchantRuleFault> {
  if (isMerchantRuleId(id)) return
  const description = 'must be 1 to 64 characters from A-Z a-z 0-9 . _ : -, starting with a letter or a digit'
  yield { field: 'id', description }
}

function* merchantFaults(rule: MerchantRule): Generator<MerchantRuleFault> {
  if (rule.match === 'TAX_ID') {
    yield* taxIdFaults(rule.merchantTaxId)
  } else if (rule.match === 'MERCHANT_ID') {
    yield* merchantIdFaults(rule)
  } else {
    yield* nameFaults(rule.name)
    yield* placeFaults(rule)
  }
}

function* taxIdFaults(taxId: string): Generator<MerchantRuleFault> {
  const field = 'merchant_tax_id'
  const { pattern, description } = merchantIdForms.merchantTaxId
  if (!pattern.test(taxId)) yield { field, description }
  else if (!hasCheckDigits(taxId)) {
    yield { field, description: 'must end with the check digits of the CNPJ: a character is mistyped' }
  }
}

function* merchantIdFaults({
  acquirerId,
  merchantId,
}: MerchantRuleByMerchantId): Generator<MerchantRuleFault> {
  const forms = merchantIdForms
  if (!forms.acquirerId.pattern.test(acquirerId)) {
    yield { field: 'acquirer_id', description: forms.acquirerId.description }
  }
  if (!forms.merchantId.pattern.test(merchantId)) {
    yield { field: 'merchant_id', description: forms.merchantId.description }
  }
}

function* nameFaults(name: string): Generator<MerchantRuleFault> {
  const unusable = textFault(name)
  if (unusable !== undefined) {
    yield { field: 'name', description: unusable }
    return
  }
  const characters = Array.from(normalise(name))
  if (characters.length === 0) yield { field: 'name', description: 'must not be empty' }
  if (characters.length <= NAME_LENGTH_MAX) return
  const cut = characters.slice(0, NAME_LENGTH_MAX).join('').trim()
  const description = `must be at most ${NAME_LENGTH_MAX} characters, the most that a card message carries: ${cut}`
  yield { field: 'name', description }
}

function* placeFaults({ city, country }: MerchantRuleByName): Generator<MerchantRuleFault> {
  if (city !== undefined) {
    const description = textFault(city) ?? (cutCity(city) === '' ? 'must not be blank' : undefined)
    if (description !== undefined) yield { field: 'city', description }
  }
  if (country !== undefined && !COUNTRY.test(country)) {
    yield { field: 'country', description: 'must be two letters (ISO 3166)' }
  }
}

function* mccFaults(mcc: string): Generator<MerchantRuleFault> {
  if (!isMcc(mcc)) yield { field: 'mcc', description: 'must be exactly four digits' }
}

function textFault(text: string): string | undefined {
  if (characterCount(text) > RULE_TEXT_LENGTH_MAX) {
    return `must be at most ${RULE_TEXT_LENGTH_MAX} characters`
  }
  return CONTROL_CHARACTER.test(text) ? 'must not contain control characters' : undefined
}

/** Cuts a city as DE43 would carry it. */
function cutCity(city: string): string {
  return Array.from(normalise(city)).slice(0, CITY_LENGTH_MAX).join('').trim()
}
