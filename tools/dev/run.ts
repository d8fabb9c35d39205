import { findUnknownVariables, hasKeyFile, loadEnvFile, readConfig, readSettings } from '../../src/config.js'
import type { Logger } from '../../src/observability/logging/logger.js'
import { openLog, runService } from '../../src/service/run-service.js'
import { requirePorts } from '../../src/service/startup-checks.js'
import { announcement } from './announcement.js'
import { requireDataDir } from './data-dir.js'
import { type DevSettings, readDevSettings } from './dev-settings.js'
import { localSecret } from './local-secret.js'

/** The port of the HTTP API. The service alone opens none unless one is configured. */
const HTTP_API_PORT = 8_000

/** The database of the service. `stop` ends it if this process has started it. */
type Database = { readonly uri: string; readonly stop: () => Promise<void> }

/**
 * Runs the service for development. Provides what the environment leaves out: a local database with the
 * example accounts, and a local secret for tokens.
 */
async function main(): Promise<void> {
  const fileNames = loadEnvFile()
  const settings = readSettings(process.env)
  const devSettings = readDevSettings(process.env)
  const logger = openLog(settings, { unknown: findUnknownVariables(process.env, fileNames) })
  const httpApiPort = settings.httpApiPort ?? HTTP_API_PORT
  await requirePorts({ ...settings, httpApiPort })

  const { mongodbUri } = settings
  const needsSecret = settings.jwtSecret === undefined && !hasKeyFile(settings)
  if (needsSecret || mongodbUri === undefined) await requireDataDir(devSettings.dataDir)
  const secret = needsSecret ? await localSecret(devSettings.dataDir) : settings.jwtSecret
  const database =
    mongodbUri === undefined ? await openDatabase(devSettings, logger) : givenDatabase(mongodbUri)

  const config = readConfig({
    ...process.env,
    MONGODB_URI: database.uri,
    JWT_SECRET: secret,
    HTTP_API_PORT: String(httpApiPort),
    CONSOLE: process.env['CONSOLE'] || 'true',
    SEED_EXAMPLES: process.env['SEED_EXAMPLES'] || String(mongodbUri === undefined),
  })
  await runService({
    config,
    logger,
    givesTokens: true,
    // Standard output carries the log alone, so that it can be piped.
    onReady: (ports) => process.stderr.write(announcement(config, ports)),
    onEnd: database.stop,
  })
}

async function openDatabase({ dataDir, mongodPath }: DevSettings, logger: Logger): Promise<Database> {
  // Loaded only here, because its packages are large.
  const { openLocalMongo } = await import('./local-mongo/local-mongo.js')
  return await openLocalMongo({
    dataDir,
    mongodPath,
    env: process.env,
    log: (message) => logger.info(message),
  })
}

function givenDatabase(uri: string): Database {
  return { uri, stop: async () => {} }
}

main().catch((error: unknown) => {
  process.stderr.write(
    `benefits-authorizer cannot start: ${error instanceof Error ? error.message : String(error)}\n`,
  )
  process.exit(1)
})
