import type { Core } from '../../../src/service/core.js'

/**
 * Locks an account against commits but not against reads: an uncommitted transaction has changed it. Release
 * it within two seconds, before the service's operations run out of time.
 */
export async function lockAccount(
  { client }: Core,
  database: string,
  accountId: string,
): Promise<{ readonly release: () => Promise<void> }> {
  const session = client.startSession()
  session.startTransaction()
  const accounts = client.db(database).collection<{ _id: string; updated_at: Date }>('accounts')
  const { matchedCount } = await accounts.updateOne(
    { _id: accountId },
    { $set: { updated_at: new Date() } },
    { session },
  )
  if (matchedCount !== 1) throw new Error(`there is no account ${accountId} to lock`)
  return {
    release: async () => {
      await session.abortTransaction()
      await session.endSession()
    },
  }
}
