import { type MerchantRule, type MerchantRuleId, slotKey, slotOf } from '../../domain/merchant-rule.js'
import type { MerchantRuleStore } from './merchant-rule-store.js'

/** Most rules of one import. */
export const IMPORT_RULES_MAX = 100_000

/** What came to be imported: a rule, and whatever is wrong with it by itself. */
export type ArrivingRule = {
  readonly rule: MerchantRule
  readonly faults: readonly { readonly field: string; readonly description: string }[]
}

/** A rule that cannot be imported, and why. */
export type RefusedRule = {
  /** Its place among those that came, from 0. */
  readonly index: number
  readonly id: MerchantRuleId
  /** INVALID: by itself. TWICE: its id came before. TIE: it would tie with a rule that came before, or that is there. */
  readonly reason: 'INVALID' | 'TWICE' | 'TIE'
  readonly description: string
  /** Place of the rule that came before with this id, or that it ties with. */
  readonly otherIndex?: number
  /** Id of the rule that it ties with. */
  readonly otherId?: MerchantRuleId
}

/** What became of an import. When anything was refused, nothing was changed. */
export type ImportOutcome = {
  readonly created: number
  readonly changed: number
  readonly unchanged: number
  /** In the order in which they came. */
  readonly refused: readonly RefusedRule[]
  /** Whether there would be too many rules. When there would be, nothing was changed. */
  readonly full: boolean
}

export type ImportOptions = {
  readonly store: MerchantRuleStore
  readonly by: string
  /** Asked before the import is made for good: throws when it is not to be. */
  readonly proceed: () => void
}

/** One import: rules are added as they come, and put in use together, or not at all. */
export class MerchantRuleImport {
  readonly #options: ImportOptions
  readonly #rules: MerchantRule[] = []
  readonly #refused: RefusedRule[] = []
  readonly #indexById = new Map<MerchantRuleId, number>()
  readonly #firstBySlot = new Map<string, { readonly index: number; readonly id: MerchantRuleId }>()
  #count = 0

  constructor(options: ImportOptions) {
    this.#options = options
  }

  /** How many have come. */
  get count(): number {
    return this.#count
  }

  add({ rule, faults }: ArrivingRule): void {
    const index = this.#count
    this.#count += 1
    const refusal = this.#refusalOf(rule, faults)
    if (refusal) this.#refused.push({ index, id: rule.id, ...refusal })
    else this.#rules.push(rule)
    if (!this.#indexById.has(rule.id)) this.#indexById.set(rule.id, index)
    if (!refusal) this.#firstBySlot.set(slotKey(slotOf(rule)), { index, id: rule.id })
  }

  /** Puts what has come in use. When something was refused, only looks for what else is wrong. */
  async finish(): Promise<ImportOutcome> {
    const { store, by, proceed } = this.#options
    const dryRun = this.#refused.length > 0
    const { ties, ...done } = await store.replace(this.#rules, { by, proceed, dryRun })
    const refused = [...this.#refused, ...this.#tiesFound(ties)].sort((a, b) => a.index - b.index)
    if (refused.length > 0) return { created: 0, changed: 0, unchanged: 0, refused, full: false }
    return { ...done, refused }
  }

  #refusalOf(
    rule: MerchantRule,
    faults: ArrivingRule['faults'],
  ): Omit<RefusedRule, 'index' | 'id'> | undefined {
    if (faults.length > 0) {
      const description = faults.map((fault) => `${fault.field} ${fault.description}`).join('; ')
      return { reason: 'INVALID', description }
    }
    const twin = this.#indexById.get(rule.id)
    if (twin !== undefined) {
      return { reason: 'TWICE', description: `id ${rule.id} came before`, otherIndex: twin }
    }
    const first = this.#firstBySlot.get(slotKey(slotOf(rule)))
    return first && { ...tieWith(first.id), otherIndex: first.index }
  }

  *#tiesFound(ties: ReadonlyMap<MerchantRuleId, MerchantRuleId>): Generator<RefusedRule> {
    for (const [id, otherId] of ties) {
      // Of every rule that went to the store the place is known.
      yield { index: this.#indexById.get(id) ?? 0, id, ...tieWith(otherId) }
    }
  }
}

function tieWith(otherId: MerchantRuleId) {
  const description = `ties with rule ${otherId}: same match, name, city and country`
  return { reason: 'TIE', description, otherId } as const
}
