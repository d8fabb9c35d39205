import type { Duplex } from 'node:stream'
import { authorize } from '../application/authorize.js'
import type { CatalogHealth } from '../application/catalog/catalog-cache.js'
import { isUnavailable, UndecidedError } from '../application/errors.js'
import { Readiness } from '../application/readiness.js'
import type { Config } from '../config.js'
import { InvariantError } from '../domain/invariant.js'
import { ConnectionGuard } from '../grpc/connections/connection-guard.js'
import { HealthStatus } from '../grpc/health/health-status.js'
import type { Keys } from '../keys/key-files.js'
import { DecisionLog } from '../observability/logging/decision-log.js'
import { LogSampler } from '../observability/logging/log-sampler.js'
import type { Logger } from '../observability/logging/logger.js'
import {
  type Explanation,
  RepeatedFailureLog,
  summaryOf,
} from '../observability/logging/repeated-failure-log.js'
import type { KeyFileReadings } from '../observability/metrics/key-file-metrics.js'
import type { Metrics } from '../observability/metrics/metrics.js'
import type { Tracing } from '../observability/tracing/tracing.js'
import { onPrimaryFound } from '../storage/books.js'
import { watchCommands } from '../storage/command-watch.js'
import { causeOf, type FailureCause, UnfitDatabaseError } from '../storage/failure-cause.js'
import { PoolWatch } from '../storage/pool-watch.js'
import type { CallRecords } from './call-records.js'
import { type Core, createCore, systemClock } from './core.js'
import { createCredentials } from './credentials.js'
import { createGrpcPort } from './grpc-port.js'
import { createReadings } from './readings.js'
import { RecentDecisions } from './recent-decisions.js'

/** Time between two checks of the database, in milliseconds. */
const READINESS_INTERVAL_MS = 1_000
/** Decisions that are kept for people who watch the process. */
const RECENT_DECISIONS = 50
/** A check that takes longer than this is logged, in milliseconds. */
const SLOW_PING_MS = 500
/**
 * Time for posting the last entries to the ledger while stopping, in milliseconds. They are safe in the
 * journals without it.
 */
const POSTING_TIMEOUT_MS = 2_000
/**
 * Time for sending the last spans while stopping, in milliseconds. An unavailable collector costs no more
 * than this.
 */
const TRACE_TIMEOUT_MS = 2_000
/** Longest time that stopping takes after SHUTDOWN_TIMEOUT_MS, in milliseconds. */
export const CLOSE_MS_MAX = POSTING_TIMEOUT_MS + TRACE_TIMEOUT_MS

export type AuthorizerOptions = {
  readonly config: Config
  readonly mongodbUri: string
  readonly logger: Logger
  /** Gets its readings from here. */
  readonly metrics: Metrics
  /** Absent when nothing is traced. The authorizer closes it after it has stopped. */
  readonly tracing: Tracing | undefined
  /** The keys at the start. */
  readonly keys: Keys
  /** The readings of the key files for the metrics. */
  readonly keyFiles: KeyFileReadings
  /** Called when the service begins to serve, or stops because the database does not answer. */
  readonly onServing: (serving: boolean) => void
  /** Called when the service can never serve: a later release has changed the schema. */
  readonly onHopeless: (error: Error) => void
}

/**
 * The gRPC port and everything behind it: the whole service except the plaintext health port and the admin
 * port.
 */
export type Authorizer = {
  /** Whether it can decide now. */
  readonly serving: () => boolean
  /** Describes the readiness for an operator. */
  readonly detail: () => string
  /**
   * Opens the port and returns it. Health is NOT_SERVING until `start` is called and the database answers.
   */
  readonly listen: () => Promise<number>
  /** Opens a connection to the gRPC server from this process, for this many calls at a time. */
  readonly connect: (callsMax: number) => Duplex
  /**
   * Begins to check the database. Calls `onPrepared` when the service can decide for the first time, before
   * the health checks say so.
   */
  readonly start: (onPrepared: () => void) => void
  /** Replaces the certificates and token keys. Open connections stay. TLS cannot be switched on or off. */
  readonly useKeys: (keys: Keys) => void
  /**
   * Reports NOT_SERVING, finishes calls in progress, posts their entries, and closes port and connections,
   * within the configured time.
   */
  readonly stop: () => Promise<void>
}

export function createAuthorizer(options: AuthorizerOptions): Authorizer {
  const { config, logger, metrics, tracing } = options
  const databaseFailures = new RepeatedFailureLog({
    logger,
    monotonicMs: systemClock.monotonicMs,
    explain: explainFailure,
  })
  const core = openCore(options, databaseFailures)
  const pool = watchDatabase(core, metrics)
  const guard = createGuard(options)
  const draining = new AbortController()
  const records = createRecords(options)
  const credentials = createCredentials(config, options.keys)
  const health = new HealthStatus()
  const grpc = createGrpcPort({
    config,
    tracing,
    credentials,
    core,
    authorize: (...asked) => authorize(core, ...asked),
    records,
    guard,
    health,
    draining: draining.signal,
  })

  let onPrepared = () => {}
  const { readiness, cause } = createReadiness({
    options,
    core,
    databaseFailures,
    health,
    onPrepared: () => onPrepared(),
  })
  onPrimaryFound(core.client, () => readiness.checkSoon())
  metrics.observe(
    createReadings({
      config,
      core,
      pool,
      guard,
      keyFiles: options.keyFiles,
      serving: () => readiness.ready,
      isDatabaseUnfit: () => !readiness.ready && cause()?.isUnfit === true,
    }),
  )

  return {
    serving: () => readiness.ready,
    detail: () => (readiness.ready ? readyDetail(core.catalogCache.health) : unreadyDetail(cause())),
    listen: () => grpc.listen(),
    connect: (callsMax) => grpc.connect(callsMax),
    start: (prepared) => {
      onPrepared = () => {
        core.holdSweeper.start()
        core.cardRailTotals.start()
        prepared()
      }
      void readiness.start()
    },
    useKeys: credentials.useKeys,
    stop: async () => {
      health.set(false)
      readiness.stop()
      draining.abort()
      core.holdSweeper.stop()
      core.cardRailTotals.stop()
      await grpc.drain(config.shutdownTimeoutMs)
      await core.close(POSTING_TIMEOUT_MS)
      records.decisions.close()
      records.failures.close()
      await tracing?.close(TRACE_TIMEOUT_MS)
    },
  }
}

/** Creates the core. Its failures and events become log lines and metrics. */
function openCore(options: AuthorizerOptions, databaseFailures: RepeatedFailureLog): Core {
  const { config, logger, metrics, tracing } = options
  return createCore({
    config,
    tracing,
    mongodbUri: options.mongodbUri,
    onDecisionFailure: (error) =>
      databaseFailures.failed('cannot decide: a database operation failed', error),
    onPostingFailure: (error) => {
      metrics.postingFailed()
      const event = 'posting to the ledger failed and will be retried'
      if (isUnavailable(error)) databaseFailures.failed(event, error)
      else logger.warn({ err: error }, event)
    },
    onDiscrepancy: ({ accountId, transactionId, seq }) => {
      metrics.ledgerRejected()
      logger.error({ accountId, transactionId, seq: String(seq) }, 'the ledger rejects an entry: run verify')
    },
    engineEvents: {
      onGroup: ({ size, durationMs }) => metrics.groupDecided(size, durationMs / 1000),
      onRetry: (cause) => metrics.retried(cause),
      onExpired: (holds) => metrics.holdsExpired(holds),
    },
    onCountFailure: (error) => databaseFailures.failed('the card rail could not be counted', error),
    onSweepFailure: (error) => databaseFailures.failed('due holds could not be expired', error),
    onCatalogFailure: (error) => {
      metrics.catalogRefreshFailed()
      const event = 'the catalog could not be read: the last one stays in use'
      if (isUnavailable(error)) databaseFailures.failed(event, error)
      else logger.warn({ err: error }, event)
    },
    onCatalogUnwatched: (error) =>
      databaseFailures.failed('the change stream of the catalog failed: it is polled instead', error),
    onShardMapUnreadable: (error) =>
      logger.warn(
        { err: error },
        'the shard map cannot be read from the config database: an unavailable shard may delay all accounts',
      ),
  })
}

/** Counts the commands and the connections of the database. */
function watchDatabase({ client }: Core, metrics: Metrics): PoolWatch {
  watchCommands(client, ({ name, outcome, durationMs }) =>
    metrics.mongoCommand(name, outcome, durationMs / 1000),
  )
  return new PoolWatch({
    client,
    onFailure: (reason) => metrics.poolFailed(reason),
    onCleared: () => metrics.poolCleared(),
  })
}

type ReadinessWiring = {
  readonly options: AuthorizerOptions
  readonly core: Core
  readonly databaseFailures: RepeatedFailureLog
  readonly health: HealthStatus
  readonly onPrepared: () => void
}

/** Creates the checks of the database. `cause` returns the cause of the last failed check. */
function createReadiness({ options, core, databaseFailures, health, onPrepared }: ReadinessWiring) {
  const { logger } = options
  let cause: FailureCause | undefined
  const readiness = new Readiness({
    prepare: async () => {
      await core.prepare()
      logger.info({ booksId: core.booksId() }, 'books ready')
      onPrepared()
    },
    check: async () => {
      const startedMs = systemClock.monotonicMs()
      await core.checkBooks()
      const tookMs = Math.round(systemClock.monotonicMs() - startedMs)
      if (tookMs > SLOW_PING_MS) databaseFailures.slow('the database answers slowly', tookMs)
    },
    intervalMs: READINESS_INTERVAL_MS,
    onChange: (ready) => {
      health.set(ready)
      if (ready) databaseFailures.over()
      if (ready) logger.info('serving')
      options.onServing(ready)
    },
    onFailure: (error) => {
      cause = causeOf(error)
      if (error instanceof UnfitDatabaseError && cause.name === 'SCHEMA_NEWER') options.onHopeless(error)
      databaseFailures.failed(`not serving: ${reasonOf(cause)}`, error)
    },
  })
  return { readiness, cause: () => cause }
}

/** Creates the guard of the connections. Closed connections are counted and logged. */
function createGuard({ config, logger, metrics }: AuthorizerOptions): ConnectionGuard {
  const rejected = new LogSampler({ logger, event: 'connections closed or rejected', field: 'closed' })
  return new ConnectionGuard({
    connectionsMax: config.grpcConnectionsMax,
    monotonicMs: systemClock.monotonicMs,
    onClosing: (reason) => {
      metrics.connectionClosed(reason)
      rejected.count()
    },
  })
}

/** Creates the logs of calls and decisions. */
function createRecords({ config, logger, metrics }: AuthorizerOptions): CallRecords {
  const decisions = new DecisionLog({ logger, approvalsMax: config.logApprovalsPerSecond })
  const overload = new LogSampler({ logger, event: 'overloaded: calls were rejected', field: 'rejected' })
  const failures = new LogSampler({
    logger,
    linesMax: config.logFailuresPerSecond,
    event: 'failed calls left out of the log: more than LOG_FAILURES_PER_SECOND',
    field: 'leftOut',
  })
  const recent = new RecentDecisions(RECENT_DECISIONS)
  return { logger, metrics, decisions, overload, failures, recent }
}

/** Explains a failure of the database to the log. */
function explainFailure(error: unknown): Explanation {
  const { name, hint } = causeOf(error)
  return { kind: name, fields: { cause: name, hint, error: summaryOf(error) } }
}

function unreadyDetail(cause: FailureCause | undefined): string {
  const why = cause ? `: ${cause.name}, ${cause.hint}` : ''
  return `${reasonOf(cause)}${why}`
}

function reasonOf(cause: FailureCause | undefined): string {
  return cause?.isUnfit ? 'the database is not the expected one' : 'the database does not answer'
}

/**
 * Describes a ready service. Decisions go on with the last good catalog, so the text says how old that is.
 */
function readyDetail({ version, ageMs, failure }: CatalogHealth): string {
  if (failure === undefined) return 'ready'
  const seconds = Math.floor(ageMs / 1_000)
  return `ready, with catalog version ${version}, which could not be refreshed for ${seconds} s: ${describe(failure)}`
}

/**
 * Describes a failed refresh in a word, or in a sentence when the catalog itself is invalid. Never the
 * driver's text.
 */
function describe(failure: unknown): string {
  if (failure instanceof UndecidedError) return 'the database does not answer'
  if (failure instanceof RangeError || failure instanceof InvariantError) return failure.message
  return 'see the log'
}
