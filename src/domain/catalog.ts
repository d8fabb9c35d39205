import type { Category, CategoryId } from './category.js'
import { parseMerchant } from './merchant.js'
import { type MerchantRule, merchantRules } from './merchant-rule.js'

/** The rules that route money, as one immutable whole: a decision uses one catalog from beginning to end. */
export type Catalog = {
  /** The MCC to decide by: that of the merchant's rule if there is one, else the one received (challenge, L3). */
  route(purchase: { readonly mcc: string; readonly merchant: string }): Route
  /** Every category, in order, the free balance last. */
  readonly categories: readonly Category[]
}

/** Where a purchase may be paid from, and why. */
export type Route = {
  /** The MCC that chose the wallets: four digits. */
  readonly effectiveMcc: string
  /** Id of the merchant rule that replaced the MCC; absent when none matched. */
  readonly merchantRule?: string
  /** The wallets that may pay, in the order they are asked; the free balance is always the last. */
  readonly wallets: readonly CategoryId[]
}

/**
 * Builds a catalog.
 *
 * @throws RangeError when there is not exactly one free balance, a category stands twice, or two rules tie.
 */
export function createCatalog(categories: readonly Category[], rules: readonly MerchantRule[]): Catalog {
  const ordered = [...categories].sort(byPlace)
  const free = onlyFreeBalance(ordered)
  const walletsByMcc = walletsOf(ordered, free)
  const freeOnly: readonly CategoryId[] = [free]
  const resolver = merchantRules(rules)

  return {
    categories: ordered,
    route({ mcc, merchant }) {
      const rule = resolver.resolve(parseMerchant(merchant))
      const effectiveMcc = rule?.mcc ?? mcc
      const wallets = walletsByMcc.get(effectiveMcc) ?? freeOnly
      return rule ? { effectiveMcc, wallets, merchantRule: rule.id } : { effectiveMcc, wallets }
    },
  }
}

function byPlace(a: Category, b: Category): number {
  return Number(a.free) - Number(b.free) || a.order - b.order || (a.id < b.id ? -1 : 1)
}

function onlyFreeBalance(categories: readonly Category[]): CategoryId {
  const ids = new Set(categories.map((category) => category.id))
  if (ids.size !== categories.length) throw new RangeError('a category stands twice in the catalog')
  const [free, ...more] = categories.filter((category) => category.free)
  if (!free || more.length > 0) {
    throw new RangeError(`the catalog needs exactly one free balance, not ${free ? more.length + 1 : 0}`)
  }
  return free.id
}

function walletsOf(
  ordered: readonly Category[],
  free: CategoryId,
): ReadonlyMap<string, readonly CategoryId[]> {
  const wallets = new Map<string, CategoryId[]>()
  for (const category of ordered) {
    if (category.free) continue
    for (const mcc of category.mccs) wallets.set(mcc, [...(wallets.get(mcc) ?? []), category.id])
  }
  for (const list of wallets.values()) list.push(free)
  return wallets
}
