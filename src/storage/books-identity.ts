import { type Db, MongoServerError, UUID } from 'mongodb'
import { recomputeSlots } from './catalog/rule-slots.js'
import { OPERATION_MS_MAX } from './client.js'
import { collections } from './collections.js'
import { DUPLICATE_KEY } from './errors.js'
import { UnfitDatabaseError } from './failure-cause.js'

/** The single document of `books`: the identity of these books and the version of their schema. */
export type BooksDocument = {
  readonly _id: typeof BOOKS_ID
  /** A UUID made once. It travels with the data into every copy and backup. */
  readonly books_id: string
  readonly schema_version: number
  readonly created_at: Date
}

export type BooksIdentity = { readonly booksId: string; readonly schemaVersion: number }

export const BOOKS_ID = 'books'

/**
 * One migration of stored data: the part of a schema change that `ensureSchema` cannot do by creating what is
 * missing.
 */
export type SchemaStep = {
  /** The version that this step leads to, from the version before it. */
  readonly to: number
  readonly name: string
  /**
   * Migrates the data. Idempotent, and safe when another process runs the same step concurrently or an
   * earlier run was interrupted.
   */
  readonly take: (db: Db) => Promise<void>
}

/**
 * The migrations, in order.
 *
 * To add a step, extend the validators in `schema.ts` so that they accept both the old and the new documents,
 * and add the code that changes stored data here. The operator's guide describes it under "Changing the
 * schema".
 */
export const schemaSteps: readonly SchemaStep[] = [
  { to: 2, name: 'books have an identity and a schema version', take: makeIdentity },
  { to: 3, name: 'merchant rules compare names as people see them', take: recomputeSlots },
  // Validators changed. These steps keep earlier releases from replacing them by theirs.
  { to: 4, name: 'purchases may keep the free balance out', take: async () => {} },
  { to: 5, name: 'the books keep what the card network sends and permits', take: async () => {} },
  { to: 6, name: 'the books keep holds, captures, advices and refunds', take: async () => {} },
]

/** The version of books that were created before books had an identity. */
const FIRST_SCHEMA_VERSION = 1
/** The schema version of this release. */
export const SCHEMA_VERSION = schemaSteps.at(-1)?.to ?? FIRST_SCHEMA_VERSION

/** Reads the identity of the database's books; undefined when it has none, or has books of version 1. */
export async function readIdentity(db: Db): Promise<BooksIdentity | undefined> {
  const found = await db
    .collection<BooksDocument>(collections.books)
    .findOne({ _id: BOOKS_ID }, { maxTimeMS: OPERATION_MS_MAX })
  return found ? { booksId: found.books_id, schemaVersion: found.schema_version } : undefined
}

/**
 * Rejects books that a later release has migrated.
 *
 * @throws UnfitDatabaseError SCHEMA_NEWER when the stored version is above {@link SCHEMA_VERSION}.
 */
export function rejectNewer({ schemaVersion }: BooksIdentity): void {
  if (schemaVersion <= SCHEMA_VERSION) return
  throw new UnfitDatabaseError(
    'SCHEMA_NEWER',
    `the database has schema version ${schemaVersion}, this release works with version ${SCHEMA_VERSION}`,
  )
}

/**
 * Runs every pending step, and records each one once it is complete. An interrupted step runs again.
 *
 * @throws UnfitDatabaseError SCHEMA_NEWER when a later release has migrated the books in the meantime.
 */
export async function takeSteps(db: Db, steps: readonly SchemaStep[] = schemaSteps): Promise<BooksIdentity> {
  const before = (await readIdentity(db))?.schemaVersion ?? FIRST_SCHEMA_VERSION
  for (const { to, take } of steps) {
    if (to <= before) continue
    await take(db)
    // Another process may have recorded this step already, or a later one.
    await db
      .collection<BooksDocument>(collections.books)
      .updateOne({ _id: BOOKS_ID, schema_version: { $lt: to } }, { $set: { schema_version: to } })
  }
  const identity = await readIdentity(db)
  if (!identity)
    throw new UnfitDatabaseError('BOOKS_MISSING', 'the books were removed while they were being created')
  rejectNewer(identity)
  return identity
}

/**
 * Creates the identity, which is version 2. Of several concurrent processes one creates it and the others
 * find it.
 */
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
