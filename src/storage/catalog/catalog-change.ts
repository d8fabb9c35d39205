import type { ClientSession, Db, TransactionOptions } from 'mongodb'
import { inOrder } from '../account/read-order.js'
import { OPERATION_MS_MAX } from '../client.js'
import { collections } from '../collections.js'
import { mapTransientErrors, unavailable } from '../errors.js'
import { UnfitDatabaseError } from '../failure-cause.js'
import { catchUp } from './catalog-snapshot.js'
import type { HoldPolicyDocument } from './hold-policy-document.js'

/** The single document of `catalog`. Every change of the catalog writes it first. */
export type CatalogDocument = {
  readonly _id: typeof CATALOG_ID
  /** Number of changes so far. */
  readonly version: bigint
  readonly changed_at: Date
  /**
   * The highest version of a purged tombstone. Any older tombstone may be gone too. Absent before the first
   * purge.
   */
  readonly purged_version?: bigint
  /** MCCs that no wallet pays for, as codes and ranges. */
  readonly never_permitted: readonly string[]
  /** MCCs that no wallet pays for when the network sends them. Absent: none. */
  readonly never_permitted_as_received?: readonly string[]
  /** How long holds last. Absent: the default policy. */
  readonly hold_policy?: HoldPolicyDocument
}

/** The remains of a deleted document, so that processes that know it learn of the deletion. */
export type Tombstone = {
  readonly _id: string
  readonly version: bigint
  readonly deleted: true
  readonly deleted_at: Date
}

/** A change of the catalog in progress. */
export type CatalogChange = {
  /** The session for every read and write of the change. */
  readonly session: ClientSession
  /** The version that this change makes. Every document that it writes carries it. */
  readonly version: bigint
  /** The time of the change, by the database's clock. */
  readonly at: Date
}

export const CATALOG_ID = 'catalog'

/** Longest time for one change with all its attempts, in milliseconds, unless the caller sets another. */
const CHANGE_MS_MAX = 5_000
/** Time that a tombstone is kept, in milliseconds. A process that was away for longer reads everything. */
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
 * Changes categories or rules, all or nothing.
 *
 * Changes are serialised. Each increments the catalog's version first, so that of two concurrent changes one
 * starts over and sees the other's result.
 *
 * - `write` reads, with the session, the catalog right before the change. It may run several times, and must
 *   have no effect outside the database.
 * - An error of `write` undoes everything. To change nothing without an error, call `await
 *   session.abortTransaction()` and return.
 * - `write` replaces what it deletes by a {@link tombstoneOf}.
 *
 * Purchases never come here.
 *
 * @throws UndecidedError UNAVAILABLE when it is unknown whether the change was made.
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
    return await mapTransientErrors('changing the catalog', () => inTime(inOrder(attempts), durationMsMax))
  } finally {
    // Aborts a transaction that is still open.
    await session.endSession()
  }
}

/** Builds the tombstone of a deleted document. A later change may reuse its id. */
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

/** Removes old tombstones and records the highest version removed, for processes that have not seen them. */
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

/** Bounds the work: the driver retries for two minutes and offers no shorter bound. */
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
  return unavailable('changing the catalog', new Error(`not finished within ${durationMs} ms`))
}
