import type { Merchant } from './merchant.js'
import {
  type MerchantRule,
  type MerchantRuleId,
  type MerchantRuleMatch,
  type MerchantRuleSlot,
  slotKey,
  slotOf,
} from './merchant-rule.js'

/** What has become of some rules: those that are new or changed, as they are now, and the ids of those that are gone. */
export type MerchantRuleChange = {
  readonly upserted: readonly MerchantRule[]
  readonly deleted: readonly MerchantRuleId[]
}

/** A rule that does not decide for a merchant, although its name is the merchant's or a part of it, and why. */
export type PassedOverRule = { readonly rule: MerchantRule; readonly why: PassedOver }

/**
 * - PREFIX: it covers the merchant, but an exact rule does, too.
 * - SHORTER: it covers the merchant, but a longer one does, too.
 * - LESS_BOUND: it covers the merchant, but one of the same name that is bound more closely does, too.
 * - TIE: it covers the merchant, but one with the same precedence and a lower id does, too.
 * - ELSEWHERE: it is bound to another city or country, or the merchant came without.
 * - NOT_WHOLE_NAME: it is exact, and the merchant's name goes on.
 * - INSIDE_WORD: it is a prefix that would end inside a word.
 */
export type PassedOver =
  | 'PREFIX'
  | 'SHORTER'
  | 'LESS_BOUND'
  | 'TIE'
  | 'ELSEWHERE'
  | 'NOT_WHOLE_NAME'
  | 'INSIDE_WORD'

/** Which rule decides for a merchant, and which do not. */
export type MerchantRuleExplanation = {
  readonly winner?: MerchantRule
  /** First those that cover the merchant, by precedence; then those that do not, those with the longest name first. */
  readonly passedOver: readonly PassedOverRule[]
  /** Whether there are more of them than are listed. */
  readonly more: boolean
}

/** Most rules that an explanation lists. */
const PASSED_OVER_MAX = 20

/**
 * Merchant rules arranged so that finding the one for a merchant costs the same with ten rules and with a hundred thousand: one
 * look-up for the exact name and one for each place in it where a prefix may end.
 *
 * Precedence: EXACT over PREFIX, then the longer name, then the more closely bound (city and country, city, country,
 * unbound), then the lower id. Only rules that were made under an earlier normal form get as far as their ids: the store refuses
 * the second of two that tie, but what is in it has to be usable.
 */
export class MerchantRuleIndex {
  readonly #byId = new Map<MerchantRuleId, MerchantRule>()
  readonly #byName: Readonly<Record<MerchantRuleMatch, Map<string, SameName>>> = {
    EXACT: new Map(),
    PREFIX: new Map(),
  }

  /** By their slots, rules that tie with the one that has its place, and have a higher id. */
  readonly #tied = new Map<string, readonly MerchantRule[]>()

  /** Names that some rule has had. */
  readonly #names = new NameFilter()

  /** How many rules there are. */
  get size(): number {
    return this.#byId.size
  }

  has(id: MerchantRuleId): boolean {
    return this.#byId.has(id)
  }

  /** Every rule, in no particular order. */
  rules(): Iterable<MerchantRule> {
    return this.#byId.values()
  }

  /**
   * Takes over changes, at a cost in proportion to them. Ids that are not there may be deleted, too.
   *
   * @throws RangeError when a rule stands twice in the change; then nothing has changed.
   */
  apply({ upserted, deleted }: MerchantRuleChange): void {
    const arriving = upserted.map((rule) => ({ rule, slot: slotOf(rule) }))
    const ids = new Set(upserted.map(({ id }) => id))
    if (ids.size < upserted.length) throw new RangeError('a merchant rule stands twice in one change')
    const leaving = new Set([...deleted, ...ids])
    for (const id of leaving) this.#remove(id)
    for (const { rule, slot } of arriving) this.#add(rule, slot)
  }

  /** The rule that decides for this merchant, or undefined when none covers it. */
  resolve(merchant: Merchant): MerchantRule | undefined {
    const { name } = merchant
    const ends = this.#names.beginningsOf(name)
    const isKnown = ends.at(-1) === name.length
    const exact = isKnown ? this.#byName.EXACT.get(name)?.best(merchant) : undefined
    if (exact !== undefined) return exact
    for (const end of ends.reverse()) {
      const rule = this.#byName.PREFIX.get(name.slice(0, end))?.best(merchant)
      if (rule !== undefined) return rule
    }
    return undefined
  }

  /** The same decision as {@link resolve}, with the rules that it passed over: at most {@link PASSED_OVER_MAX}. */
  explain(merchant: Merchant): MerchantRuleExplanation {
    const winner = this.resolve(merchant)
    const passedOver = [...take(this.#passedOver(merchant, winner), PASSED_OVER_MAX + 1)]
    return {
      ...(winner && { winner }),
      passedOver: passedOver.slice(0, PASSED_OVER_MAX),
      more: passedOver.length > PASSED_OVER_MAX,
    }
  }

  *#passedOver(merchant: Merchant, winner: MerchantRule | undefined): Generator<PassedOverRule> {
    const candidates = [...this.#candidates(merchant.name)]
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

  /** The rules named like the merchant, or like a beginning of it, by precedence; and whether they end as they must. */
  *#candidates(name: string): Generator<Candidate> {
    const whole = this.#byName.EXACT.get(name)
    if (whole) yield { sameName: whole, ends: 'WELL' }
    for (let end = name.length; end > 0; end--) {
      const beginning = name.slice(0, end)
      const prefix = this.#byName.PREFIX.get(beginning)
      const ends = mayEndAt(name, end) ? 'WELL' : 'INSIDE_WORD'
      if (prefix) yield { sameName: prefix, ends }
      const exact = end < name.length ? this.#byName.EXACT.get(beginning) : undefined
      if (exact) yield { sameName: exact, ends: 'NOT_WHOLE_NAME' }
    }
  }

  /** The rule and those that tie with it, the lowest id first. */
  #sharing(rule: MerchantRule): readonly MerchantRule[] {
    return [rule, ...(this.#tied.get(slotKey(slotOf(rule))) ?? [])]
  }

  #add(rule: MerchantRule, slot: MerchantRuleSlot): void {
    const byName = this.#byName[slot.match]
    const sameName = byName.get(slot.name) ?? new SameName()
    byName.set(slot.name, sameName)
    const holder = sameName.at(slot)
    if (holder) this.#share(slot, [...this.#sharing(holder), rule])
    else sameName.put(slot, rule)
    this.#names.add(slot.name)
    this.#byId.set(rule.id, rule)
  }

  #remove(id: MerchantRuleId): void {
    const rule = this.#byId.get(id)
    if (!rule) return
    const slot = slotOf(rule)
    const byName = this.#byName[slot.match]
    const sameName = byName.get(slot.name)
    const holder = sameName?.at(slot) ?? rule
    const left = this.#sharing(holder).filter((one) => one !== rule)
    this.#share(slot, left)
    if (sameName?.isEmpty) byName.delete(slot.name)
    this.#byId.delete(id)
  }

  /** Gives a slot to the lowest id among these rules, and keeps the others beside it. */
  #share(slot: MerchantRuleSlot, sharing: readonly MerchantRule[]): void {
    const sameName = this.#byName[slot.match].get(slot.name)
    const [holder, ...tied] = [...sharing].sort((a, b) => (a.id < b.id ? -1 : 1))
    sameName?.remove(slot)
    if (holder) sameName?.put(slot, holder)
    if (tied.length > 0) this.#tied.set(slotKey(slot), tied)
    else this.#tied.delete(slotKey(slot))
  }
}

/** An index of these rules. */
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
 * Rules of one match and one name: at most one for each place. Most names have a single rule, for anywhere or for one place, which is at
 * hand; what is in a table is farther away.
 */
class SameName {
  #anywhere: MerchantRule | undefined
  #bound: MerchantRule | undefined
  /** The place that `#bound` is for. */
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
    // No rule is in the same place: the index takes the one that was there away first.
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

  /** The most closely bound one that covers the merchant. */
  best({ city, country }: Merchant): MerchantRule | undefined {
    if (this.#bound === undefined || city === undefined) return this.#anywhere
    return (
      this.#at(placeKey(city, country)) ??
      this.#at(placeKey(city, undefined)) ??
      this.#at(placeKey(undefined, country)) ??
      this.#anywhere
    )
  }

  /** Those that cover the merchant, the most closely bound first. */
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

/** Bits of a {@link NameFilter}, as a power of two: 256 KiB, of which a hundred thousand names set one in twenty. */
const FILTER_BITS = 21

/**
 * Says of most names that no rule has them, by a hash: a table of a hundred thousand names is in no cache of the processor, and asking it
 * is what costs. It forgets nothing, which costs a look-up and no more.
 */
class NameFilter {
  readonly #bits = new Uint32Array(2 ** (FILTER_BITS - 5))

  add(name: string): void {
    let hash = 0
    for (let at = 0; at < name.length; at++) hash = mixed(hash, name.charCodeAt(at))
    const bit = bitOf(hash)
    this.#bits[bit >>> 5] = (this.#bits[bit >>> 5] ?? 0) | (1 << (bit & 31))
  }

  /** Where the beginnings of this name that a rule may have end, and where a prefix may end: the shortest first. */
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

/** The upper bits are the ones that every character has reached. */
function bitOf(hash: number): number {
  return Math.imul(hash, 0x9e3779b1) >>> (32 - FILTER_BITS)
}

/** A country has two letters or is absent, so that no two places have the same key. */
function placeKey(city: string | undefined, country: string | undefined): string {
  return `${country ?? ''}/${city ?? ''}`
}

/** Whether a prefix may end before this character of the name: anywhere but inside a word. */
function mayEndAt(name: string, end: number): boolean {
  return end === name.length || !isOfWord(name, end) || !isOfWord(name, end - 1)
}

/** Whether the character here is a letter or a digit, or one of those in two units, which must not be taken apart. */
function isOfWord(name: string, at: number): boolean {
  const code = name.charCodeAt(at)
  if (code < 0x80) return wordOfAscii[code] === true
  return (code >= 0xd800 && code <= 0xdfff) || /[\p{L}\p{N}]/u.test(name.charAt(at))
}

const wordOfAscii: readonly boolean[] = Array.from({ length: 0x80 }, (_, code) =>
  /[A-Za-z0-9]/.test(String.fromCharCode(code)),
)

function whyBehind(winner: MerchantRule, rule: MerchantRule): PassedOver {
  if (winner.match !== rule.match) return 'PREFIX'
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
