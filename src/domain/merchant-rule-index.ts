import type { Merchant } from './merchant.js'
import {
  isById,
  type MerchantIds,
  type MerchantRule,
  type MerchantRuleId,
  type MerchantRuleMatch,
  type MerchantRuleSlot,
  merchantKey,
  slotKey,
  slotOf,
} from './merchant-rule.js'

/** A change of the rules: new and changed rules in their new form, and the ids of deleted rules. */
export type MerchantRuleChange = {
  readonly upserted: readonly MerchantRule[]
  readonly deleted: readonly MerchantRuleId[]
}

/** A rule with the merchant's ids, its name or a beginning of the name, and why it does not decide. */
export type PassedOverRule = { readonly rule: MerchantRule; readonly why: PassedOver }

/**
 * Why a rule does not decide for a merchant:
 * - BY_MERCHANT_ID: it covers the merchant by acquirer and merchant id, but another rule by tax id.
 * - BY_NAME: it covers the merchant by name, but another rule by an id.
 * - PREFIX: it covers the merchant, but so does an exact rule.
 * - SHORTER: it covers the merchant, but so does a rule with a longer name.
 * - LESS_BOUND: it covers the merchant, but so does a rule of the same name for a narrower place.
 * - TIE: it covers the merchant, but so does a rule with the same precedence and a lower id.
 * - ELSEWHERE: it is bound to another city or country, or the merchant came without them.
 * - NOT_WHOLE_NAME: it is exact, and the merchant's name is longer.
 * - INSIDE_WORD: it is a prefix that would end inside a word.
 */
export type PassedOver =
  | 'BY_MERCHANT_ID'
  | 'BY_NAME'
  | 'PREFIX'
  | 'SHORTER'
  | 'LESS_BOUND'
  | 'TIE'
  | 'ELSEWHERE'
  | 'NOT_WHOLE_NAME'
  | 'INSIDE_WORD'

/** The rule that decides for a merchant, and the rules that do not. */
export type MerchantRuleExplanation = {
  readonly winner?: MerchantRule
  /** First the rules that cover the merchant, by precedence; then all others, longest name first. */
  readonly passedOver: readonly PassedOverRule[]
  /** Whether the list was cut off. */
  readonly more: boolean
}

/** Most rules in an explanation. */
const PASSED_OVER_MAX = 20

/**
 * An index that finds the rule for a merchant. A look-up costs the same with ten rules and with a hundred
 * thousand: one look-up for each id that the purchase carries, one for the exact name, and one for each
 * position where a prefix may end.
 *
 * Precedence: TAX_ID over MERCHANT_ID over a name; then EXACT over PREFIX, then the longer name, then the
 * narrower place (city and country, city, country, none), then the lower rule id. The last decides only
 * between rules made under an earlier normal form: the store rejects the second of two rules that tie, but
 * the index must accept any stored rules.
 */
export class MerchantRuleIndex {
  readonly #byId = new Map<MerchantRuleId, MerchantRule>()
  /** By the names of slots. */
  readonly #byMatch: Readonly<Record<MerchantRuleMatch, Map<string, SameName>>> = {
    TAX_ID: new Map(),
    MERCHANT_ID: new Map(),
    EXACT: new Map(),
    PREFIX: new Map(),
  }

  /** Rules that tie with the rule in their slot and have a higher id, by slot. */
  readonly #tied = new Map<string, readonly MerchantRule[]>()

  /** All names that a rule has had. */
  readonly #names = new NameFilter()

  /** Number of rules. */
  get size(): number {
    return this.#byId.size
  }

  has(id: MerchantRuleId): boolean {
    return this.#byId.has(id)
  }

  /** Lists every rule, in no particular order. */
  rules(): Iterable<MerchantRule> {
    return this.#byId.values()
  }

  /**
   * Applies a change, at a cost proportional to it. Deleting an unknown id is allowed.
   *
   * @throws RangeError when the change contains a rule twice; then nothing has changed.
   */
  apply({ upserted, deleted }: MerchantRuleChange): void {
    const arriving = upserted.map((rule) => ({ rule, slot: slotOf(rule) }))
    const ids = new Set(upserted.map(({ id }) => id))
    if (ids.size < upserted.length) throw new RangeError('a change has a merchant rule twice')
    const leaving = new Set([...deleted, ...ids])
    for (const id of leaving) this.#remove(id)
    for (const { rule, slot } of arriving) this.#add(rule, slot)
  }

  /** Finds the rule that decides for this merchant; undefined when none covers it. */
  resolve(merchant: Merchant, ids?: MerchantIds): MerchantRule | undefined {
    return (ids && this.#byIds(merchant, ids)) ?? this.#byName(merchant)
  }

  #byIds(merchant: Merchant, ids: MerchantIds): MerchantRule | undefined {
    return this.#withTaxId(ids)?.best(merchant) ?? this.#withMerchantId(ids)?.best(merchant)
  }

  #withTaxId({ merchantTaxId }: MerchantIds): SameName | undefined {
    return merchantTaxId === undefined ? undefined : this.#byMatch.TAX_ID.get(merchantTaxId)
  }

  #withMerchantId({ acquirerId, merchantId }: MerchantIds): SameName | undefined {
    const rules = this.#byMatch.MERCHANT_ID
    if (acquirerId === undefined || merchantId === undefined || rules.size === 0) return undefined
    return rules.get(merchantKey(acquirerId, merchantId))
  }

  #byName(merchant: Merchant): MerchantRule | undefined {
    const { name } = merchant
    const ends = this.#names.beginningsOf(name)
    const isKnown = ends.at(-1) === name.length
    const exact = isKnown ? this.#byMatch.EXACT.get(name)?.best(merchant) : undefined
    if (exact !== undefined) return exact
    for (const end of ends.reverse()) {
      const rule = this.#byMatch.PREFIX.get(name.slice(0, end))?.best(merchant)
      if (rule !== undefined) return rule
    }
    return undefined
  }

  /** Finds the same rule as {@link resolve}, and lists at most {@link PASSED_OVER_MAX} rules passed over. */
  explain(merchant: Merchant, ids: MerchantIds = {}): MerchantRuleExplanation {
    const winner = this.resolve(merchant, ids)
    const candidates = [...this.#candidates(merchant.name, ids)]
    const passedOver = [...take(this.#passedOver(merchant, candidates, winner), PASSED_OVER_MAX + 1)]
    return {
      ...(winner && { winner }),
      passedOver: passedOver.slice(0, PASSED_OVER_MAX),
      more: passedOver.length > PASSED_OVER_MAX,
    }
  }

  *#passedOver(
    merchant: Merchant,
    candidates: readonly Candidate[],
    winner: MerchantRule | undefined,
  ): Generator<PassedOverRule> {
    const covering = candidates
      .filter(({ ends }) => ends === 'WELL')
      .flatMap(({ sameName }) => [...sameName.covering(merchant)])
      .flatMap((rule) => this.#sharing(rule))
    for (const rule of covering) {
      if (winner && rule !== winner) yield { rule, why: whyBehind(winner, rule) }
    }
    for (const { sameName, ends } of candidates) {
      for (const rule of [...sameName.all()].flatMap((one) => this.#sharing(one))) {
        if (!covering.includes(rule)) yield { rule, why: ends === 'WELL' ? 'ELSEWHERE' : ends }
      }
    }
  }

  /**
   * Lists the rules with the merchant's ids, and those named like it or like a beginning of its name, by
   * precedence. `ends` says whether the name ends properly.
   */
  *#candidates(name: string, ids: MerchantIds): Generator<Candidate> {
    for (const sameId of [this.#withTaxId(ids), this.#withMerchantId(ids)]) {
      if (sameId) yield { sameName: sameId, ends: 'WELL' }
    }
    const whole = this.#byMatch.EXACT.get(name)
    if (whole) yield { sameName: whole, ends: 'WELL' }
    for (let end = name.length; end > 0; end--) {
      const beginning = name.slice(0, end)
      const prefix = this.#byMatch.PREFIX.get(beginning)
      const ends = mayEndAt(name, end) ? 'WELL' : 'INSIDE_WORD'
      if (prefix) yield { sameName: prefix, ends }
      const exact = end < name.length ? this.#byMatch.EXACT.get(beginning) : undefined
      if (exact) yield { sameName: exact, ends: 'NOT_WHOLE_NAME' }
    }
  }

  /** Returns the rule and the rules that tie with it, lowest id first. */
  #sharing(rule: MerchantRule): readonly MerchantRule[] {
    return [rule, ...(this.#tied.get(slotKey(slotOf(rule))) ?? [])]
  }

  #add(rule: MerchantRule, slot: MerchantRuleSlot): void {
    const rules = this.#byMatch[slot.match]
    const sameName = rules.get(slot.name) ?? new SameName()
    rules.set(slot.name, sameName)
    const holder = sameName.at(slot)
    if (holder) this.#share(slot, [...this.#sharing(holder), rule])
    else sameName.put(slot, rule)
    if (!isById(rule)) this.#names.add(slot.name)
    this.#byId.set(rule.id, rule)
  }

  #remove(id: MerchantRuleId): void {
    const rule = this.#byId.get(id)
    if (!rule) return
    const slot = slotOf(rule)
    const rules = this.#byMatch[slot.match]
    const sameName = rules.get(slot.name)
    const holder = sameName?.at(slot) ?? rule
    const left = this.#sharing(holder).filter((one) => one !== rule)
    this.#share(slot, left)
    if (sameName?.isEmpty) rules.delete(slot.name)
    this.#byId.delete(id)
  }

  /** Gives the slot to the rule with the lowest id, and keeps the others as tied. */
  #share(slot: MerchantRuleSlot, sharing: readonly MerchantRule[]): void {
    const sameName = this.#byMatch[slot.match].get(slot.name)
    const [holder, ...tied] = [...sharing].sort((a, b) => (a.id < b.id ? -1 : 1))
    sameName?.remove(slot)
    if (holder) sameName?.put(slot, holder)
    if (tied.length > 0) this.#tied.set(slotKey(slot), tied)
    else this.#tied.delete(slotKey(slot))
  }
}

/** Creates an index of these rules. */
export function merchantRules(rules: readonly MerchantRule[]): MerchantRuleIndex {
  const index = new MerchantRuleIndex()
  index.apply({ upserted: rules, deleted: [] })
  return index
}

type Candidate = {
  readonly sameName: SameName
  readonly ends: 'WELL' | 'NOT_WHOLE_NAME' | 'INSIDE_WORD'
}

/**
 * Rules with the same match and name, at most one per place. Most names have a single rule, for anywhere or
 * for one place. It is stored in a field, since reading a table takes longer.
 */
class SameName {
  #anywhere: MerchantRule | undefined
  #bound: MerchantRule | undefined
  /** The place of `#bound`. */
  #place = ''
  #others: Map<string, MerchantRule> | undefined

  get isEmpty(): boolean {
    return this.#anywhere === undefined && this.#bound === undefined
  }

  at({ city, country }: MerchantRuleSlot): MerchantRule | undefined {
    if (city === undefined && country === undefined) return this.#anywhere
    return this.#at(placeKey(city, country))
  }

  put({ city, country }: MerchantRuleSlot, rule: MerchantRule): void {
    if (city === undefined && country === undefined) {
      this.#anywhere = rule
      return
    }
    const place = placeKey(city, country)
    // The place is free: the index removes its earlier rule first.
    if (this.#bound !== undefined) {
      this.#others ??= new Map()
      this.#others.set(place, rule)
      return
    }
    this.#bound = rule
    this.#place = place
  }

  remove({ city, country }: MerchantRuleSlot): void {
    if (city === undefined && country === undefined) {
      this.#anywhere = undefined
      return
    }
    const place = placeKey(city, country)
    if (this.#place !== place) {
      this.#others?.delete(place)
      return
    }
    const [next] = this.#others ?? []
    this.#place = next?.[0] ?? ''
    this.#bound = next?.[1]
    this.#others?.delete(this.#place)
  }

  /** Returns the rule for the narrowest place that covers the merchant. */
  best({ city, country }: Merchant): MerchantRule | undefined {
    if (this.#bound === undefined || city === undefined) return this.#anywhere
    return (
      this.#at(placeKey(city, country)) ??
      this.#at(placeKey(city, undefined)) ??
      this.#at(placeKey(undefined, country)) ??
      this.#anywhere
    )
  }

  /** Lists the rules that cover the merchant, narrowest place first. */
  *covering({ city, country }: Merchant): Generator<MerchantRule> {
    for (const place of [placeKey(city, country), placeKey(city, undefined), placeKey(undefined, country)]) {
      const rule = this.#at(place)
      if (rule) yield rule
    }
    if (this.#anywhere) yield this.#anywhere
  }

  *all(): Generator<MerchantRule> {
    if (this.#bound) yield this.#bound
    if (this.#others) yield* this.#others.values()
    if (this.#anywhere) yield this.#anywhere
  }

  #at(place: string): MerchantRule | undefined {
    return this.#place === place ? this.#bound : this.#others?.get(place)
  }
}

/**
 * Size of a {@link NameFilter} in bits, as a power of two: 256 KiB. A hundred thousand names set one bit in
 * twenty.
 */
const FILTER_BITS = 21

/**
 * A hash filter that rules out most names without a look-up. A table of a hundred thousand names fits in no
 * processor cache, so a look-up is slow. The filter never forgets a name; a stale one costs a look-up, no
 * more.
 */
class NameFilter {
  readonly #bits = new Uint32Array(2 ** (FILTER_BITS - 5))

  add(name: string): void {
    let hash = 0
    for (let at = 0; at < name.length; at++) hash = mixed(hash, name.charCodeAt(at))
    const bit = bitOf(hash)
    this.#bits[bit >>> 5] = (this.#bits[bit >>> 5] ?? 0) | (1 << (bit & 31))
  }

  /**
   * Lists the ends of those beginnings of the name that may be a rule's name, shortest first. Considers only
   * positions where a prefix may end.
   */
  beginningsOf(name: string): number[] {
    const ends: number[] = []
    let hash = 0
    for (let end = 1; end <= name.length; end++) {
      hash = mixed(hash, name.charCodeAt(end - 1))
      if (mayEndAt(name, end) && this.#has(bitOf(hash))) ends.push(end)
    }
    return ends
  }

  #has(bit: number): boolean {
    return (((this.#bits[bit >>> 5] ?? 0) >>> (bit & 31)) & 1) === 1
  }
}

function mixed(hash: number, character: number): number {
  return Math.imul(hash ^ character, 0x01000193)
}

/** Returns the filter bit of a hash: its upper bits, which depend on every character. */
function bitOf(hash: number): number {
  return Math.imul(hash, 0x9e3779b1) >>> (32 - FILTER_BITS)
}

/**
 * Writes a place as a unique key. A country has two letters or is absent, so two places never share a key.
 */
function placeKey(city: string | undefined, country: string | undefined): string {
  return `${country ?? ''}/${city ?? ''}`
}

/** Whether a prefix may end before this character: anywhere but inside a word. */
function mayEndAt(name: string, end: number): boolean {
  return end === name.length || !isOfWord(name, end) || !isOfWord(name, end - 1)
}

/** Whether the character is a letter, a digit or half of a surrogate pair, which must stay whole. */
function isOfWord(name: string, at: number): boolean {
  const code = name.charCodeAt(at)
  if (code < 0x80) return wordOfAscii[code] === true
  return (code >= 0xd800 && code <= 0xdfff) || /[\p{L}\p{N}]/u.test(name.charAt(at))
}

const wordOfAscii: readonly boolean[] = Array.from({ length: 0x80 }, (_, code) =>
  /[A-Za-z0-9]/.test(String.fromCharCode(code)),
)

function whyBehind(winner: MerchantRule, rule: MerchantRule): PassedOver {
  if (winner.match !== rule.match) {
    if (rule.match === 'MERCHANT_ID') return 'BY_MERCHANT_ID'
    return isById(winner) ? 'BY_NAME' : 'PREFIX'
  }
  const [slot, other] = [slotOf(winner), slotOf(rule)]
  if (slot.name !== other.name) return 'SHORTER'
  return slotKey(slot) === slotKey(other) ? 'TIE' : 'LESS_BOUND'
}

function* take<T>(items: Iterable<T>, limit: number): Generator<T> {
  let taken = 0
  for (const item of items) {
    if (taken === limit) return
    yield item
    taken += 1
  }
}
