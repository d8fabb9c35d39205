import { type Db, MongoServerError, UUID } from 'mongodb'
import { recomputeSlots } from './catalog/rule-slots.js'
import { OPERATION_MS_MAX } from './client.js'
import { collections } from './collections.js'
import { DUPLICATE_KEY } from './errors.js'
import { UnfitDatabaseError } from './trouble.js'

/** The one document that says which books these are, and by which schema they are kept: `books`. */
export type BooksDocument = {
  readonly _id: typeof BOOKS_ID
  /** A UUID that is made once and goes with the data into every copy and back-up. */
  readonly books_id: string
  readonly schema_version: number
  readonly created_at: Date
}

export type BooksIdentity = { readonly booksId: string; readonly schemaVersion: number }

export const BOOKS_ID = 'books'

/** One step of the schema: what `ensureSchema` cannot do by making what is missing. */
export type SchemaStep = {
  /** The version that the step leads to, from the one before. */
  readonly to: number
  readonly name: string
  /** Idempotent, and safe when another process takes the same step at the same time, or was interrupted in the middle of it. */
  readonly take: (db: Db) => Promise<void>
}

/**
 * The steps in their order. To add one: describe what is stored from now on in `schema.ts`, so that its validators accept what is stored
 * by then, too, and add what changes stored data here. See "Changing the schema" in the guide for operators.
 */
export const schemaSteps: readonly SchemaStep[] = [
  { to: 2, name: 'books have an identity and a schema version', take: makeIdentity },
  { to: 3, name: 'merchant rules are compared as people see names', take: recomputeSlots },
]

/** Version of books that were made before there was an identity to say so. */
const FIRST_SCHEMA_VERSION = 1
/** The version that this release works with. */
export const SCHEMA_VERSION = schemaSteps.at(-1)?.to ?? FIRST_SCHEMA_VERSION

/** Which books the database has; undefined when it has none, or books of version 1. */
export async function readIdentity(db: Db): Promise<BooksIdentity | undefined> {
  const found = await db
    .collection<BooksDocument>(collections.books)
    .findOne({ _id: BOOKS_ID }, { maxTimeMS: OPERATION_MS_MAX })
  return found ? { booksId: found.books_id, schemaVersion: found.schema_version } : undefined
}

/** @throws UnfitDatabaseError SCHEMA_NEWER when a later release has been here. */
export function refuseNewer({ schemaVersion }: BooksIdentity): void {
  if (schemaVersion <= SCHEMA_VERSION) return
  throw new UnfitDatabaseError(
    'SCHEMA_NEWER',
    `the database has schema version ${schemaVersion}, this release works with version ${SCHEMA_VERSION}`,
  )
}

/**
 * Takes every step that the books have not taken yet, and notes each one when it is complete. An interrupted step is taken again.
 *
 * @throws UnfitDatabaseError SCHEMA_NEWER when a later release was here in the meantime.
 */
export async function takeSteps(db: Db, steps: readonly SchemaStep[] = schemaSteps): Promise<BooksIdentity> {
  const before = (await readIdentity(db))?.schemaVersion ?? FIRST_SCHEMA_VERSION
  for (const { to, take } of steps) {
    if (to <= before) continue
    await take(db)
    // Another process may have noted this step already, or a later one.
    await db
      .collection<BooksDocument>(collections.books)
      .updateOne({ _id: BOOKS_ID, schema_version: { $lt: to } }, { $set: { schema_version: to } })
  }
  const identity = await readIdentity(db)
  if (!identity) throw new UnfitDatabaseError('BOOKS_MISSING', 'the books were removed while they were made')
  refuseNewer(identity)
  return identity
}

/** The step to version 2. Of several processes, one makes the identity and all others find it. */
async function makeIdentity(db: Db): Promise<void> {
  const made = { books_id: new UUID().toString(), schema_version: 2, created_at: new Date() }
  try {
    await db
      .collection<BooksDocument>(collections.books)
      .updateOne({ _id: BOOKS_ID }, { $setOnInsert: made }, { upsert: true })
  } catch (error) {
    if (!(error instanceof MongoServerError && error.code === DUPLICATE_KEY)) throw error
  }
}
