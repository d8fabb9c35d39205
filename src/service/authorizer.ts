import { isDeepStrictEqual } from 'node:util'
import { ServerCredentials } from '@grpc/grpc-js'
import { createAuthorize } from '../application/authorize.js'
import type { CatalogHealth } from '../application/catalog/catalog-cache.js'
import { isUnavailable, UndecidedError } from '../application/errors.js'
import { Readiness } from '../application/readiness.js'
import { createReverse } from '../application/reverse.js'
import type { Config } from '../config.js'
import { InvariantError } from '../domain/invariant.js'
import { accountHandlers } from '../grpc/account/account-service.js'
import { creditHandlers } from '../grpc/account/credit-handlers.js'
import { statementHandlers } from '../grpc/account/statement-handlers.js'
import { authorizationService } from '../grpc/authorization/authorization-service.js'
import { windowFor } from '../grpc/authorization/authorize-stream.js'
import type { CallContext } from '../grpc/call-context.js'
import { categoryService } from '../grpc/category/category-service.js'
import { type Closing, ConnectionGuard } from '../grpc/connections/connection-guard.js'
import { TlsCredentials } from '../grpc/connections/tls-credentials.js'
import { authentication } from '../grpc/interceptors/authentication.js'
import { observation } from '../grpc/interceptors/observation.js'
import { wellFormed } from '../grpc/interceptors/well-formed.js'
import { merchantRuleService } from '../grpc/merchant-rule/merchant-rule-service.js'
import { PageGate } from '../grpc/pages/page-gate.js'
import { GrpcServer } from '../grpc/server.js'
import { STREAM_AGE_MS_MAX } from '../grpc/stream-lifetime.js'
import { TokenVerifier } from '../grpc/tokens/token-verifier.js'
import type { Keys } from '../keys/key-files.js'
import { DecisionLog } from '../observability/logging/decision-log.js'
import { LogSampler } from '../observability/logging/log-sampler.js'
import type { Logger } from '../observability/logging/logger.js'
import { RepeatedFailureLog } from '../observability/logging/repeated-failure-log.js'
import { TallyLog } from '../observability/logging/tally-log.js'
import type { KeyFileReadings } from '../observability/metrics/key-file-metrics.js'
import { createMetrics, type Metrics, type Readings } from '../observability/metrics/metrics.js'
import type { Tracing } from '../observability/tracing/tracing.js'
import { onPrimaryFound } from '../storage/books.js'
import { watchCommands } from '../storage/command-watch.js'
import { causeOf, type FailureCause, UnfitDatabaseError } from '../storage/failure-cause.js'
import { PoolWatch } from '../storage/pool-watch.js'
import { buildVersion } from './build-version.js'
import {
  type CallRecords,
  idsOf,
  labelsOf,
  recordCall,
  recordDecision,
  recordFailure,
} from './call-records.js'
import { type Core, createCore, systemClock } from './core.js'
import { metricLabels } from './metric-labels.js'

/** Time between two checks of the database, in milliseconds. */
const READINESS_INTERVAL_MS = 1_000
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
  /** Absent when nothing is traced. The decider closes it after it has stopped. */
  readonly tracing: Tracing | undefined
  /** The keys at the start. */
  readonly keys: Keys
  /** The readings of the key files for the metrics. */
  readonly keyFiles: KeyFileReadings
  /** Called when the service can decide for the first time, before the health checks say so. */
  readonly onPrepared: () => void
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
  readonly metrics: Metrics
  /** Whether it can decide now. */
  readonly serving: () => boolean
  /** Describes the readiness for an operator. */
  readonly detail: () => string
  /**
   * Opens the port and returns it. Health is NOT_SERVING until `start` is called and the database answers.
   */
  readonly listen: () => Promise<number>
  /** Begins to check the database. */
  readonly start: () => void
  /** Replaces the certificates and token keys. Open connections stay. TLS cannot be switched on or off. */
  readonly useKeys: (keys: Keys) => void
  /**
   * Reports NOT_SERVING, finishes calls in progress, posts their entries, and closes port and connections,
   * within the configured time.
   */
  readonly stop: () => Promise<void>
}

export function createAuthorizer(options: AuthorizerOptions): Authorizer {
  const { config, logger, tracing } = options
  const databaseFailures = new RepeatedFailureLog({
    logger,
    monotonicMs: systemClock.monotonicMs,
    explain: causeOf,
  })
  const core = createCore({
    config,
    tracing,
    mongodbUri: options.mongodbUri,
    onDecisionFailure: (error) =>
      databaseFailures.failed('not decided: the database does not do what it is asked', error),
    onPostingFailure: (error) => {
      metrics.postingFailed()
      const event = 'posting failed, will be tried again'
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
    },
    onCatalogFailure: (error) => {
      metrics.catalogRefreshFailed()
      const event = 'the catalog could not be read, the last one stays in use'
      if (isUnavailable(error)) databaseFailures.failed(event, error)
      else logger.warn({ err: error }, event)
    },
    onCatalogUnwatched: (error) =>
      databaseFailures.failed('changes of the catalog are not announced, it is looked for them', error),
    onShardMapUnreadable: (error) =>
      logger.warn(
        { err: error },
        'the shards of the accounts cannot be read from config: a shard that is away takes the time of all',
      ),
  })
  const pool = new PoolWatch({
    client: core.client,
    onFailure: (reason) => metrics.poolFailed(reason),
    onCleared: () => metrics.poolCleared(),
  })
  const rejected = new TallyLog({ logger, event: 'connections closed or rejected', field: 'closed' })
  const guard = createGuard(config, (reason) => {
    metrics.connectionClosed(reason)
    rejected.count()
  })
  const metrics = createMetrics({
    readings: {
      ...deciderReadings({ ...options, core, pool, guard, serving: () => readiness.ready }),
      isDatabaseUnfit: () => !readiness.ready && cause?.isUnfit === true,
    },
    labels: metricLabels,
    version: buildVersion(),
  })
  watchCommands(core.client, ({ name, outcome, durationMs }) =>
    metrics.mongoCommand(name, outcome, durationMs / 1000),
  )

  const draining = new AbortController()
  const decisions = new DecisionLog({ logger, approvalsMax: config.logApprovalsPerSecond })
  const overload = new TallyLog({ logger, event: 'overloaded: calls were rejected', field: 'rejected' })
  const failures = new LogSampler({
    logger,
    linesMax: config.logFailuresPerSecond,
    event: 'failed calls without a line: more than LOG_FAILURES_PER_SECOND',
  })
  const records = { logger, metrics, decisions, overload, failures }
  const locks = createLocks(options)
  const grpc = createGrpc({ ...options, core, records, ...locks, guard, draining: draining.signal })
  const readiness = new Readiness({
    prepare: async () => {
      await core.prepare()
      logger.info({ booksId: core.booksId() }, 'the books are there')
      options.onPrepared()
    },
    check: async () => {
      const startedMs = systemClock.monotonicMs()
      await core.checkBooks()
      const tookMs = Math.round(systemClock.monotonicMs() - startedMs)
      if (tookMs > SLOW_PING_MS) databaseFailures.slow('the database answers slowly', tookMs)
    },
    intervalMs: READINESS_INTERVAL_MS,
    onChange: (ready) => {
      grpc.setServing(ready)
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
  let cause: FailureCause | undefined
  onPrimaryFound(core.client, () => readiness.checkSoon())

  return {
    metrics,
    serving: () => readiness.ready,
    detail: () => (readiness.ready ? readyDetail(core.catalog.health) : unreadyDetail(cause)),
    listen: () => grpc.listen(),
    start: () => void readiness.start(),
    useKeys: locks.useKeys,
    stop: async () => {
      grpc.setServing(false)
      readiness.stop()
      draining.abort()
      await grpc.drain(config.shutdownTimeoutMs)
      await core.close(POSTING_TIMEOUT_MS)
      decisions.close()
      failures.close()
      await tracing?.close(TRACE_TIMEOUT_MS)
    },
  }
}

/** The credentials of the port and the verifier of tokens, which use the keys. */
type Locks = {
  readonly credentials: ServerCredentials
  readonly verifier: TokenVerifier
  readonly useKeys: (keys: Keys) => void
}

function createLocks({ config, keys }: AuthorizerOptions): Locks {
  const tls = keys.tls && new TlsCredentials(keys.tls)
  const verifier = new TokenVerifier({
    keys: keys.tokens,
    issuer: config.jwtIssuer,
    audience: config.jwtAudience,
    nowMs: Date.now,
  })
  let used = keys
  return {
    credentials: tls ?? ServerCredentials.createInsecure(),
    verifier,
    useKeys: (next) => {
      // Unchanged keys keep their caches: verified tokens, and TLS sessions.
      if (next.tls && !isDeepStrictEqual(next.tls, used.tls)) tls?.replace(next.tls)
      if (!isDeepStrictEqual(next.tokens, used.tokens)) verifier.replaceKeys(next.tokens)
      used = next
    },
  }
}

function createGuard(
  { grpcConnectionsMax: connectionsMax }: Config,
  onClosing: (closing: Closing) => void,
): ConnectionGuard {
  return new ConnectionGuard({
    connectionsMax,
    monotonicMs: systemClock.monotonicMs,
    onClosing,
  })
}

type Watched = Pick<AuthorizerOptions, 'config' | 'keyFiles'> & {
  readonly core: Core
  readonly pool: PoolWatch
  readonly guard: ConnectionGuard
  readonly serving: () => boolean
}

function deciderReadings(watched: Watched): Omit<Readings, 'isDatabaseUnfit'> {
  const { config, core, pool, guard, serving, keyFiles } = watched
  const { engine, poster, catalog } = core
  return {
    engine: () => ({
      waitingRequests: {
        PURCHASE: engine.waitingIn('PURCHASE'),
        BACK_OFFICE: engine.waitingIn('BACK_OFFICE'),
      },
      waitingRequestsMax: core.waitingMax(),
      unpostedEntries: poster.unposted,
      backlogEntries: poster.backlog,
      oldestUnpostedMs: poster.oldestUnpostedMs,
    }),
    pool: () => pool,
    connections: () => ({
      open: guard.open,
      openMax: config.grpcConnectionsMax,
      unauthenticated: guard.unauthenticated,
    }),
    catalog: () => {
      const { version, ageMs } = catalog.health
      return { version: Number(version), ageMs, categories: catalog.categories }
    },
    serving,
    keyFiles,
  }
}

type GrpcOptions = AuthorizerOptions & {
  readonly credentials: ServerCredentials
  readonly verifier: TokenVerifier
  readonly core: Core
  readonly records: CallRecords
  readonly guard: ConnectionGuard
  /** Ends the open streams. */
  readonly draining: AbortSignal
}

function createGrpc(options: GrpcOptions): GrpcServer {
  const { config, credentials, verifier, core, records, tracing, guard, draining } = options
  const { logger, metrics } = records
  const handlers = {
    clock: systemClock,
    durationMsMax: config.decisionTimeoutMs,
    admit: core.ensureBooks,
    pages: new PageGate(core.backgroundTurns),
    onBug: (error: unknown, call: CallContext) =>
      logger.error({ err: error, ...idsOf(call) }, 'internal error'),
  }
  const catalog = () => core.catalog.current()
  return new GrpcServer({
    host: config.host,
    port: config.grpcPort,
    credentials,
    guard,
    interceptors: [
      observation({
        monotonicMs: systemClock.monotonicMs,
        onStart: (call) => metrics.callStarted(labelsOf(call)),
        onMessage: (call, direction) => metrics.streamMessage(labelsOf(call), direction),
        onEnd: (call) => recordCall(call, records),
        trace: tracing && ((call) => tracing.callStarted(call)),
      }),
      wellFormed,
      authentication({
        verifier,
        requireScope: config.jwtRequireScope,
        onRejection: (reason) => metrics.tokenRejected(reason),
        onAuthenticated: (peer) => guard.markAuthenticated(peer),
      }),
    ],
    authorization: authorizationService({
      authorize: createAuthorize({ engine: core.engine, catalog, calendar: core.calendar }),
      simulate: (...asked) => core.simulator.simulate(...asked),
      reverse: createReverse(core.engine),
      handlers,
      streams: {
        window: windowFor(config.queueMax),
        ageMsMax: STREAM_AGE_MS_MAX,
        draining,
        onAnswer: (code, durationMs) => metrics.streamedPurchase(code, durationMs / 1000),
      },
      onDecision: (entry, replayed, asked) => recordDecision(entry, replayed, asked, records),
      onItemError: (code, call) => recordFailure(code, call, records),
    }),
    account: {
      ...accountHandlers({
        engine: core.engine,
        accounts: core.accounts,
        list: core.accountList,
        catalog,
        handlers,
      }),
      ...creditHandlers({ engine: core.engine, catalog, handlers }),
      ...statementHandlers(core.statement, handlers),
    },
    category: categoryService({ store: core.categories, handlers }),
    merchantRule: merchantRuleService({
      store: core.merchantRules,
      catalog,
      handlers,
      turns: core.backgroundTurns,
    }),
  })
}

function unreadyDetail(cause: FailureCause | undefined): string {
  const why = cause ? `: ${cause.name}, ${cause.hint}` : ''
  return `${reasonOf(cause)}${why}`
}

function reasonOf(cause: FailureCause | undefined): string {
  return cause?.isUnfit ? 'the database is not the right one' : 'the database does not answer'
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
