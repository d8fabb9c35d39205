import { readConfig } from '../../src/config.js'
import { ConnectionGuard } from '../../src/grpc/connections/connection-guard.js'
import { HealthStatus } from '../../src/grpc/health/health-status.js'
import { secretKeys } from '../../src/keys/token-key.js'
import { DecisionLog } from '../../src/observability/logging/decision-log.js'
import { LogSampler } from '../../src/observability/logging/log-sampler.js'
import { createLogger } from '../../src/observability/logging/logger.js'
import { createMetrics } from '../../src/observability/metrics/metrics.js'
import { createCore, systemClock } from '../../src/service/core.js'
import { createCredentials } from '../../src/service/credentials.js'
import { createGrpcPort } from '../../src/service/grpc-port.js'
import { metricLabels } from '../../src/service/metric-labels.js'
import { RecentDecisions } from '../../src/service/recent-decisions.js'
import { watchCommands } from '../../src/storage/command-watch.js'
import { mapTransientErrors } from '../../src/storage/errors.js'
import { RivalBooks } from './rival-books.js'
import { strategyNamed } from './strategies/strategies.js'

/** Longest time for calls in progress at the end, in milliseconds. */
const DRAIN_MS_MAX = 5_000
const RECENT_DECISIONS = 50

const [, , name = ''] = process.argv
const strategy = strategyNamed(name)
const config = readConfig(process.env)
const logger = createLogger({ level: config.logLevel, format: config.logFormat })
const { mongodbUri, jwtSecret } = config
if (jwtSecret === undefined) throw new Error('JWT_SECRET is required')

const metrics = createMetrics({ labels: metricLabels, version: 'rival' })
const warn = (error: unknown) => logger.warn({ err: error }, 'the catalog could not be read or followed')
const core = createCore({
  config,
  mongodbUri,
  onPostingFailure: warn,
  onDiscrepancy: ({ accountId }) => logger.error({ accountId }, 'a discrepancy'),
  onCatalogFailure: warn,
  onCatalogUnwatched: warn,
})
watchCommands(core.client, (command) =>
  metrics.mongoCommand(command.name, command.outcome, command.durationMs / 1_000),
)
await core.client.connect()
await core.catalogCache.start()

// The service's own gRPC port before another way to authorize: only the decisions differ. The engine of the core
// stays idle, and so do the books that it checks.
const books = new RivalBooks(core.client.db(config.mongodbDatabase))
const authorize = strategy({ books, catalog: core.catalog, clock: systemClock })
const health = new HealthStatus()
const port = createGrpcPort({
  config,
  tracing: undefined,
  credentials: createCredentials(config, {
    tls: undefined,
    tokens: secretKeys([jwtSecret], config.jwtAlgorithms),
  }),
  core: { ...core, ensureBooks: () => {} },
  authorize: (...asked) => mapTransientErrors('authorizing', () => authorize(...asked)),
  records: {
    logger,
    metrics,
    decisions: new DecisionLog({ logger, approvalsMax: config.logApprovalsPerSecond }),
    overload: new LogSampler({ logger, event: 'overloaded: calls were rejected', field: 'rejected' }),
    failures: new LogSampler({ logger, event: 'failed calls left out of the log', field: 'leftOut' }),
    recent: new RecentDecisions(RECENT_DECISIONS),
  },
  guard: new ConnectionGuard({
    connectionsMax: config.grpcConnectionsMax,
    monotonicMs: systemClock.monotonicMs,
    onClosing: (closing) => metrics.connectionClosed(closing),
  }),
  health,
  draining: new AbortController().signal,
})
logger.info({ grpcPort: await port.listen() }, 'listening')
health.set(true)
logger.info('serving')

process.once('SIGTERM', stop)
process.once('SIGINT', stop)

async function stop(): Promise<void> {
  await port.drain(DRAIN_MS_MAX)
  await core.close(DRAIN_MS_MAX)
  process.exit(0)
}
