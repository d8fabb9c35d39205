import { type Config, loadEnvFile, readDatabaseConfig } from './config.js'
import { createLogger } from './observability/logging/logger.js'
import { rejectUnfitServer } from './storage/books.js'
import type { BooksIdentity } from './storage/books-identity.js'
import { createClient } from './storage/client.js'
import { ensureSchema } from './storage/schema.js'

/**
 * Longest wait for building an index, in milliseconds. A longer build goes on in the database, and the next
 * run waits for it.
 */
const INDEX_MS_MAX = 600_000

/** Creates or upgrades the schema, as every start of the service does, and ends. */
async function main(): Promise<void> {
  loadEnvFile()
  const config = readDatabaseConfig(process.env)
  const { booksId, schemaVersion } = await makeSchema(config)
  createLogger({ level: config.logLevel, format: config.logFormat }).info(
    { database: config.mongodbDatabase, booksId, schemaVersion },
    'schema ready',
  )
}

async function makeSchema({ mongodbUri, mongodbDatabase }: Config): Promise<BooksIdentity> {
  const client = createClient({ uri: mongodbUri, poolSizeMax: 2, answerMsMax: INDEX_MS_MAX })
  try {
    await rejectUnfitServer(client)
    return await ensureSchema(client.db(mongodbDatabase))
  } finally {
    await client.close()
  }
}

main().catch((error: unknown) => {
  // The driver's message may name a host, but never a password.
  process.stderr.write(`schema: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
})
