import type { Config } from '../src/config.js'
import { openLocalMongo } from '../src/local-mongo/local-mongo.js'

export type Database = { readonly uri: string; readonly stop: () => Promise<void> }

/** The configured database; else the local one, running already or started for as long as the command takes. */
export async function openDatabase({ mongodbUri, mongodPath, dataDir }: Config): Promise<Database> {
  if (mongodbUri !== undefined) return { uri: mongodbUri, stop: async () => {} }
  return await openLocalMongo({
    dataDir,
    mongodPath,
    env: process.env,
    log: (message) => console.error(message),
  })
}
