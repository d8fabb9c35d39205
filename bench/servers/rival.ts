import { CatalogCache } from '../../src/application/catalog/catalog-cache.js'
import { readConfig } from '../../src/config.js'
import { HealthStatus } from '../../src/grpc/health/health-status.js'
import { createLogger } from '../../src/observability/logging/logger.js'
import { systemClock } from '../../src/service/core.js'
import { MongoCatalogStore } from '../../src/storage/catalog/mongo-catalog-store.js'
import { createClient } from '../../src/storage/client.js'
import { mapTransientErrors } from '../../src/storage/errors.js'
import { createFront } from './front.js'
import { RivalBooks } from './rival-books.js'
import { strategyNamed } from './strategies/strategies.js'

/** Longest time for calls in progress at the end, in milliseconds. */
const DRAIN_MS_MAX = 5_000

const [, , name = ''] = process.argv
const strategy = strategyNamed(name)
const config = readConfig(process.env)
const logger = createLogger({ level: config.logLevel, format: config.logFormat })
const { mongodbUri: uri, jwtSecret } = config
if (jwtSecret === undefined) throw new Error('JWT_SECRET is required')

const client = createClient({ uri, poolSizeMax: config.mongodbPoolSize })
await client.connect()
const db = client.db(config.mongodbDatabase)
const catalog = new CatalogCache({
  store: new MongoCatalogStore(db),
  clock: systemClock,
  refreshMs: config.catalogRefreshMs,
  onFailure: (error) =>
    logger.warn({ err: error }, 'the catalog could not be read, the last one stays in use'),
  onUnwatched: (error) => logger.warn({ err: error }, 'changes of the catalog are not announced'),
})
await catalog.start()

const books = new RivalBooks(db)
const authorize = strategy({ books, catalog: () => catalog.current(), clock: systemClock })
const health = new HealthStatus()
const front = createFront({
  health,
  config,
  jwtSecret,
  logger,
  client,
  authorize: (...asked) => mapTransientErrors('authorizing', () => authorize(...asked)),
})
logger.info({ grpcPort: await front.listen() }, 'listening')
health.set(true)
logger.info('serving')

process.once('SIGTERM', stop)
process.once('SIGINT', stop)

async function stop(): Promise<void> {
  await catalog.close()
  await front.drain(DRAIN_MS_MAX)
  await client.close()
  process.exit(0)
}
