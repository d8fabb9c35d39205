/** A kind of purchase that a wallet pays for. Its id names the wallet in every account. */
export type Category = {
  readonly id: CategoryId
  /** Merchant category codes it pays for: four digits each. Ignored for the free balance, which pays for any. */
  readonly mccs: ReadonlySet<string>
  /** Place among the categories of one MCC: the lower pays first. The free balance comes last whatever its order. */
  readonly order: number
  /** True for the one category that pays for everything (CASH). */
  readonly free: boolean
}

/** Name of a wallet: 1 to 32 characters of A-Z, 0-9 and _, the first one a letter. */
export type CategoryId = string

const CATEGORY_ID = /^[A-Z][A-Z0-9_]{0,31}$/
const MCC = /^\d{4}$/

/** Whether the text can name a category (and so be a field of a MongoDB document: no point, no dollar). */
export function isCategoryId(text: string): boolean {
  return CATEGORY_ID.test(text)
}

/** Whether the text is a merchant category code: exactly four digits. */
export function isMcc(text: string): boolean {
  return MCC.test(text)
}

/** The profile of the challenge: FOOD and MEAL by MCC, and CASH for everything. */
export const challengeCategories: readonly Category[] = [
  { id: 'FOOD', mccs: new Set(['5411', '5412']), order: 10, free: false },
  { id: 'MEAL', mccs: new Set(['5811', '5812']), order: 20, free: false },
  { id: 'CASH', mccs: new Set(), order: 1000, free: true },
]
