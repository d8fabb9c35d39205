import type { ClientSession, Db, TransactionOptions } from 'mongodb'
import { OPERATION_MS_MAX } from './client.js'

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
    session.startTransaction(momentOptions)
    const result = await read(session)
    await session.commitTransaction()
    return result
  } finally {
    await session.endSession()
  }
}
