import type { ClientSession, Db, TransactionOptions } from 'mongodb'
import { inOrder } from '../account/read-order.js'
import { OPERATION_MS_MAX } from '../client.js'
import { collections } from '../collections.js'
import { unavailable, whileAvailable } from '../errors.js'
import { UnfitDatabaseError } from '../trouble.js'
import { catchUp } from './catalog-snapshot.js'

/** The one document that every change of the catalog writes first: `catalog`. */
export type CatalogDocument = {
  readonly _id: typeof CATALOG_ID
  /** Number of changes ever made. */
  readonly version: bigint
  readonly changed_at: Date
  /** Every tombstone of this version or a lower one may be gone. Absent: none is. */
  readonly purged_version?: bigint
  /** MCCs that nothing pays for, as codes and ranges. */
  readonly never_permitted: readonly string[]
}

/** What is left of something that was deleted, so that those who knew it hear of it. */
export type Tombstone = {
  readonly _id: string
  readonly version: bigint
  readonly deleted: true
  readonly deleted_at: Date
}

/** A change of the catalog that is under way. */
export type CatalogChange = {
  /** Goes with every read and write of the change. */
  readonly session: ClientSession
  /** The version that the change makes: every document that it writes carries it. */
  readonly version: bigint
  /** When the change is made, by the database's clock. */
  readonly at: Date
}

export const CATALOG_ID = 'catalog'

/** Longest time that one change may take with all its attempts, in milliseconds, when its maker does not say. */
const CHANGE_MS_MAX = 5_000
/** Time that a tombstone is kept, in milliseconds: a process that was away longer reads everything. */
const TOMBSTONE_MS = 24 * 60 * 60 * 1_000
/** Most tombstones of one collection that one change purges. */
const PURGE_MAX = 1_000

const transactionOptions: TransactionOptions = {
  readConcern: { level: 'snapshot' },
  writeConcern: { w: 'majority', journal: true, wtimeoutMS: OPERATION_MS_MAX },
  readPreference: 'primary',
  maxCommitTimeMS: OPERATION_MS_MAX,
}

/**
 * Changes categories or rules, all or nothing. Changes come one after another: each counts the catalog's version up before anything
 * else, so that two at a time write the same document and one of them begins again, seeing what the other did.
 *
 * - What `write` reads with the session is the catalog right before the change. It may run several times, and must touch nothing
 *   but the database.
 * - What it throws undoes everything. To change nothing without an error: `await session.abortTransaction()`, and return.
 * - What it deletes it replaces with a {@link tombstoneOf}.
 *
 * The path of a purchase never comes here.
 *
 * @throws IndecisionError UNAVAILABLE when it is unknown whether the change was made.
 */
export async function changeCatalog<T>(
  db: Db,
  write: (change: CatalogChange) => Promise<T>,
  { durationMsMax = CHANGE_MS_MAX }: { readonly durationMsMax?: number } = {},
): Promise<T> {
  const endsAtMs = performance.now() + durationMsMax
  const session = db.client.startSession({ defaultTransactionOptions: transactionOptions })
  const attempt = async () => {
    if (performance.now() > endsAtMs) throw late(durationMsMax)
    const change = await begin(db, session)
    const result = await write(change)
    if (session.inTransaction()) await purge(db, change)
    return result
  }
  const attempts = async () => {
    await catchUp(db, session)
    return await session.withTransaction(attempt, transactionOptions)
  }
  try {
    return await whileAvailable('changing the catalog', () => inTime(inOrder(attempts), durationMsMax))
  } finally {
    // Undoes what is still under way.
    await session.endSession()
  }
}

/** Writes what is left of something deleted. Its id may be taken again by a later change. */
export function tombstoneOf(id: string, { version, at }: CatalogChange): Tombstone {
  return { _id: id, version, deleted: true, deleted_at: at }
}

async function begin(db: Db, session: ClientSession): Promise<CatalogChange> {
  const catalog = await db
    .collection<CatalogDocument>(collections.catalog)
    .findOneAndUpdate(
      { _id: CATALOG_ID },
      { $inc: { version: 1n }, $currentDate: { changed_at: true } },
      { session, returnDocument: 'after', maxTimeMS: OPERATION_MS_MAX },
    )
  if (!catalog)
    throw unavailable('changing the catalog', new UnfitDatabaseError('BOOKS_MISSING', 'missing: the catalog'))
  return { session, version: catalog.version, at: catalog.changed_at }
}

/** Removes old tombstones, and leaves word of it for those who have not seen them. */
async function purge(db: Db, { session, at }: CatalogChange): Promise<void> {
  const before = new Date(at.getTime() - TOMBSTONE_MS)
  let purgedVersion = 0n
  for (const name of [collections.categories, collections.merchantRules]) {
    const tombstones = db.collection<Tombstone>(name)
    const old = await tombstones
      .find({ deleted_at: { $lt: before } }, { session, maxTimeMS: OPERATION_MS_MAX })
      .project<Pick<Tombstone, '_id' | 'version'>>({ version: 1 })
      .limit(PURGE_MAX)
      .toArray()
    if (old.length === 0) continue
    const ids = old.map(({ _id }) => _id)
    await tombstones.deleteMany({ _id: { $in: ids } }, { session, maxTimeMS: OPERATION_MS_MAX })
    for (const { version } of old) if (version > purgedVersion) purgedVersion = version
  }
  if (purgedVersion === 0n) return
  await db
    .collection<CatalogDocument>(collections.catalog)
    .updateOne(
      { _id: CATALOG_ID },
      { $max: { purged_version: purgedVersion } },
      { session, maxTimeMS: OPERATION_MS_MAX },
    )
}

/** The driver tries for two minutes, and has no shorter bound to set. */
async function inTime<T>(work: Promise<T>, durationMsMax: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late(durationMsMax)), durationMsMax)
  })
  try {
    return await Promise.race([work, tooLate])
  } finally {
    clearTimeout(timer)
  }
}

function late(durationMs: number): Error {
  return unavailable('changing the catalog', new Error(`no end within ${durationMs} ms`))
}
