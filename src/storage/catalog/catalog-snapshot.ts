import type { ClientSession, Db, TransactionOptions } from 'mongodb'
import { inOrder } from '../account/read-order.js'
import { OPERATION_MS_MAX } from '../client.js'
import { collections } from '../collections.js'

/**
 * What is read is committed for good on a majority only if the transaction is, so it is.
 *
 * A snapshot session without a transaction would do, but the driver then takes a database that is away for one that is too old.
 */
export const momentOptions: TransactionOptions = {
  readConcern: { level: 'snapshot' },
  writeConcern: { w: 'majority', journal: true, wtimeoutMS: OPERATION_MS_MAX },
  readPreference: 'primary',
  maxCommitTimeMS: OPERATION_MS_MAX,
}

/** Reads several things as of one moment, all with the session. Administration and the catalog only: never a purchase. */
export async function atOneMoment<T>(db: Db, read: (session: ClientSession) => Promise<T>): Promise<T> {
  const session = db.client.startSession()
  try {
    return await inOrder(async () => {
      await catchUp(db, session)
      session.startTransaction(momentOptions)
      const result = await read(session)
      await session.commitTransaction()
      return result
    })
  } finally {
    await session.endSession()
  }
}

/**
 * Has the session's transactions from now on see all changes of the catalog that were acknowledged before, to whomever. On a replica set they
 * do anyway. On a sharded cluster a transaction sees what had happened by the time that its mongos has heard of, and another mongos may have
 * heard of more: so the shard that has the catalog is asked for the time.
 */
export async function catchUp(db: Db, session: ClientSession): Promise<void> {
  await db.collection(collections.catalog).findOne(
    {},
    {
      session,
      // One of its own: the driver writes into it.
      readConcern: { level: 'majority' },
      projection: { _id: 1 },
      maxTimeMS: OPERATION_MS_MAX,
    },
  )
}
