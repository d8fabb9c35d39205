import type { Id } from './id.js'
import { type MccSet, mccSet } from './mcc-set.js'
import type { Rail } from './network.js'

/** A kind of purchase with a wallet of its own. Its id names the wallet in every account. */
export type Category = {
  readonly id: CategoryId
  /** Name for people: 1 to 64 characters. */
  readonly displayName: string
  /** MCCs that the category pays for. Ignored for the free balance, which pays for any permitted MCC. */
  readonly mccs: MccSet
  /** Rank among the categories of one MCC: the lower pays first. The free balance always comes last. */
  readonly order: number
  /** True for the one category that pays for everything (CASH). */
  readonly free: boolean
  /**
   * Whether its wallets accept no more credits. Their money can still be spent, and reversals still give back
   * to them.
   */
  readonly creditsClosed: boolean
  /** Rails over which its wallets pay, in the order of `railSet`; empty: any rail, and no rail. */
  readonly rails: readonly Rail[]
  /**
   * Whether the law regulates its money: the workers' food programme (PAT) or the culture voucher. Never true
   * for the free balance. No decision reads it: it tells people and reports which money is regulated.
   */
  readonly regulated: boolean
  /** Whether a purchase that asks for a hold is paid at once (closed vouchers). Absent: it is held. */
  readonly immediate?: true
}

/** Name of a wallet: 1 to 32 characters of A-Z, 0-9 and _, the first one a letter. */
export type CategoryId = Id<'category'>

/** Longest display name, in characters. */
export const DISPLAY_NAME_LENGTH_MAX = 64
/** Largest value of `order`. */
export const ORDER_MAX = 1_000_000
/** Most categories in a catalog. */
export const CATEGORIES_MAX = 64

const CATEGORY_ID = /^[A-Z][A-Z0-9_]{0,31}$/
const MCC = /^\d{4}$/

/**
 * Whether the text is a valid category id. A valid id is also a safe MongoDB field name: no dot, no dollar.
 */
export function isCategoryId(text: string): boolean {
  return CATEGORY_ID.test(text)
}

/** Whether the text is a merchant category code: exactly four digits. */
export function isMcc(text: string): boolean {
  return MCC.test(text)
}

/** The challenge's profile: FOOD and MEAL by MCC, and CASH for everything. */
export const challengeCategories: readonly Category[] = [
  benefit({ id: 'FOOD', displayName: 'Food', order: 10, mccs: '5411 5412' }),
  benefit({ id: 'MEAL', displayName: 'Meals', order: 20, mccs: '5811 5812' }),
  freeBalance({ id: 'CASH', displayName: 'Free balance' }),
]

/** Creates a benefit category. `mccs` is separated by spaces. */
export function benefit({
  id,
  displayName,
  order,
  mccs,
  rails = [],
  regulated = false,
  immediate = false,
}: {
  readonly id: CategoryId
  readonly displayName: string
  readonly order: number
  readonly mccs: string
  readonly rails?: readonly Rail[]
  readonly regulated?: boolean
  readonly immediate?: boolean
}): Category {
  return {
    id,
    displayName,
    order,
    mccs: mccSet(mccs.split(' ')),
    free: false,
    creditsClosed: false,
    rails,
    regulated,
    ...(immediate && { immediate: true as const }),
  }
}

/** Creates a free balance. */
export function freeBalance({
  id,
  displayName,
  rails = [],
}: Pick<Category, 'id' | 'displayName'> & { readonly rails?: readonly Rail[] }): Category {
  return { id, displayName, mccs: [], order: 1000, free: true, creditsClosed: false, rails, regulated: false }
}
