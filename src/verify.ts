import { loadEnvFile, readConfig } from './config.js'
import { createLogger } from './observability/logging/logger.js'
import { checkBooks } from './service/check-books.js'

/**
 * Verifies the books of the configured database, and ends with 1 if they are damaged. With the argument
 * `repair`, it posts to the ledger the entries that only journals hold.
 */
async function main(): Promise<void> {
  loadEnvFile()
  const config = readConfig(process.env)
  const { mongodbUri, logLevel, logFormat } = config
  if (mongodbUri === undefined) throw new Error('MONGODB_URI is required')
  const repair = requestedRepair(process.argv.slice(2))
  const logger = createLogger({ level: logLevel, format: logFormat })
  const summary = await checkBooks({
    config,
    mongodbUri,
    repair,
    onCount: (accounts) => logger.info({ accounts }, 'the books are read'),
    onProgress: () => {},
    // The exit code and the summary report the damage even when the log level hides this line.
    onDamage: ({ accountId, kind, detail }) => logger.error({ accountId, kind, detail }, 'damage'),
  })
  process.stdout.write(`${JSON.stringify(summary)}\n`)
  if (summary.damages > 0) process.exitCode = 1
}

function requestedRepair(args: readonly string[]): boolean {
  if (args.length === 0) return false
  if (args.length === 1 && args[0] === 'repair') return true
  throw new Error('the only argument that it takes is repair')
}

main().catch((error: unknown) => {
  // The driver's message may name a host, but never a password.
  process.stderr.write(`verify: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
})
