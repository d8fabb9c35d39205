import type { Db } from 'mongodb'
import type { CatalogStore } from '../application/catalog-cache.js'
import type { Category } from '../domain/category.js'
import type { MerchantRule } from '../domain/merchant-rule.js'
import { OPERATION_MS_MAX } from './client.js'
import { collections } from './collections.js'
import { whileAvailable } from './errors.js'

/** A category as stored: `categories`. */
export type CategoryDocument = {
  readonly _id: string
  readonly mccs: readonly string[]
  readonly order: number
  readonly free: boolean
}

/** A merchant rule as stored: `merchant_rules`. */
type MerchantRuleDocument = Omit<MerchantRule, 'id'> & { readonly _id: string }

/** Categories and merchant rules in MongoDB. */
export class MongoCatalogStore implements CatalogStore {
  readonly #db: Db

  constructor(db: Db) {
    this.#db = db
  }

  async read(): Promise<{
    readonly categories: readonly Category[]
    readonly rules: readonly MerchantRule[]
  }> {
    return await whileAvailable('reading the catalog', async () => {
      const options = { maxTimeMS: OPERATION_MS_MAX }
      // Together: a second promise that nobody waits for yet would end the process if it failed with the first.
      const [categories, rules] = await Promise.all([
        this.#db.collection<CategoryDocument>(collections.categories).find({}, options).toArray(),
        this.#rules.find({}, options).toArray(),
      ])
      return {
        categories: categories.map(({ _id, mccs, order, free }) => ({
          id: _id,
          mccs: new Set(mccs),
          order,
          free,
        })),
        rules: rules.map(({ _id, ...rule }) => ({ id: _id, ...rule })),
      }
    })
  }

  /** Adds rules; one whose id is taken is left as it is. */
  async addRules(rules: readonly MerchantRule[]): Promise<void> {
    if (rules.length === 0) return
    await whileAvailable('adding merchant rules', () =>
      this.#rules.bulkWrite(
        rules.map(({ id, ...rule }) => ({
          updateOne: { filter: { _id: id }, update: { $setOnInsert: rule }, upsert: true },
        })),
        { ordered: false },
      ),
    )
  }

  get #rules() {
    return this.#db.collection<MerchantRuleDocument>(collections.merchantRules)
  }
}

/** Writes a category as stored. */
export function categoryDocument({ id, mccs, order, free }: Category): CategoryDocument {
  return { _id: id, mccs: [...mccs], order, free }
}
