import { isMcc } from './category.js'
import { CITY_LENGTH_MAX, characterCount, NAME_LENGTH_MAX, normalise } from './merchant.js'

/** Most rules that there may be: every process holds all of them in memory. Some more may get in when many are made at once. */
export const RULES_MAX = 500_000

/** Replaces the MCC of a merchant, because MCCs are often wrong. */
export type MerchantRule = {
  readonly id: MerchantRuleId
  /**
   * EXACT: the merchant's whole name. PREFIX: its beginning, which does not end inside a word: UBER covers "UBER TRIP" and
   * "UBER*EATS" but not "UBERABA LANCHES", and AMAZON covers "AMAZON.COM.BR".
   */
  readonly match: MerchantRuleMatch
  /** Name or beginning of a name. Compared normalised. */
  readonly name: string
  /** Only merchants of this city. Compared normalised and cut to DE43's twelve characters. */
  readonly city?: string
  /** Only merchants of this country: two letters. */
  readonly country?: string
  /** The MCC used instead: four digits. One that is never permitted refuses the merchant. */
  readonly mcc: string
}

/** 1 to 64 characters of A-Z a-z 0-9 . _ : -, the first one a letter or a digit. */
export type MerchantRuleId = string

export type MerchantRuleMatch = 'EXACT' | 'PREFIX'

/**
 * The part of a rule that says whom it covers, in the form that is compared. Two rules of the same slot tie: the second one is
 * refused when it is made. Rules that were made under another normal form may tie all the same.
 */
export type MerchantRuleSlot = {
  readonly match: MerchantRuleMatch
  readonly name: string
  readonly city?: string
  readonly country?: string
}

/** What is wrong with a field of a rule. */
export type MerchantRuleFault = {
  readonly field: 'id' | 'name' | 'city' | 'country' | 'mcc'
  readonly description: string
}

/** Longest name or city that a rule may be written with, in characters. Of a city only the first twelve count. */
const RULE_TEXT_LENGTH_MAX = 99

const RULE_ID = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$/
const COUNTRY = /^[A-Za-z]{2}$/
// Control characters are what the expression looks for.
const CONTROL_CHARACTER = /\p{Cc}/u

/** Whom the rule covers, normalised. */
export function slotOf({ match, name, city, country }: MerchantRule): MerchantRuleSlot {
  return {
    match,
    name: normalise(name),
    ...(city !== undefined && { city: cutCity(city) }),
    ...(country !== undefined && { country: country.toUpperCase() }),
  }
}

/** A text that two slots share only when they are the same one. */
export function slotKey({ match, name, city = '', country = '' }: MerchantRuleSlot): string {
  // No normalised text has a line break.
  return `${match}\n${country}\n${city}\n${name}`
}

/** Whether the text can name a rule. */
export function isMerchantRuleId(text: string): boolean {
  return RULE_ID.test(text)
}

/** Whether two rules are the same one, word for word. */
export function isSameRule(one: MerchantRule, other: MerchantRule): boolean {
  return (
    one.id === other.id &&
    one.match === other.match &&
    one.name === other.name &&
    one.city === other.city &&
    one.country === other.country &&
    one.mcc === other.mcc
  )
}

/** Everything that is wrong with a rule taken by itself; nothing when it may be created. */
export function faultsOf(rule: MerchantRule): readonly MerchantRuleFault[] {
  return [...idFaults(rule.id), ...nameFaults(rule.name), ...placeFaults(rule), ...mccFaults(rule.mcc)]
}

function* idFaults(id: string): Generator<MerchantRuleFault> {
  if (isMerchantRuleId(id)) return
  const description = 'must be 1 to 64 characters of A-Z a-z 0-9 . _ : -, the first one a letter or a digit'
  yield { field: 'id', description }
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
  const description = `must be at most ${NAME_LENGTH_MAX} characters, which is all that a card message carries: ${cut}`
  yield { field: 'name', description }
}

function* placeFaults({ city, country }: MerchantRule): Generator<MerchantRuleFault> {
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

/** The city as DE43 would carry it. */
function cutCity(city: string): string {
  return Array.from(normalise(city)).slice(0, CITY_LENGTH_MAX).join('').trim()
}
