import { type MerchantRule, type MerchantRuleId, slotKey, slotOf } from '../../domain/merchant-rule.js'
import type { MerchantRuleStore } from './merchant-rule-store.js'

/** Most rules in one import. */
export const IMPORT_RULES_MAX = 100_000

/** A rule to import, with the faults found in it alone. */
export type ArrivingRule = {
  readonly rule: MerchantRule
  readonly faults: readonly { readonly field: string; readonly description: string }[]
}

/** A rule that the import rejects, and why. */
export type RejectedRule = {
  /** Its position in the import, from 0. */
  readonly index: number
  readonly id: MerchantRuleId
  /**
   * INVALID: the rule has faults. TWICE: an earlier rule has its id. TIE: it ties with an earlier or a stored
   * rule.
   */
  readonly reason: 'INVALID' | 'TWICE' | 'TIE'
  readonly description: string
  /** Position of the earlier rule with the same id, or that it ties with. */
  readonly otherIndex?: number
  /** Id of the rule that it ties with. */
  readonly otherId?: MerchantRuleId
}

/** The outcome of an import. When any rule was rejected, nothing was changed. */
export type ImportOutcome = {
  readonly created: number
  readonly changed: number
  readonly unchanged: number
  /** In the order of the import. */
  readonly rejected: readonly RejectedRule[]
  /** Whether the import would exceed the limit of rules. If so, nothing was changed. */
  readonly full: boolean
}

export type ImportOptions = {
  readonly store: MerchantRuleStore
  readonly by: string
  /** Called right before the commit. Throws to abort the import. */
  readonly proceed: () => void
}

/** One import of merchant rules. The caller adds them one by one; `finish` applies all of them or none. */
export class MerchantRuleImport {
  readonly #options: ImportOptions
  readonly #rules: MerchantRule[] = []
  readonly #rejected: RejectedRule[] = []
  readonly #indexById = new Map<MerchantRuleId, number>()
  readonly #firstBySlot = new Map<string, { readonly index: number; readonly id: MerchantRuleId }>()
  #count = 0

  constructor(options: ImportOptions) {
    this.#options = options
  }

  /** Number of rules added. */
  get count(): number {
    return this.#count
  }

  add({ rule, faults }: ArrivingRule): void {
    const index = this.#count
    this.#count += 1
    const rejection = this.#rejectionOf(rule, faults)
    if (rejection) this.#rejected.push({ index, id: rule.id, ...rejection })
    else this.#rules.push(rule)
    if (!this.#indexById.has(rule.id)) this.#indexById.set(rule.id, index)
    if (!rejection) this.#firstBySlot.set(slotKey(slotOf(rule)), { index, id: rule.id })
  }

  /** Applies the added rules. After any rejection it only looks for further faults. */
  async finish(): Promise<ImportOutcome> {
    const { store, by, proceed } = this.#options
    const dryRun = this.#rejected.length > 0
    const { ties, ...done } = await store.replace(this.#rules, { by, proceed, dryRun })
    const rejected = [...this.#rejected, ...this.#tiesFound(ties)].sort((a, b) => a.index - b.index)
    if (rejected.length > 0) return { created: 0, changed: 0, unchanged: 0, rejected, full: false }
    return { ...done, rejected }
  }

  #rejectionOf(
    rule: MerchantRule,
    faults: ArrivingRule['faults'],
  ): Omit<RejectedRule, 'index' | 'id'> | undefined {
    if (faults.length > 0) {
      const description = faults.map((fault) => `${fault.field} ${fault.description}`).join('; ')
      return { reason: 'INVALID', description }
    }
    const twin = this.#indexById.get(rule.id)
    if (twin !== undefined) {
      return { reason: 'TWICE', description: `an earlier rule has the id ${rule.id}`, otherIndex: twin }
    }
    const first = this.#firstBySlot.get(slotKey(slotOf(rule)))
    return first && { ...tieWith(first.id), otherIndex: first.index }
  }

  *#tiesFound(ties: ReadonlyMap<MerchantRuleId, MerchantRuleId>): Generator<RejectedRule> {
    for (const [id, otherId] of ties) {
      // The position of every rule sent to the store is known.
      yield { index: this.#indexById.get(id) ?? 0, id, ...tieWith(otherId) }
    }
  }
}

function tieWith(otherId: MerchantRuleId) {
  const description = `ties with rule ${otherId}: it covers the same merchants`
  return { reason: 'TIE', description, otherId } as const
}
