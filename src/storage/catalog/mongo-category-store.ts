import type { ClientSession, Db } from 'mongodb'
import type { Budget } from '../../application/budget.js'
import type { CategoryEditing, CategoryStore } from '../../application/catalog/category-store.js'
import { UndecidedError } from '../../application/errors.js'
import type { AccountId } from '../../domain/account-status.js'
import type { CategoryId } from '../../domain/category.js'
import { type CategoryEdit, isIdle, type KeptCategorySet } from '../../domain/category-edit.js'
import { type HoldPolicy, sameHoldPolicy } from '../../domain/hold-policy.js'
import { invariant } from '../../domain/invariant.js'
import type { AccountDocument } from '../account/account-document.js'
import { OPERATION_MS_MAX } from '../client.js'
import { collections } from '../collections.js'
import { mapTransientErrors } from '../errors.js'
import {
  CATALOG_ID,
  type CatalogChange,
  type CatalogDocument,
  changeCatalog,
  type Tombstone,
  tombstoneOf,
} from './catalog-change.js'
import { atOneMoment } from './catalog-snapshot.js'
import { type CategoryDocument, categoryDocument, categoryOf } from './category-document.js'
import { holdPolicyDocument, holdPolicyOf } from './hold-policy-document.js'
import { mccPolicyOf, mccPolicyUpdate } from './mcc-policy-document.js'
import { SharedReads } from './shared-reads.js'

/** Accounts scanned in one operation, which takes a few tenths of a second. */
const ACCOUNTS_MAX = 20_000

/** Categories in MongoDB, for their administration. */
export class MongoCategoryStore implements CategoryStore {
  readonly #db: Db
  /** Without it, 300 calls at once wait for the few connections to the database, most of them in vain. */
  readonly #reads = new SharedReads(() =>
    mapTransientErrors('reading the categories', () =>
      atOneMoment(this.#db, (session) => this.#read(session)),
    ),
  )

  constructor(db: Db) {
    this.#db = db
  }

  read(): Promise<KeptCategorySet> {
    return this.#reads.read()
  }

  async edit(
    edit: (current: KeptCategorySet, at: Date) => CategoryEdit,
    by: string,
  ): Promise<CategoryEditing> {
    return await changeCatalog(this.#db, async (change) => {
      const { session } = change
      const before = await this.#read(session)
      const decided = edit(before, change.at)
      if (decided.type === 'REJECTED' || isIdle(decided, before)) {
        await session.abortTransaction()
        return { edit: decided, after: before }
      }
      await this.#write({ ...change, by }, decided)
      if (!sameHoldPolicy(decided.holdPolicy, before.holdPolicy))
        await this.#writeHoldPolicy(session, decided.holdPolicy)
      return { edit: decided, after: await this.#read(session) }
    })
  }

  async holderOf(wallet: CategoryId, budget: Budget): Promise<AccountId | undefined> {
    return await mapTransientErrors('searching a category for money', async () => {
      let afterId: AccountId = ''
      for (;;) {
        if (budget.remainingMs() <= 0) {
          throw new UndecidedError('NO_TIME_LEFT', 'not every account could be checked in time')
        }
        const page = await this.#holderAfter(afterId, wallet)
        if (!page || page.holder !== null) return page?.holder ?? undefined
        afterId = page.lastId
      }
    })
  }

  async #read(session: ClientSession): Promise<KeptCategorySet> {
    const options = { session, maxTimeMS: OPERATION_MS_MAX }
    const catalog = await this.#catalog.findOne({ _id: CATALOG_ID }, options)
    invariant(catalog !== null, 'the schema creates the catalog document')
    const found = await this.#db
      .collection<CategoryDocument>(collections.categories)
      .find({ free: { $exists: true } }, options)
      .toArray()
    return {
      kept: found.map((document) => ({
        category: categoryOf(document),
        version: document.version ?? 0n,
        changedAt: document.changed_at ?? catalog.changed_at,
        changedBy: document.changed_by ?? '',
      })),
      ...mccPolicyOf(catalog),
      holdPolicy: holdPolicyOf(catalog.hold_policy),
    }
  }

  async #write(
    change: CatalogChange & { readonly by: string },
    { upserted, deleted, ...policy }: CategoryEdit & { readonly type: 'EDIT' },
  ): Promise<void> {
    const options = { session: change.session, maxTimeMS: OPERATION_MS_MAX }
    const categories = this.#db.collection<CategoryDocument | Tombstone>(collections.categories)
    const documents = [
      ...upserted.map((category) => categoryDocument(category, change)),
      ...deleted.map((id) => tombstoneOf(id, change)),
    ]
    for (const document of documents) {
      await categories.replaceOne({ _id: document._id }, document, { ...options, upsert: true })
    }
    await this.#catalog.updateOne({ _id: CATALOG_ID }, mccPolicyUpdate(policy), options)
  }

  async #writeHoldPolicy(session: ClientSession, policy: HoldPolicy): Promise<void> {
    const update = { $set: { hold_policy: holdPolicyDocument(policy) } }
    await this.#catalog.updateOne({ _id: CATALOG_ID }, update, { session, maxTimeMS: OPERATION_MS_MAX })
  }

  /** Finds a holder among the next accounts, and the last account scanned; undefined at the end. */
  async #holderAfter(
    afterId: AccountId,
    wallet: CategoryId,
  ): Promise<{ readonly lastId: AccountId; readonly holder: AccountId | null } | undefined> {
    const holds = { $gt: [`$wallets.${wallet}`, 0n] }
    const pipeline = [
      { $match: { _id: { $gt: afterId } } },
      { $sort: { _id: 1 } },
      { $limit: ACCOUNTS_MAX },
      { $project: { holder: { $cond: [holds, '$_id', null] } } },
      { $group: { _id: null, lastId: { $max: '$_id' }, holder: { $max: '$holder' } } },
    ]
    const [page] = await this.#db
      .collection<AccountDocument>(collections.accounts)
      .aggregate<{ lastId: AccountId; holder: AccountId | null }>(pipeline, { maxTimeMS: OPERATION_MS_MAX })
      .toArray()
    return page
  }

  get #catalog() {
    return this.#db.collection<CatalogDocument>(collections.catalog)
  }
}
