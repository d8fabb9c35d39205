import { type Db, type Document, MongoServerError } from 'mongodb'
import { JOURNAL_MAX } from '../domain/account.js'
import { challengeCategories } from '../domain/category.js'
import { type CollectionName, collections } from './collections.js'
import { type CategoryDocument, categoryDocument } from './mongo-catalog-store.js'

const NAMESPACE_EXISTS = 48

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
  categories: object(['_id', 'mccs', 'order', 'free'], {
    _id: { bsonType: 'string', pattern: '^[A-Z][A-Z0-9_]{0,31}$' },
    mccs: { bsonType: 'array', items: mcc, uniqueItems: true },
    order: { bsonType: 'int' },
    free: { bsonType: 'bool' },
  }),
  merchant_rules: object(['_id', 'match', 'name', 'mcc'], {
    _id: text,
    match: { enum: ['EXACT', 'PREFIX'] },
    name: { bsonType: 'string', minLength: 1 },
    city: text,
    country: { bsonType: 'string', pattern: '^[A-Z]{2}$' },
    mcc,
  }),
}

/**
 * Makes collections, validators and indexes as this version needs them, and fills in the challenge's categories where
 * there is no free balance yet. Doing it again changes nothing; several processes may do it at once.
 */
export async function ensureSchema(db: Db): Promise<void> {
  for (const [name, schema] of Object.entries(validators))
    await ensureCollection(db, name, { $jsonSchema: schema })

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

  // The free balance comes last, and no catalog can do without one: whoever was interrupted on the way is finished by the next.
  const categories = db.collection<CategoryDocument>(collections.categories)
  if ((await categories.findOne({ free: true }, { projection: { _id: 1 } })) === null) {
    for (const category of challengeCategories) {
      const { _id, ...fields } = categoryDocument(category)
      await categories.updateOne({ _id }, { $setOnInsert: fields }, { upsert: true })
    }
  }
}

async function ensureCollection(db: Db, name: string, validator: Document): Promise<void> {
  const validation = { validator, validationLevel: 'strict', validationAction: 'error' }
  try {
    await db.createCollection(name, validation)
  } catch (error) {
    if (!(error instanceof MongoServerError && error.code === NAMESPACE_EXISTS)) throw error
    await db.command({ collMod: name, ...validation })
  }
}

function object(required: readonly string[], properties: Readonly<Record<string, Document>>): Document {
  // MongoDB takes no empty list of what is required.
  const needed = required.length > 0 ? { required } : {}
  return { bsonType: 'object', ...needed, properties, additionalProperties: false }
}
