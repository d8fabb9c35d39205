import type { ClientSession, Db, TransactionOptions } from 'mongodb'
import { inOrder } from '../account/read-order.js'
import { OPERATION_MS_MAX } from '../client.js'
import { collections } from '../collections.js'

/**
 * The options of a transaction that only reads. It commits, because only then are its reads final on a
 * majority.
 *
 * A snapshot session without a transaction would do, but then the driver mistakes an absent database for one
 * that is too old.
 */
export const momentOptions: TransactionOptions = {
  readConcern: { level: 'snapshot' },
  writeConcern: { w: 'majority', journal: true, wtimeoutMS: OPERATION_MS_MAX },
  readPreference: 'primary',
  maxCommitTimeMS: OPERATION_MS_MAX,
}

/**
 * Runs several reads on one snapshot, all with the session. For administration and the catalog, never for a
 * purchase.
 */
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
 * Makes the session's later transactions see every change of the catalog acknowledged so far, to any caller.
 *
 * On a replica set they do anyway. On a sharded cluster a transaction sees everything up to the cluster time
 * that its mongos has heard of, and another mongos may have heard of more. So this asks the shard with the
 * catalog for its time.
 */
export async function catchUp(db: Db, session: ClientSession): Promise<void> {
  await db.collection(collections.catalog).findOne(
    {},
    {
      session,
      // A new object each time, because the driver writes into it.
      readConcern: { level: 'majority' },
      projection: { _id: 1 },
      maxTimeMS: OPERATION_MS_MAX,
    },
  )
}
