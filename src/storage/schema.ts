import { isDeepStrictEqual } from 'node:util'
import { type CreateIndexesOptions, type Db, type Document, MongoServerError, type UUID } from 'mongodb'
import { JOURNAL_MAX } from '../domain/account.js'
import { challengeCategories } from '../domain/category.js'
import { HOLD_DAYS_MAX, HOLD_RULES_MAX, OVER_PERCENT_MAX } from '../domain/hold-policy.js'
import { merchantIdForms, products, rails, type TextForm } from '../domain/network.js'
import { HOLDS_MAX } from '../domain/open-hold.js'
import { storedReason } from './account/reason-names.js'
import { BOOKS_ID, type BooksIdentity, readIdentity, rejectNewer, takeSteps } from './books-identity.js'
import { CATALOG_ID, type CatalogDocument } from './catalog/catalog-change.js'
import { type CategoryDocument, categoryDocument } from './catalog/category-document.js'
import { type CollectionName, collections } from './collections.js'
import { UnfitDatabaseError } from './failure-cause.js'

const NAMESPACE_EXISTS = 48
/** The version of a catalog that has never changed. */
const FIRST_VERSION = 1n
/** Validators reject every write that does not match. */
const strict = { validationLevel: 'strict', validationAction: 'error' } as const

type Validation = typeof strict & { readonly validator: Document }

const text = { bsonType: 'string' }
const date = { bsonType: 'date' }
const int64 = { bsonType: 'long' }
/** Centavos: int64, never negative. This is the second guard, behind the filter of each debit. */
const money = { bsonType: 'long', minimum: 0 }
/** A calendar day in ISO 8601. */
const day = { bsonType: 'string', pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' }
const limits = object(['wallets'], {
  purchase: money,
  wallets: { bsonType: 'object', additionalProperties: object([], { day: money, month: money }) },
})
/** What the card network sent with a purchase. */
const network = object([], {
  rail: { enum: rails },
  product: { enum: products },
  merchant_id: text,
  merchant_tax_id: text,
  acquirer_id: text,
  terminal_id: text,
  rrn: text,
  network_reference: text,
  currency: text,
  entry_mode: text,
  local_time: text,
})
const mcc = { bsonType: 'string', pattern: '^[0-9]{4}$' }
/** A mark that is present only when it is set. */
const mark = { enum: [true] }
/** Single MCCs and ranges of them. */
const mccs = {
  bsonType: 'array',
  items: { bsonType: 'string', pattern: '^[0-9]{4}(-[0-9]{4})?$' },
  uniqueItems: true,
}
const holdDays = { bsonType: 'int', minimum: 1, maximum: HOLD_DAYS_MAX }
/** The remains of a deleted category or rule. */
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
    held: { bsonType: 'object', additionalProperties: money },
    owed: { bsonType: 'object', additionalProperties: money },
    // The holds are not validated again, for the same reason as the entries.
    holds: { bsonType: 'array', minItems: 1, maxItems: HOLDS_MAX },
    next_expiry: date,
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
    // The entries are not validated again: that would cost every decision.
    journal: { bsonType: 'array', minItems: 1, maxItems: JOURNAL_MAX },
    reversed_ahead: { bsonType: 'bool' },
    captured_ahead: mark,
    created_at: date,
    updated_at: date,
  }),
  ledger: object(['_id', 'seq', 'kind', 'at', 'decision'], {
    _id: object(['account', 'transaction'], { account: text, transaction: text }),
    seq: { bsonType: 'long', minimum: 1 },
    kind: {
      enum: [
        'AUTHORIZATION',
        'INCREMENT',
        'CAPTURE',
        'ADVICE',
        'REVERSAL',
        'REFUND',
        'EXPIRY',
        'CREDIT',
        'ADMIN',
      ],
    },
    at: date,
    decision: { enum: ['APPROVED', 'DECLINED'] },
    reason: text,
    amount: money,
    verification: mark,
    verified_wallet: text,
    wallet: text,
    delta: int64,
    balance_after: money,
    held_delta: int64,
    held_after: money,
    owed_delta: int64,
    owed_after: money,
    mcc,
    effective_mcc: mcc,
    merchant: text,
    merchant_rule: text,
    fallback: { enum: ['NEVER'] },
    network,
    catalog_version: { bsonType: 'long', minimum: 1 },
    approval_code: { bsonType: 'string', pattern: '^[0-9A-Z]{6}$' },
    hold: object([], { expires_in: int64 }),
    held_until: date,
    original: text,
    more_to_come: mark,
    advice: mark,
    request: mark,
    pays_owed: mark,
    described: {
      bsonType: 'object',
      properties: { amount: money, mcc, merchant: text },
      additionalProperties: false,
    },
    action: text,
    status: text,
    subject: text,
    day,
    days: { bsonType: 'array', minItems: 1, items: object(['day', 'amount'], { day, amount: money }) },
    limits,
  }),
  catalog: object(['_id', 'version', 'changed_at', 'never_permitted'], {
    _id: { enum: [CATALOG_ID] },
    version: { bsonType: 'long', minimum: 1 },
    changed_at: date,
    purged_version: { bsonType: 'long', minimum: 1 },
    never_permitted: mccs,
    never_permitted_as_received: mccs,
    hold_policy: object(['days', 'rules'], {
      days: holdDays,
      rules: {
        bsonType: 'array',
        maxItems: HOLD_RULES_MAX,
        items: object(['mccs'], {
          mccs,
          days: holdDays,
          over_percent: { bsonType: 'int', minimum: 1, maximum: OVER_PERCENT_MAX },
        }),
      },
    }),
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
        rails: { bsonType: 'array', items: { enum: rails }, minItems: 1, uniqueItems: true },
        regulated: { enum: [true] },
        immediate: mark,
        changed_at: date,
        changed_by: text,
      },
    ),
  ),
  merchant_rules: orTombstone(
    ruleObject(['name'], {
      match: { enum: ['EXACT', 'PREFIX'] },
      name: { bsonType: 'string', minLength: 1 },
      city: text,
      country: { bsonType: 'string', pattern: '^[A-Z]{2}$' },
      // The normalised names that the rule covers: a unique index rejects ties.
      slot: object(['name'], { name: { bsonType: 'string', minLength: 1 }, city: text, country: text }),
    }),
    ruleObject(['merchant_tax_id'], {
      match: { enum: ['TAX_ID'] },
      merchant_tax_id: formed(merchantIdForms.merchantTaxId),
      slot: object(['name'], { name: text }),
    }),
    ruleObject(['acquirer_id', 'merchant_id'], {
      match: { enum: ['MERCHANT_ID'] },
      acquirer_id: formed(merchantIdForms.acquirerId),
      merchant_id: formed(merchantIdForms.merchantId),
      slot: object(['name'], { name: text }),
    }),
  ),
}

/** An index that the service relies on. */
type Index = { readonly key: Readonly<Record<string, 1 | -1>>; readonly name: string } & CreateIndexesOptions

/** The indexes of each collection, except those on `_id`, which MongoDB creates itself. */
const indexes: Readonly<Partial<Record<CollectionName, readonly Index[]>>> = {
  // The sweeper looks for accounts with due holds. The index has only accounts with open holds.
  accounts: [
    {
      key: { next_expiry: 1, _id: 1 },
      name: 'next_expiry',
      partialFilterExpression: { next_expiry: { $exists: true } },
    },
    // What wallets owe is added up for the metrics. The index has only accounts that have ever owed.
    { key: { owed: 1, _id: 1 }, name: 'owed', partialFilterExpression: { owed: { $exists: true } } },
  ],
  ledger: [
    // Statements read an account's entries newest first. It is unique, so that no two entries share a `seq`.
    { key: { '_id.account': 1, seq: -1 }, name: 'account_seq', unique: true },
    // The follow-ups of a purchase add up to what is left of it. The index is partial, so it stays small.
    {
      key: { '_id.account': 1, original: 1 },
      name: 'account_original',
      partialFilterExpression: { original: { $exists: true } },
    },
    // Early reversals are counted for the metrics.
    {
      key: { at: 1 },
      name: 'early_reversals',
      partialFilterExpression: { reason: storedReason('REVERSED_BEFORE_PURCHASE') },
    },
  ],
  // Processes read the changes since the version that they know. Old tombstones are purged.
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
 * Brings a database to this version's schema. It creates missing collections, validators, indexes and the
 * first catalog, runs the pending steps, and gives books without an identity a new one. Idempotent; several
 * processes may run it at once.
 *
 * @throws UnfitDatabaseError SCHEMA_NEWER, with nothing changed, when a later release has migrated the books.
 */
export async function ensureSchema(db: Db): Promise<BooksIdentity> {
  const identity = await readIdentity(db)
  if (identity) rejectNewer(identity)

  const found = await readCollections(db)
  for (const [name, schema] of Object.entries(validators)) {
    const validation = { validator: { $jsonSchema: schema }, ...strict }
    // `collMod`, even without a difference, waits for every operation on the collection and blocks those that
    // arrive meanwhile.
    if (!isDeepStrictEqual(found.get(name)?.validation, validation))
      await ensureCollection(db, name, validation)
  }
  for (const [name, wanted] of Object.entries(indexes)) {
    for (const { key, ...options } of wanted) await db.collection(name).createIndex(key, options)
  }
  await ensureCatalog(db)
  return await takeSteps(db)
}

/**
 * Creates the first version of the catalog, with the challenge's categories. Leaves an existing one alone.
 */
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
  // The free balance is written last, and every catalog has one. Without it, an earlier run was interrupted
  // and this run finishes it.
  const categories = db.collection<CategoryDocument>(collections.categories)
  if ((await categories.findOne({ free: true }, { projection: { _id: 1 } })) === null) {
    for (const category of challengeCategories) {
      const { _id, ...fields } = categoryDocument(category, { ...first, at: changed_at })
      await categories.updateOne({ _id }, { $setOnInsert: fields }, { upsert: true })
    }
  }
}

/** An existing collection and its validation rules. */
type FoundCollection = { readonly uuid: UUID; readonly validation: Document }

async function readCollections(db: Db): Promise<ReadonlyMap<string, FoundCollection>> {
  const filter = { name: { $in: Object.values(collections) } }
  const found = await db.listCollections(filter, { nameOnly: false }).toArray()
  return new Map(
    found.map(({ name, info, options: { validator, validationLevel, validationAction } = {} }) => {
      // The type allows for views, which have no UUID.
      const uuid = info?.uuid as UUID
      return [name, { uuid, validation: { validator, validationLevel, validationAction } }]
    }),
  )
}

/**
 * Checks, without changing anything, that the schema has everything that decisions rely on: every collection
 * with a strict validator, and every index. It does not compare the validators themselves, so that a process
 * of this version keeps serving while the next version is rolled out.
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
  return Object.fromEntries(uuids) // None of the names is missing.
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

function orTombstone(...schemas: readonly Document[]): Document {
  return { anyOf: [...schemas, tombstone] }
}

/** A text of this form. */
function formed({ pattern }: TextForm): Document {
  return { bsonType: 'string', pattern: pattern.source }
}

/** A merchant rule with these fields beside those that every rule has. */
function ruleObject(required: readonly string[], properties: Readonly<Record<string, Document>>): Document {
  return object(['_id', 'version', 'match', ...required, 'mcc', 'slot', 'changed_at', 'changed_by'], {
    _id: text,
    version: { bsonType: 'long', minimum: 1 },
    mcc,
    changed_at: date,
    changed_by: text,
    ...properties,
  })
}

function object(required: readonly string[], properties: Readonly<Record<string, Document>>): Document {
  // MongoDB rejects an empty `required` list.
  const needed = required.length > 0 ? { required } : {}
  return { bsonType: 'object', ...needed, properties, additionalProperties: false }
}
