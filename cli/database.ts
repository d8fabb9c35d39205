import type { Config } from '../src/config.js'
import type { Configuration } from './configuration.js'
import { Failure } from './failure.js'

type Database = { readonly uri: string; readonly stop: () => Promise<void> }

/** Opens the configured database, or else the local one, which it starts when it is not running. */
async function openDatabase({ mongodbUri, mongodPath, dataDir }: Configuration): Promise<Database> {
  if (mongodbUri !== undefined) return { uri: mongodbUri, stop: async () => {} }
  // Loaded only here: its packages are large.
  const { openLocalMongo } = await import('../tools/dev/local-mongo/local-mongo.js')
  return await openLocalMongo({
    dataDir,
    mongodPath,
    env: process.env,
    log: (message) => process.stderr.write(`${message}\n`),
  })
}

/** Runs work on the database, and says in one line when the database does not answer. */
export async function withDatabase<T>(
  configuration: Configuration,
  work: (config: Config) => Promise<T>,
): Promise<T> {
  const database = await openDatabase(configuration)
  try {
    return await work({ ...configuration, mongodbUri: database.uri })
  } catch (error) {
    throw isDatabaseAway(error) ? new Failure(`the database does not answer: ${error.message}`, 3) : error
  } finally {
    await database.stop()
  }
}

/** The driver's errors for a server that cannot be reached or chosen. */
function isDatabaseAway(error: unknown): error is Error {
  return (
    error instanceof Error &&
    /^Mongo(ServerSelection|Network|NetworkTimeout|NotConnected)\w*Error$/.test(error.name)
  )
}
