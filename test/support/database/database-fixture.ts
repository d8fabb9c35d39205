import type { Db, MongoClient } from 'mongodb'
import { createClient } from '../../../src/storage/client.js'
import { WAIT_MS_MAX } from '../eventually.js'
import { freshDatabase, testMongoUri } from './mongo.js'

/**
 * Gives a suite an empty database, with the service's client options but more time to wait. It ends with the
 * MongoDB of the test run, so that operations in progress at the end of a suite do no harm.
 */
export function useDatabase(): () => Db {
  let client: MongoClient | undefined
  let db: Db | undefined
  before(async () => {
    const patience = { answerMsMax: WAIT_MS_MAX, waitMsMax: WAIT_MS_MAX }
    client = createClient({ uri: await testMongoUri(), poolSizeMax: 10, ...patience })
    db = client.db(await freshDatabase())
  })
  after(() => client?.close())
  return () => {
    if (!db) throw new Error('the database is made by the hooks of the suite: ask for it inside a test')
    return db
  }
}
