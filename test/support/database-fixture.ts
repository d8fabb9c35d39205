import type { Db, MongoClient } from 'mongodb'
import { createClient } from '../../src/storage/client.js'
import { freshDatabase, testMongoUri } from './mongo.js'

/**
 * Gives a suite an empty database of its own, seen through the service's client options. It goes with the MongoDB of the test run, so
 * that whoever still writes to it at the end of a suite may.
 */
export function useDatabase(): () => Db {
  let client: MongoClient | undefined
  let db: Db | undefined
  before(async () => {
    client = createClient({ uri: await testMongoUri(), poolSizeMax: 10 })
    db = client.db(await freshDatabase())
  })
  after(() => client?.close())
  return () => {
    if (!db) throw new Error('the database is made by the hooks of the suite: ask for it inside a test')
    return db
  }
}
