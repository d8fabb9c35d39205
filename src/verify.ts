import { loadEnvFile, readDatabaseConfig } from './config.js'
import { createLogger } from './observability/logging/logger.js'
import { checkBooks } from './service/check-books.js'

/**
 * Verifies the books of the configured database, and ends with 1 if they are damaged. With the argument
 * `repair`, it posts to the ledger the entries that only journals hold.
 */
async function main(): Promise<void> {
  loadEnvFile()
  const config = readDatabaseConfig(process.env)
  const repair = requestedRepair(process.argv.slice(2))
  const logger = createLogger({ level: config.logLevel, format: config.logFormat })
  const summary = await checkBooks({
    config,
    repair,
    onCount: (accounts) => logger.info({ accounts }, 'books read'),
    onProgress: () => {},
    // The exit code and the summary report the discrepancy even when the log level hides this line.
    onDiscrepancy: ({ accountId, kind, detail }) => logger.error({ accountId, kind, detail }, 'discrepancy'),
  })
  process.stdout.write(`${JSON.stringify(summary)}\n`)
  if (summary.discrepancies > 0) process.exitCode = 1
}

function requestedRepair(args: readonly string[]): boolean {
  if (args.length === 0) return false
  if (args.length === 1 && args[0] === 'repair') return true
  throw new Error('the only argument is repair')
}

main().catch((error: unknown) => {
  // The driver's message may name a host, but never a password.
  process.stderr.write(`verify: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
})
