import type { Category, CategoryId } from './category.js'
import { type CategorySet, contradictionIn } from './category-contradiction.js'
import type { Fallback } from './entry.js'
import { invariant } from './invariant.js'
import { hasMcc, type MccSet, mccsOf } from './mcc-set.js'
import { parseMerchant } from './merchant.js'
import type { MerchantRule } from './merchant-rule.js'
import { type MerchantRuleChange, MerchantRuleIndex } from './merchant-rule-index.js'
import type { NetworkData } from './network.js'

/** The wallets that may pay a purchase, and the MCC that chose them. */
export type Route = {
  /** The MCC that chose the wallets: four digits. */
  readonly effectiveMcc: string
  /** Id of the merchant rule that replaced the MCC; absent when no rule matched. */
  readonly merchantRule?: string
  /** Whether any wallet may pay for the effective MCC. */
  readonly permitted: boolean
  /**
   * The wallets that may pay, in the order in which they are tried. The free balance is last, unless the
   * purchase keeps it out.
   */
  readonly wallets: readonly CategoryId[]
}

/** The fields of a purchase that choose its wallets. */
export type RoutedPurchase = {
  readonly mcc: string
  readonly merchant: string
  readonly fallback?: Fallback
  readonly network?: NetworkData
}

export type CatalogParts = CategorySet & {
  /** Number of the catalog change that created this version. */
  readonly version: bigint
  /** The catalog takes ownership: the caller must not change the index afterwards. */
  readonly rules: MerchantRuleIndex
}

/** Most rules applied in one step. More would delay decisions by over a millisecond or two. */
const STEP_RULES_MAX = 500

/** The difference between two versions of the catalog. */
export type CatalogDelta = {
  readonly version: bigint
  /** Categories that are new or changed, in their new form. */
  readonly upserted: readonly Category[]
  readonly deleted: readonly CategoryId[]
  readonly neverPermitted: MccSet
  readonly rules: MerchantRuleChange
}

/** One complete version of the rules that route money. A decision uses one catalog from beginning to end. */
export class Catalog {
  readonly version: bigint
  /** All categories in order, the free balance last. */
  readonly categories: readonly Category[]
  readonly neverPermitted: MccSet
  readonly #rules: MerchantRuleIndex
  readonly #walletsByMcc: ReadonlyMap<string, readonly CategoryId[]>
  readonly #forbidden: ReadonlySet<string>
  /** The wallets of an MCC without a category. There is exactly one free balance. */
  readonly #freeOnly: readonly CategoryId[]
  #succeeded = false

  /** @throws RangeError when the categories contradict each other. */
  constructor({ version, categories, neverPermitted, rules }: CatalogParts) {
    const contradiction = contradictionIn({ categories, neverPermitted })
    if (contradiction !== undefined) throw new RangeError(contradiction)
    this.version = version
    this.categories = [...categories].sort(byPlace)
    this.neverPermitted = neverPermitted
    this.#rules = rules
    this.#freeOnly = this.categories.filter(({ free }) => free).map(({ id }) => id)
    this.#walletsByMcc = walletsOf(this.categories, this.#freeOnly)
    this.#forbidden = new Set(mccsOf(neverPermitted))
  }

  /** The merchant rules of this version. Do not keep them: a later version takes them over. */
  get rules(): Pick<MerchantRuleIndex, 'resolve' | 'explain' | 'size'> {
    this.#mustBeCurrent()
    return this.#rules
  }

  /**
   * Chooses the wallets for a purchase. A merchant rule's MCC takes precedence over the received one
   * (challenge, L3). Without fallback, the free balance is none of them.
   */
  route({ mcc, merchant, fallback, network }: RoutedPurchase): Route {
    this.#mustBeCurrent()
    const rule = this.#rules.resolve(parseMerchant(merchant), network)
    const effectiveMcc = rule?.mcc ?? mcc
    const wallets = this.#walletsByMcc.get(effectiveMcc) ?? this.#freeOnly
    return {
      effectiveMcc,
      ...(rule && { merchantRule: rule.id }),
      permitted: !this.#forbidden.has(effectiveMcc),
      wallets: fallback === 'NEVER' ? wallets.slice(0, -1) : wallets,
    }
  }

  /**
   * Whether this wallet may pay for this MCC. Reads the category instead of a route, so that a wrong route
   * cannot confirm itself.
   */
  maySpend(wallet: CategoryId, mcc: string, fallback?: Fallback): boolean {
    const category = this.categories.find(({ id }) => id === wallet)
    if (!category || hasMcc(this.neverPermitted, mcc)) return false
    return category.free ? fallback !== 'NEVER' : hasMcc(category.mccs, mcc)
  }

  /** Returns the reason why this wallet accepts no credits; undefined when it does. */
  creditRejection(wallet: CategoryId): 'CATEGORY_UNKNOWN' | 'CREDITS_CLOSED' | undefined {
    const category = this.categories.find(({ id }) => id === wallet)
    if (!category) return 'CATEGORY_UNKNOWN'
    return category.creditsClosed ? 'CREDITS_CLOSED' : undefined
  }

  /**
   * Returns the next version, at a cost proportional to the change. The new version takes over the merchant
   * rules, so this one can no longer route.
   *
   * @throws RangeError when the change contradicts itself or the catalog; then nothing has changed.
   */
  succeed(delta: CatalogDelta): Catalog {
    this.#mustBeCurrent()
    const { version, neverPermitted } = delta
    const categories = this.#categoriesAfter(delta)
    const successor = new Catalog({ version, categories, neverPermitted, rules: this.#rules })
    this.#rules.apply(delta.rules)
    this.#succeeded = true
    return successor
  }

  /**
   * Builds the next version beside this one, in steps of about a millisecond. Meant for large changes: the
   * cost is proportional to the number of all rules. This version stays usable meanwhile, but the caller must
   * not call `succeed` on it.
   *
   * @throws RangeError when the change contradicts itself or the catalog.
   */
  *succeedInSteps(delta: CatalogDelta): Generator<undefined, Catalog> {
    this.#mustBeCurrent()
    const { version, neverPermitted, rules } = delta
    const categories = this.#categoriesAfter(delta)
    const deleted = new Set(rules.deleted)
    const index = new MerchantRuleIndex()
    yield* fill(index, rules.upserted)
    const isLeft = ({ id }: MerchantRule) => !index.has(id) && !deleted.has(id)
    yield* fill(index, this.#rules.rules(), isLeft)
    return new Catalog({ version, categories, neverPermitted, rules: index })
  }

  #categoriesAfter({ upserted, deleted }: CatalogDelta): readonly Category[] {
    const changed = new Set([...deleted, ...upserted.map(({ id }) => id)])
    return [...this.categories.filter(({ id }) => !changed.has(id)), ...upserted]
  }

  #mustBeCurrent(): void {
    invariant(!this.#succeeded, 'a catalog is not used after its successor replaced it')
  }
}

/**
 * Builds a catalog from scratch, in steps of about a millisecond.
 *
 * @throws RangeError when its parts contradict each other.
 */
export function* catalogInSteps({
  version,
  upserted: categories,
  neverPermitted,
  rules,
}: CatalogDelta): Generator<undefined, Catalog> {
  const index = new MerchantRuleIndex()
  yield* fill(index, rules.upserted)
  return new Catalog({ version, categories, neverPermitted, rules: index })
}

/** Whether a change is small enough for a single step. */
export function isSmall({ rules }: CatalogDelta): boolean {
  return rules.upserted.length + rules.deleted.length <= STEP_RULES_MAX
}

/** Adds rules step by step; with a condition, those that meet it. */
function* fill(
  index: MerchantRuleIndex,
  rules: Iterable<MerchantRule>,
  isWanted: (rule: MerchantRule) => boolean = () => true,
): Generator<undefined> {
  for (const step of stepsOf(rules)) {
    index.apply({ upserted: step.filter(isWanted), deleted: [] })
    yield
  }
}

function* stepsOf(rules: Iterable<MerchantRule>): Generator<readonly MerchantRule[]> {
  let step: MerchantRule[] = []
  for (const rule of rules) {
    step.push(rule)
    if (step.length < STEP_RULES_MAX) continue
    yield step
    step = []
  }
  if (step.length > 0) yield step
}

function byPlace(a: Category, b: Category): number {
  return Number(a.free) - Number(b.free) || a.order - b.order || (a.id < b.id ? -1 : 1)
}

function walletsOf(
  ordered: readonly Category[],
  freeOnly: readonly CategoryId[],
): ReadonlyMap<string, readonly CategoryId[]> {
  const wallets = new Map<string, CategoryId[]>()
  for (const category of ordered) {
    if (category.free) continue
    for (const mcc of mccsOf(category.mccs)) {
      const list = wallets.get(mcc)
      if (list) list.push(category.id)
      else wallets.set(mcc, [category.id])
    }
  }
  for (const list of wallets.values()) list.push(...freeOnly)
  return wallets
}
