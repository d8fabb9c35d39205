import type { Category, CategoryId } from './category.js'
import { type MissingRail, permitsRail } from './category-rails.js'
import { mccsOf } from './mcc-set.js'
import type { Rail } from './network.js'

/** The wallets of one MCC, for purchases over one rail. */
export type Payers = {
  /** The wallets that permit the rail, in the order in which they are tried: the free balance last. */
  readonly wallets: readonly CategoryId[]
  /** The same wallets without the free balance. */
  readonly withoutFree: readonly CategoryId[]
  /** The wallets that do not permit the rail, in the same order. */
  readonly wrongRail: readonly CategoryId[]
}

type PayersByRail = Readonly<Record<Rail | 'ABSENT', Payers>>

/** The wallets of every MCC and rail, prepared so that a decision only looks them up. */
export class WalletIndex {
  readonly #byMcc: ReadonlyMap<string, PayersByRail>
  /** The wallets of an MCC without a category: the free balance. */
  readonly #freeOnly: PayersByRail

  /** @param ordered all categories in the order in which they pay, the free balance last. */
  constructor(ordered: readonly Category[], missingRail: MissingRail) {
    const free = ordered.filter((category) => category.free)
    this.#freeOnly = payersByRail(free, missingRail)
    this.#byMcc = payersByMcc(ordered, free, missingRail)
  }

  /** Returns the wallets for an MCC and a rail. Undefined: the network sent no rail. */
  payersOf(mcc: string, rail: Rail | undefined): Payers {
    const byRail = this.#byMcc.get(mcc) ?? this.#freeOnly
    return byRail[rail ?? 'ABSENT']
  }
}

function payersByMcc(
  ordered: readonly Category[],
  free: readonly Category[],
  missingRail: MissingRail,
): ReadonlyMap<string, PayersByRail> {
  const categoriesByMcc = new Map<string, Category[]>()
  for (const category of ordered) {
    if (category.free) continue
    for (const mcc of mccsOf(category.mccs)) {
      const list = categoriesByMcc.get(mcc)
      if (list) list.push(category)
      else categoriesByMcc.set(mcc, [category])
    }
  }
  // The MCCs of one category mostly have the same payers, which are therefore made only once.
  const madeByIds = new Map<string, PayersByRail>()
  const payers = new Map<string, PayersByRail>()
  for (const [mcc, categories] of categoriesByMcc) {
    const ids = categories.map(({ id }) => id).join()
    const made = madeByIds.get(ids) ?? payersByRail([...categories, ...free], missingRail)
    madeByIds.set(ids, made)
    payers.set(mcc, made)
  }
  return payers
}

function payersByRail(categories: readonly Category[], missingRail: MissingRail): PayersByRail {
  const over = (rail: Rail | undefined) =>
    payersAmong(categories, (category) => permitsRail(category, rail, missingRail))
  return { ABSENT: over(undefined), VOUCHER: over('VOUCHER'), CREDIT: over('CREDIT'), DEBIT: over('DEBIT') }
}

function payersAmong(categories: readonly Category[], permits: (category: Category) => boolean): Payers {
  const permitting = categories.filter(permits)
  const others = categories.filter((category) => !permits(category))
  return {
    wallets: idsOf(permitting),
    withoutFree: idsOf(permitting.filter(({ free }) => !free)),
    wrongRail: idsOf(others),
  }
}

function idsOf(categories: readonly Category[]): readonly CategoryId[] {
  return categories.map(({ id }) => id)
}
