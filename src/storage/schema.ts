import { isDeepStrictEqual } from 'node:util'
import { type CreateIndexesOptions, type Db, type Document, MongoServerError, type UUID } from 'mongodb'
import { JOURNAL_MAX } from '../domain/account.js'
import { challengeCategories } from '../domain/category.js'
import { BOOKS_ID, type BooksIdentity, readIdentity, refuseNewer, takeSteps } from './books-identity.js'
import { CATALOG_ID, type CatalogDocument } from './catalog/catalog-change.js'
import { type CategoryDocument, categoryDocument } from './catalog/category-document.js'
import { type CollectionName, collections } from './collections.js'
import { UnfitDatabaseError } from './trouble.js'

const NAMESPACE_EXISTS = 48
/** Version of a catalog that nobody has changed yet. */
const FIRST_VERSION = 1n
/** Nothing is written that the validator refuses. */
const strict = { validationLevel: 'strict', validationAction: 'error' } as const

type Validation = typeof strict & { readonly validator: Document }

const text = { bsonType: 'string' }
const date = { bsonType: 'date' }
const int64 = { bsonType: 'long' }
/** Centavos: int64, never negative. The second guard, after the filter of each debit. */
const money = { bsonType: 'long', minimum: 0 }
/** A day of the calendar, as ISO 8601 writes it. */
const day = { bsonType: 'string', pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' }
const limits = object(['wallets'], {
  purchase: money,
  wallets: { bsonType: 'object', additionalProperties: object([], { day: money, month: money }) },
})
const mcc = { bsonType: 'string', pattern: '^[0-9]{4}$' }
/** One code, or a range of them. */
const mccs = {
  bsonType: 'array',
  items: { bsonType: 'string', pattern: '^[0-9]{4}(-[0-9]{4})?$' },
  uniqueItems: true,
}
/** What is left of a part of the catalog that was deleted. */
const tombstone = object(['_id', 'version', 'deleted', 'deleted_at'], {
  _id: text,
  version: { bsonType: 'long', minimum: 1 },
  deleted: { enum: [true] },
  deleted_at: date,
})

const validators: Readonly<Record<CollectionName, Document>> = {
  books: object(['_id', 'books_id', 'schema_version', 'created_at'], {
    _id: { enum: [BOOKS_ID] },
    books_id: { bsonType: 'string', minLength: 1 },
    schema_version: { bsonType: 'int', minimum: 2 },
    created_at: date,
  }),
  accounts: object(['_id', 'status', 'wallets', 'version', 'journal', 'updated_at'], {
    _id: text,
    status: { enum: ['UNOPENED', 'ACTIVE', 'BLOCKED', 'CLOSED'] },
    wallets: { bsonType: 'object', additionalProperties: money },
    limits,
    spent: {
      bsonType: 'object',
      additionalProperties: object(['day', 'day_amount', 'month_amount'], {
        day,
        day_amount: money,
        month_amount: money,
      }),
    },
    version: { bsonType: 'long', minimum: 1 },
    // What is inside was checked when it was made: looking at it again would cost every decision.
    journal: { bsonType: 'array', minItems: 1, maxItems: JOURNAL_MAX },
    reversed_ahead: { bsonType: 'bool' },
    created_at: date,
    updated_at: date,
  }),
  ledger: object(['_id', 'seq', 'kind', 'at', 'decision'], {
    _id: object(['account', 'transaction'], { account: text, transaction: text }),
    seq: { bsonType: 'long', minimum: 1 },
    kind: { enum: ['AUTHORIZATION', 'REVERSAL', 'CREDIT', 'ADMIN'] },
    at: date,
    decision: { enum: ['APPROVED', 'DECLINED'] },
    reason: text,
    amount: money,
    wallet: text,
    delta: int64,
    balance_after: money,
    mcc,
    effective_mcc: mcc,
    merchant: text,
    merchant_rule: text,
    catalog_version: { bsonType: 'long', minimum: 1 },
    original: text,
    described: {
      bsonType: 'object',
      properties: { amount: money, mcc, merchant: text },
      additionalProperties: false,
    },
    action: text,
    status: text,
    subject: text,
    day,
    limits,
  }),
  catalog: object(['_id', 'version', 'changed_at', 'never_permitted'], {
    _id: { enum: [CATALOG_ID] },
    version: { bsonType: 'long', minimum: 1 },
    changed_at: date,
    purged_version: { bsonType: 'long', minimum: 1 },
    never_permitted: mccs,
  }),
  categories: orTombstone(
    object(
      [
        '_id',
        'version',
        'display_name',
        'mccs',
        'order',
        'free',
        'credits_closed',
        'changed_at',
        'changed_by',
      ],
      {
        _id: { bsonType: 'string', pattern: '^[A-Z][A-Z0-9_]{0,31}$' },
        version: { bsonType: 'long', minimum: 1 },
        display_name: { bsonType: 'string', minLength: 1 },
        mccs,
        order: { bsonType: 'int' },
        free: { bsonType: 'bool' },
        credits_closed: { bsonType: 'bool' },
        changed_at: date,
        changed_by: text,
      },
    ),
  ),
  merchant_rules: orTombstone(
    object(['_id', 'version', 'match', 'name', 'mcc', 'slot', 'changed_at', 'changed_by'], {
      _id: text,
      version: { bsonType: 'long', minimum: 1 },
      match: { enum: ['EXACT', 'PREFIX'] },
      name: { bsonType: 'string', minLength: 1 },
      city: text,
      country: { bsonType: 'string', pattern: '^[A-Z]{2}$' },
      mcc,
      // Whom it covers, normalised: the index on it refuses ties.
      slot: object(['name'], { name: { bsonType: 'string', minLength: 1 }, city: text, country: text }),
      changed_at: date,
      changed_by: text,
    }),
  ),
}

/** An index that the service relies on, and why. */
type Index = { readonly key: Readonly<Record<string, 1 | -1>>; readonly name: string } & CreateIndexesOptions

/** By its collection; those on `_id` are MongoDB's own. */
const indexes: Readonly<Partial<Record<CollectionName, readonly Index[]>>> = {
  ledger: [
    // Statements read an account's entries newest first; unique, so that no two entries can claim one place in a history.
    { key: { '_id.account': 1, seq: -1 }, name: 'account_seq', unique: true },
    // What was given back of a purchase is the sum of its reversals. Only reversals are in this index: it stays small.
    {
      key: { '_id.account': 1, original: 1 },
      name: 'account_original',
      partialFilterExpression: { original: { $exists: true } },
    },
  ],
  // Processes read what was changed since the version that they know; old tombstones are purged.
  categories: [
    { key: { version: 1 }, name: 'version' },
    { key: { deleted_at: 1 }, name: 'deleted_at', sparse: true },
  ],
  merchant_rules: [
    { key: { version: 1 }, name: 'version' },
    { key: { deleted_at: 1 }, name: 'deleted_at', sparse: true },
    // No two rules cover the same merchants with the same precedence. Tombstones have no slot, and any id.
    {
      key: { 'slot.name': 1, match: 1, 'slot.city': 1, 'slot.country': 1 },
      name: 'slot',
      unique: true,
      partialFilterExpression: { slot: { $exists: true } },
    },
  ],
}

/**
 * Brings a database to this version's schema: makes what is missing of collections, validators, indexes and the first catalog, takes the
 * steps from the version that is there, and gives books that have none an identity. Doing it again changes nothing; several processes
 * may do it at once.
 *
 * @throws UnfitDatabaseError SCHEMA_NEWER, with nothing changed, when a later release has been here.
 */
export async function ensureSchema(db: Db): Promise<BooksIdentity> {
  const identity = await readIdentity(db)
  if (identity) refuseNewer(identity)

  const found = await readCollections(db)
  for (const [name, schema] of Object.entries(validators)) {
    const validation = { validator: { $jsonSchema: schema }, ...strict }
    // Changing it, even into itself, waits for every operation on the collection and holds up those that come meanwhile.
    if (!isDeepStrictEqual(found.get(name)?.validation, validation))
      await ensureCollection(db, name, validation)
  }
  for (const [name, wanted] of Object.entries(indexes)) {
    for (const { key, ...options } of wanted) await db.collection(name).createIndex(key, options)
  }
  await ensureCatalog(db)
  return await takeSteps(db)
}

/** Makes the first version of the catalog, with the challenge's categories. Changes nothing where there is one. */
async function ensureCatalog(db: Db): Promise<void> {
  const changed_at = new Date()
  await db
    .collection<CatalogDocument>(collections.catalog)
    .updateOne(
      { _id: CATALOG_ID },
      { $setOnInsert: { version: FIRST_VERSION, changed_at, never_permitted: [] } },
      { upsert: true },
    )

  const first = { version: FIRST_VERSION, by: 'schema' }
  // The free balance comes last, and no catalog can do without one: whoever was interrupted on the way is finished by the next.
  const categories = db.collection<CategoryDocument>(collections.categories)
  if ((await categories.findOne({ free: true }, { projection: { _id: 1 } })) === null) {
    for (const category of challengeCategories) {
      const { _id, ...fields } = categoryDocument(category, { ...first, at: changed_at })
      await categories.updateOne({ _id }, { $setOnInsert: fields }, { upsert: true })
    }
  }
}

/** A collection that is there, and how it checks what is written to it. */
type FoundCollection = { readonly uuid: UUID; readonly validation: Document }

async function readCollections(db: Db): Promise<ReadonlyMap<string, FoundCollection>> {
  const filter = { name: { $in: Object.values(collections) } }
  const found = await db.listCollections(filter, { nameOnly: false }).toArray()
  return new Map(
    found.map(({ name, info, options: { validator, validationLevel, validationAction } = {} }) => {
      // The type would allow for views, which have none.
      const uuid = info?.uuid as UUID
      return [name, { uuid, validation: { validator, validationLevel, validationAction } }]
    }),
  )
}

/**
 * Checks that everything is there that decisions rely on, without changing anything: every collection with a validator that refuses, and
 * every index. Which validator is not compared, so that a process of this version goes on while the next one is rolled out.
 *
 * @returns the UUIDs of the collections.
 * @throws UnfitDatabaseError BOOKS_MISSING or SCHEMA_DAMAGED.
 */
export async function checkSchema(db: Db): Promise<Readonly<Record<CollectionName, UUID>>> {
  const found = await readCollections(db)
  const missing = Object.values(collections).filter((name) => !found.has(name))
  if (missing.length > 0) throw new UnfitDatabaseError('BOOKS_MISSING', `missing: ${missing.join(', ')}`)

  const unguarded = Object.values(collections).filter((name) => !isGuarded(found.get(name)?.validation ?? {}))
  if (unguarded.length > 0)
    throw new UnfitDatabaseError('SCHEMA_DAMAGED', `without validator: ${unguarded.join(', ')}`)

  const lacking = await Promise.all(
    Object.entries(indexes).map(([name, wanted]) => missingIndexes(db, name, wanted)),
  )
  if (lacking.flat().length > 0)
    throw new UnfitDatabaseError('SCHEMA_DAMAGED', `without index: ${lacking.flat().join(', ')}`)
  const uuids = Array.from(found, ([name, { uuid }]) => [name, uuid])
  return Object.fromEntries(uuids) // One for each name: none is missing.
}

function isGuarded({ validator, validationLevel, validationAction }: Document): boolean {
  const { validationLevel: level, validationAction: action } = strict
  return validator?.$jsonSchema !== undefined && validationLevel === level && validationAction === action
}

async function missingIndexes(
  db: Db,
  collection: string,
  wanted: readonly Index[],
): Promise<readonly string[]> {
  const found = await db.collection(collection).indexes()
  return wanted
    .filter(({ key, name, unique = false }) => {
      const index = found.find((candidate) => candidate.name === name)
      return !index || (index.unique ?? false) !== unique || !isDeepStrictEqual(index.key, key)
    })
    .map(({ name }) => `${collection}.${name}`)
}

async function ensureCollection(db: Db, name: string, validation: Validation): Promise<void> {
  try {
    await db.createCollection(name, validation)
  } catch (error) {
    if (!(error instanceof MongoServerError && error.code === NAMESPACE_EXISTS)) throw error
    await db.command({ collMod: name, ...validation })
  }
}

function orTombstone(schema: Document): Document {
  return { anyOf: [schema, tombstone] }
}

function object(required: readonly string[], properties: Readonly<Record<string, Document>>): Document {
  // MongoDB takes no empty list of what is required.
  const needed = required.length > 0 ? { required } : {}
  return { bsonType: 'object', ...needed, properties, additionalProperties: false }
}
