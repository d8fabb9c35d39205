import { CITY_LENGTH_MAX, type Merchant, normalise } from './merchant.js'

/** Replaces the MCC of a merchant, because MCCs are often wrong. */
export type MerchantRule = {
  readonly id: string
  /**
   * EXACT: the merchant's whole name. PREFIX: its beginning, ending where a word ends or with the acquirer's `*`, so that
   * UBER covers "UBER TRIP" and "UBER*EATS" but not "UBERABA LANCHES".
   */
  readonly match: 'EXACT' | 'PREFIX'
  /** Name or beginning of a name. Compared normalised. */
  readonly name: string
  /** Only merchants of this city. Compared normalised and cut to DE43's twelve characters. */
  readonly city?: string
  /** Only merchants of this country: two letters. */
  readonly country?: string
  /** The MCC used instead: four digits. */
  readonly mcc: string
}

/** Rules arranged so that finding the one for a merchant costs the same with ten rules and with a hundred thousand. */
export type MerchantRules = {
  /**
   * The rule that decides for this merchant, or undefined when none matches.
   *
   * Precedence: EXACT over PREFIX, then the longer name, then the more closely bound (city and country, city, country,
   * unbound).
   */
  resolve(merchant: Merchant): MerchantRule | undefined
}

/**
 * Arranges rules by name: one look-up for the exact name and one for each place in it where a prefix may end.
 *
 * @throws RangeError when two rules would tie, naming both.
 */
export function merchantRules(rules: readonly MerchantRule[]): MerchantRules {
  const exact = new Map<string, MerchantRule[]>()
  const prefix = new Map<string, MerchantRule[]>()
  for (const rule of rules) {
    const byName = rule.match === 'EXACT' ? exact : prefix
    const name = normalise(rule.name)
    const sameName = byName.get(name) ?? []
    const tie = sameName.find((other) => boundTo(other) === boundTo(rule))
    if (tie)
      throw new RangeError(`merchant rules ${tie.id} and ${rule.id} tie: same match, name, city and country`)
    byName.set(name, [...sameName, rule].sort(moreBoundFirst))
  }

  return {
    resolve(merchant) {
      const wholeName = exact.get(merchant.name)?.find((rule) => covers(rule, merchant))
      if (wholeName || prefix.size === 0) return wholeName
      for (const beginning of beginnings(merchant.name)) {
        const rule = prefix.get(beginning)?.find((candidate) => covers(candidate, merchant))
        if (rule) return rule
      }
      return undefined
    },
  }
}

/** The places where a prefix of this name may end, longest first: the whole name, a word's end, an acquirer's `*`. */
function beginnings(name: string): readonly string[] {
  const found = name === '' ? [] : [name]
  for (let end = name.length - 1; end > 0; end--) {
    const endsAtWord = name[end] === ' ' || name[end] === '*'
    const endsWithStar = name[end - 1] === '*'
    if ((endsAtWord && name[end - 1] !== ' ') || endsWithStar) found.push(name.slice(0, end))
  }
  return found
}

function covers(rule: MerchantRule, merchant: Merchant): boolean {
  if (rule.city !== undefined && cityOf(rule) !== merchant.city) return false
  return rule.country === undefined || rule.country.toUpperCase() === merchant.country
}

function moreBoundFirst(a: MerchantRule, b: MerchantRule): number {
  return boundness(b) - boundness(a)
}

function boundness(rule: MerchantRule): number {
  return (rule.city === undefined ? 0 : 2) + (rule.country === undefined ? 0 : 1)
}

function boundTo(rule: MerchantRule): string {
  return `${cityOf(rule) ?? ''}/${rule.country?.toUpperCase() ?? ''}`
}

/** The city as DE43 would carry it. */
function cityOf(rule: MerchantRule): string | undefined {
  return rule.city === undefined ? undefined : normalise(rule.city).slice(0, CITY_LENGTH_MAX).trim()
}
