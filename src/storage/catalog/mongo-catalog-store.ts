import type { ClientSession, Db, Document, Filter, FindOptions } from 'mongodb'
import type {
  CatalogListener,
  CatalogReading,
  CatalogStore,
  CatalogWatch,
} from '../../application/catalog/catalog-store.js'
import type { Category } from '../../domain/category.js'
import { invariant } from '../../domain/invariant.js'
import type { MerchantRule } from '../../domain/merchant-rule.js'
import { OPERATION_MS_MAX } from '../client.js'
import { type CollectionName, collections } from '../collections.js'
import { mapTransientErrors, unavailable } from '../errors.js'
import { UnfitDatabaseError } from '../failure-cause.js'
import { CATALOG_ID, type CatalogDocument, type Tombstone } from './catalog-change.js'
import { atOneMoment } from './catalog-snapshot.js'
import { type CategoryDocument, categoryOf } from './category-document.js'
import { holdPolicyOf } from './hold-policy-document.js'
import { mccPolicyOf } from './mcc-policy-document.js'
import { MongoCatalogWatch } from './mongo-catalog-watch.js'
import { type MerchantRuleDocument, merchantRuleOf } from './mongo-merchant-rule-document.js'

/** Documents in one batch. Reading a batch delays decisions by about two milliseconds. */
const BATCH_MAX = 300
/** Longest time for reading one collection inside the server, in milliseconds: there may be many rules. */
const READ_MS_MAX = 10_000

/** Excludes the fields that the catalog does not use. */
const projection = { slot: 0, changed_at: 0, changed_by: 0 } as const

/** The existing documents of a collection, and the ids of the deleted ones. */
type Found<T> = { readonly kept: readonly T[]; readonly deleted: readonly string[] }

type Wanted = {
  readonly session: ClientSession
  readonly name: CollectionName
  readonly known: bigint | undefined
}

/** The catalog in MongoDB. */
export class MongoCatalogStore implements CatalogStore {
  readonly #db: Db

  constructor(db: Db) {
    this.#db = db
  }

  async version(): Promise<bigint> {
    const { version } = await mapTransientErrors('reading the version of the catalog', () => this.#catalog())
    return version
  }

  async read(since?: bigint): Promise<CatalogReading> {
    return await mapTransientErrors('reading the catalog', () =>
      atOneMoment(this.#db, (session) => this.#read(session, since)),
    )
  }

  watch(listener: CatalogListener): CatalogWatch {
    return new MongoCatalogWatch(this.#db, listener)
  }

  async #read(session: ClientSession, since: bigint | undefined): Promise<CatalogReading> {
    const catalog = await this.#catalog(session)
    const { version, purged_version = 0n } = catalog
    const known = since !== undefined && since >= purged_version ? since : undefined
    const categories = await this.#found<CategoryDocument, Category>(
      { session, name: collections.categories, known },
      categoryOf,
    )
    const rules = await this.#found<MerchantRuleDocument, MerchantRule>(
      { session, name: collections.merchantRules, known },
      merchantRuleOf,
    )
    return {
      kind: known === undefined ? 'WHOLE' : 'CHANGES',
      version,
      upserted: categories.kept,
      deleted: categories.deleted,
      ...mccPolicyOf(catalog),
      holdPolicy: holdPolicyOf(catalog.hold_policy),
      rules: { upserted: rules.kept, deleted: rules.deleted },
    }
  }

  async #catalog(session?: ClientSession): Promise<CatalogDocument> {
    const catalog = await this.#db
      .collection<CatalogDocument>(collections.catalog)
      .findOne({ _id: CATALOG_ID }, { maxTimeMS: OPERATION_MS_MAX, ...(session && { session }) })
    if (!catalog)
      throw unavailable(
        'reading the catalog',
        new UnfitDatabaseError('BOOKS_MISSING', 'missing: the catalog'),
      )
    invariant(typeof catalog.version === 'bigint', 'the version of the catalog is an int64')
    return catalog
  }

  /** Reads the documents that are newer than the known version, or all of them when none is known. */
  async #found<Kept extends Document, T>(
    { session, name, known }: Wanted,
    read: (document: Kept) => T,
  ): Promise<Found<T>> {
    const filter: Filter<Document> =
      known === undefined ? { deleted: { $exists: false } } : { version: { $gt: known } }
    const options: FindOptions = { session, projection, batchSize: BATCH_MAX, maxTimeMS: READ_MS_MAX }
    const kept: T[] = []
    const deleted: string[] = []
    const cursor = this.#db.collection(name).find<Kept | Tombstone>(filter, options)
    // Waiting for each document on its own would take longer than all the rest.
    while (await cursor.hasNext()) {
      for (const document of cursor.readBufferedDocuments()) {
        if (isTombstone(document)) deleted.push(document._id)
        else kept.push(read(document))
      }
    }
    return { kept, deleted }
  }
}

function isTombstone(document: Document | Tombstone): document is Tombstone {
  return document['deleted'] === true
}
