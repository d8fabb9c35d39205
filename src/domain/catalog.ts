import type { Category, CategoryId } from './category.js'
import { type CategorySet, contradictionIn } from './category-contradiction.js'
import { type MissingRail, permitsRail } from './category-rails.js'
import type { Fallback } from './entry.js'
import { defaultHoldPolicy, type HoldPolicy } from './hold-policy.js'
import { invariant } from './invariant.js'
import type { MccList, MccPolicy } from './mcc-policy.js'
import { hasMcc, type MccSet, mccsOf } from './mcc-set.js'
import { parseMerchant } from './merchant.js'
import type { MerchantRule } from './merchant-rule.js'
import { type MerchantRuleChange, MerchantRuleIndex } from './merchant-rule-index.js'
import type { NetworkData } from './network.js'
import { WalletIndex } from './wallet-index.js'

/** The wallets that may pay a purchase, and the MCC that chose them. */
export type Route = {
  /** The MCC that chose the wallets: four digits. */
  readonly effectiveMcc: string
  /** Id of the merchant rule that replaced the MCC; absent when no rule matched. */
  readonly merchantRule?: string
  /** The list of the MCC policy that forbids the purchase; undefined when none does. */
  readonly forbiddenBy: MccList | undefined
  /**
   * The wallets that may pay, in the order in which they are tried. The free balance is last, unless the
   * purchase keeps it out or its rail does.
   */
  readonly wallets: readonly CategoryId[]
  /** The wallets that would pay for the effective MCC, but not over the purchase's rail. */
  readonly wrongRail: readonly CategoryId[]
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
  /** Absent: accept. */
  readonly missingRail?: MissingRail
  /** Absent: the default policy. */
  readonly holdPolicy?: HoldPolicy
}

/** Most rules applied in one step. More would delay decisions by over a millisecond or two. */
const STEP_RULES_MAX = 500

/** The difference between two versions of the catalog. */
export type CatalogDelta = MccPolicy & {
  readonly version: bigint
  readonly holdPolicy: HoldPolicy
  /** Categories that are new or changed, in their new form. */
  readonly upserted: readonly Category[]
  readonly deleted: readonly CategoryId[]
  readonly rules: MerchantRuleChange
}

/** One complete version of the rules that route money. A decision uses one catalog from beginning to end. */
export class Catalog {
  readonly version: bigint
  /** All categories in order, the free balance last. */
  readonly categories: readonly Category[]
  readonly neverPermitted: MccSet
  readonly neverPermittedAsReceived: MccSet
  readonly holdPolicy: HoldPolicy
  readonly #rules: MerchantRuleIndex
  readonly #missingRail: MissingRail
  readonly #walletIndex: WalletIndex
  readonly #forbidden: ReadonlySet<string>
  readonly #forbiddenAsReceived: ReadonlySet<string>
  #succeeded = false

  /** @throws RangeError when the categories contradict each other. */
  constructor({
    version,
    categories,
    neverPermitted,
    neverPermittedAsReceived,
    rules,
    missingRail = 'accept',
    holdPolicy = defaultHoldPolicy,
  }: CatalogParts) {
    const contradiction = contradictionIn({ categories, neverPermitted, neverPermittedAsReceived })
    if (contradiction !== undefined) throw new RangeError(contradiction)
    this.version = version
    this.categories = [...categories].sort(byPlace)
    this.neverPermitted = neverPermitted
    this.neverPermittedAsReceived = neverPermittedAsReceived
    this.holdPolicy = holdPolicy
    this.#rules = rules
    this.#missingRail = missingRail
    this.#walletIndex = new WalletIndex(this.categories, missingRail)
    this.#forbidden = new Set(mccsOf(neverPermitted))
    this.#forbiddenAsReceived = new Set(mccsOf(neverPermittedAsReceived))
  }

  /** The merchant rules of this version. Do not keep them: a later version takes them over. */
  get rules(): Pick<MerchantRuleIndex, 'resolve' | 'explain' | 'size'> {
    this.#mustBeCurrent()
    return this.#rules
  }

  /**
   * Chooses the wallets for a purchase. A merchant rule's MCC takes precedence over the received one
   * (challenge, L3). Without fallback, the free balance is none of them. A category that does not permit the
   * purchase's rail is none of them either.
   */
  route({ mcc, merchant, fallback, network }: RoutedPurchase): Route {
    this.#mustBeCurrent()
    const rule = this.#rules.resolve(parseMerchant(merchant), network)
    const effectiveMcc = rule?.mcc ?? mcc
    const { wallets, withoutFree, wrongRail } = this.#walletIndex.payersOf(effectiveMcc, network?.rail)
    return {
      effectiveMcc,
      ...(rule && { merchantRule: rule.id }),
      forbiddenBy: this.#forbiddenBy(mcc, effectiveMcc),
      wallets: fallback === 'NEVER' ? withoutFree : wallets,
      wrongRail,
    }
  }

  /**
   * Whether this wallet may pay for a purchase with this effective MCC. Reads the category instead of a
   * route, so that a wrong route cannot confirm itself.
   */
  maySpend(
    wallet: CategoryId,
    effectiveMcc: string,
    { mcc, fallback, network }: Omit<RoutedPurchase, 'merchant'>,
  ): boolean {
    const category = this.categories.find(({ id }) => id === wallet)
    if (!category || hasMcc(this.neverPermitted, effectiveMcc)) return false
    if (hasMcc(this.neverPermittedAsReceived, mcc)) return false
    if (!permitsRail(category, network?.rail, this.#missingRail)) return false
    return category.free ? fallback !== 'NEVER' : hasMcc(category.mccs, effectiveMcc)
  }

  /**
   * Returns the wallet for a purchase that must be booked: the first one that may pay and has the amount, or
   * else the first one. Without any, a wallet that its rail excludes; without that, the free balance.
   */
  walletToBook({ wallets, wrongRail }: Route, has: (wallet: CategoryId) => boolean): CategoryId {
    const candidates = wallets.length > 0 ? wallets : wrongRail
    return candidates.find(has) ?? candidates[0] ?? this.#freeBalance()
  }

  /**
   * Returns the wallet for a refund without a purchase: the benefit wallet of its MCC, whatever its rail.
   * Only an MCC without a benefit wallet leads to the free balance: regulated money must not become free.
   */
  walletToRefund({ wallets, wrongRail }: Route): CategoryId {
    const free = this.#freeBalance()
    return [...wallets, ...wrongRail].find((wallet) => wallet !== free) ?? free
  }

  /** Whether purchases of this wallet are paid at once, even if they ask for a hold. */
  isImmediate(wallet: CategoryId): boolean {
    return this.categories.find(({ id }) => id === wallet)?.immediate ?? false
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
    const categories = this.#categoriesAfter(delta)
    const successor = new Catalog({
      ...delta,
      categories,
      rules: this.#rules,
      missingRail: this.#missingRail,
    })
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
    const { rules } = delta
    const categories = this.#categoriesAfter(delta)
    const deleted = new Set(rules.deleted)
    const index = new MerchantRuleIndex()
    yield* fill(index, rules.upserted)
    const isLeft = ({ id }: MerchantRule) => !index.has(id) && !deleted.has(id)
    yield* fill(index, this.#rules.rules(), isLeft)
    return new Catalog({ ...delta, categories, rules: index, missingRail: this.#missingRail })
  }

  /** The MCC as received is compared first: no merchant rule lifts that list. */
  #forbiddenBy(mcc: string, effectiveMcc: string): MccList | undefined {
    if (this.#forbiddenAsReceived.has(mcc)) return 'NEVER_PERMITTED_AS_RECEIVED'
    return this.#forbidden.has(effectiveMcc) ? 'NEVER_PERMITTED' : undefined
  }

  #freeBalance(): CategoryId {
    const free = this.categories.at(-1)
    invariant(free?.free === true, 'the free balance is the last category')
    return free.id
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
export function* catalogInSteps(
  delta: CatalogDelta,
  missingRail: MissingRail = 'accept',
): Generator<undefined, Catalog> {
  const index = new MerchantRuleIndex()
  yield* fill(index, delta.rules.upserted)
  return new Catalog({ ...delta, categories: delta.upserted, rules: index, missingRail })
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
