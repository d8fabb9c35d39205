import { isDeepStrictEqual } from 'node:util'
import { type Db, type Document, MongoServerError } from 'mongodb'
import { JOURNAL_MAX } from '../domain/account.js'
import { challengeCategories } from '../domain/category.js'
import { CATALOG_ID, type CatalogDocument } from './catalog-change.js'
import { type CategoryDocument, categoryDocument } from './category-document.js'
import { type CollectionName, collections } from './collections.js'

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

/**
 * Makes collections, validators and indexes as this version needs them, and fills in the challenge's categories where
 * there is no free balance yet. Doing it again changes nothing; several processes may do it at once.
 */
export async function ensureSchema(db: Db): Promise<void> {
  const found = await readValidations(db)
  for (const [name, schema] of Object.entries(validators)) {
    const validation = { validator: { $jsonSchema: schema }, ...strict }
    // Changing it, even into itself, waits for every operation on the collection and holds up those that come meanwhile.
    if (!isDeepStrictEqual(found.get(name), validation)) await ensureCollection(db, name, validation)
  }

  // Statements read an account's entries newest first; unique, so that no two entries can claim one place in a history.
  await db
    .collection(collections.ledger)
    .createIndex({ '_id.account': 1, seq: -1 }, { name: 'account_seq', unique: true })
  // What was given back of a purchase is the sum of its reversals. Only reversals are in this index: it stays small.
  await db
    .collection(collections.ledger)
    .createIndex(
      { '_id.account': 1, original: 1 },
      { name: 'account_original', partialFilterExpression: { original: { $exists: true } } },
    )

  await ensureCatalog(db)
}

/** Makes the first version of the catalog, with the challenge's categories. Changes nothing where there is one. */
async function ensureCatalog(db: Db): Promise<void> {
  for (const name of [collections.categories, collections.merchantRules]) {
    // Processes read what was changed since the version that they know; old tombstones are purged.
    await db.collection(name).createIndex({ version: 1 }, { name: 'version' })
    await db.collection(name).createIndex({ deleted_at: 1 }, { name: 'deleted_at', sparse: true })
  }
  // No two rules cover the same merchants with the same precedence. Tombstones have no slot, and any id.
  await db
    .collection(collections.merchantRules)
    .createIndex(
      { 'slot.name': 1, match: 1, 'slot.city': 1, 'slot.country': 1 },
      { name: 'slot', unique: true, partialFilterExpression: { slot: { $exists: true } } },
    )
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

/** How each collection that is there checks what is written to it. */
async function readValidations(db: Db): Promise<ReadonlyMap<string, Document>> {
  const filter = { name: { $in: Object.values(collections) } }
  const found = await db.listCollections(filter, { nameOnly: false }).toArray()
  return new Map(
    found.map(({ name, options: { validator, validationLevel, validationAction } = {} }) => [
      name,
      { validator, validationLevel, validationAction },
    ]),
  )
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
