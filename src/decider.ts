import type { Socket } from 'node:net'
import { isDeepStrictEqual } from 'node:util'
import { ServerCredentials } from '@grpc/grpc-js'
import { createAuthorize } from './application/authorize.js'
import type { CatalogHealth } from './application/catalog-cache.js'
import { IndecisionError, isUnavailable } from './application/errors.js'
import { Readiness } from './application/readiness.js'
import { createReverse } from './application/reverse.js'
import { buildVersion } from './build-version.js'
import {
  type CallRecords,
  idsOf,
  labelsOf,
  recordCall,
  recordDecision,
  recordFailure,
  recordRefusal,
} from './call-records.js'
import type { Config } from './config.js'
import { type Core, createCore, systemClock } from './core.js'
import { InvariantError } from './domain/invariant.js'
import { accountHandlers } from './grpc/account-service.js'
import { authorizationService } from './grpc/authorization-service.js'
import { windowFor } from './grpc/authorize-stream.js'
import type { CallContext } from './grpc/call-context.js'
import { categoryService } from './grpc/category-service.js'
import { type Closing, ConnectionGuard } from './grpc/connection-guard.js'
import { creditHandlers } from './grpc/credit-handlers.js'
import { authentication } from './grpc/interceptors/authentication.js'
import { observation } from './grpc/interceptors/observation.js'
import { wellFormed } from './grpc/interceptors/well-formed.js'
import { merchantRuleService } from './grpc/merchant-rule-service.js'
import { PageGate } from './grpc/page-gate.js'
import { GrpcServer } from './grpc/server.js'
import { statementHandlers } from './grpc/statement-handlers.js'
import { STREAM_AGE_MS_MAX } from './grpc/stream-lifetime.js'
import { TlsCredentials } from './grpc/tls-credentials.js'
import { TokenVerifier } from './grpc/token-verifier.js'
import type { Keys } from './keys/key-files.js'
import { metricLabels } from './metric-labels.js'
import { DecisionLog } from './observability/decision-log.js'
import type { KeyFileReadings } from './observability/key-file-metrics.js'
import { LineLimit } from './observability/line-limit.js'
import type { Logger } from './observability/logger.js'
import { createMetrics, type Metrics, type Readings } from './observability/metrics.js'
import { TallyLog } from './observability/tally-log.js'
import type { Tracing } from './observability/tracing.js'
import { TroubleLog } from './observability/trouble-log.js'
import { watchCommands } from './storage/command-watch.js'
import { PoolWatch } from './storage/pool-watch.js'
import { type Trouble, troubleOf } from './storage/trouble.js'

/** Time between two looks at the database, in milliseconds. */
const READINESS_INTERVAL_MS = 1_000
/** A look that takes longer is told of, in milliseconds. */
const SLOW_PING_MS = 500
/** Time for copying the last entries to the ledger at the end, in milliseconds. They would not be lost without it. */
const SETTLE_TIMEOUT_MS = 2_000
/** Time for sending the last spans at the end, in milliseconds. A collector that is away costs no more than this. */
const TRACE_TIMEOUT_MS = 2_000

export type DeciderOptions = {
  readonly config: Config
  readonly mongodbUri: string
  readonly logger: Logger
  /** Absent when nothing is traced. Is closed when the decider has stopped. */
  readonly tracing: Tracing | undefined
  /** Those to begin with. */
  readonly keys: Keys
  /** What the metrics tell of the files that the keys are from; absent when another process reads them. */
  readonly keyFiles?: KeyFileReadings
  /** Told when it can decide for the first time, before the health checks are. */
  readonly onPrepared: () => void
  /** Told whenever it begins to serve, or cannot any more because the database does not answer. */
  readonly onServing: (serving: boolean) => void
  /** How many processes serve, if it is this one that is to count them; else 0. */
  readonly servingWorkers: () => number
}

/** The gRPC port and everything behind it: all that a process has of the service but the side port. */
export type Decider = {
  readonly metrics: Metrics
  /** Whether it can decide now. */
  readonly serving: () => boolean
  /** The same in words, for whoever watches. */
  readonly detail: () => string
  /** Opens the port and returns it. NOT_SERVING until it is started and the database answers. */
  readonly listen: () => Promise<number>
  /** Takes a connection that another process has accepted, instead. Not after it was stopped. */
  readonly take: (connection: Socket) => void
  /** Begins to look for the database. */
  readonly start: () => void
  /** Shows and trusts these from now on; connections that are open stay. Whether there is TLS cannot change. */
  readonly useKeys: (keys: Keys) => void
  /** Says NOT_SERVING, finishes what was begun, settles, and closes the port and the connections, within the configured time. */
  readonly stop: () => Promise<void>
}

export function createDecider(options: DeciderOptions): Decider {
  const { config, logger, tracing } = options
  const troubles = new TroubleLog({ logger, monotonicMs: systemClock.monotonicMs, explain: troubleOf })
  const core = createCore({
    config,
    tracing,
    mongodbUri: options.mongodbUri,
    onDecisionFailure: (error) =>
      troubles.failed('not decided: the database does not do what it is asked', error),
    onSettleFailure: (error) => {
      metrics.settleFailed()
      const event = 'settling failed, will be tried again'
      if (isUnavailable(error)) troubles.failed(event, error)
      else logger.warn({ err: error }, event)
    },
    onDamage: ({ accountId, transactionId, seq }) => {
      metrics.ledgerRefused()
      logger.error({ accountId, transactionId, seq: String(seq) }, 'the ledger refuses an entry: run verify')
    },
    engineEvents: {
      onGroup: ({ size, durationMs }) => metrics.groupDecided(size, durationMs / 1000),
      onRetry: (cause) => metrics.retried(cause),
    },
    onCatalogFailure: (error) => {
      metrics.catalogRefreshFailed()
      const event = 'the catalog could not be read, the last one stays in use'
      if (isUnavailable(error)) troubles.failed(event, error)
      else logger.warn({ err: error }, event)
    },
    onCatalogUnwatched: (error) =>
      troubles.failed('changes of the catalog are not announced, it is looked for them', error),
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
  const turnedAway = new TallyLog({ logger, event: 'connections were closed or not let in', field: 'closed' })
  const guard = createGuard(config, (reason) => {
    metrics.connectionClosed(reason)
    turnedAway.count()
  })
  const metrics = createMetrics({
    readings: deciderReadings({ ...options, core, pool, guard }),
    labels: metricLabels,
    version: buildVersion(),
  })
  watchCommands(core.client, ({ name, outcome, durationMs }) =>
    metrics.mongoCommand(name, outcome, durationMs / 1000),
  )

  const draining = new AbortController()
  const decisions = new DecisionLog({ logger, approvalsMax: config.logApprovalsPerSecond })
  const overload = new TallyLog({ logger, event: 'overloaded: calls were refused', field: 'refused' })
  const failures = new LineLimit({
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
      options.onPrepared()
    },
    check: async () => {
      const startedMs = systemClock.monotonicMs()
      await core.ping()
      const tookMs = Math.round(systemClock.monotonicMs() - startedMs)
      if (tookMs > SLOW_PING_MS) troubles.slow('the database answers slowly', tookMs)
    },
    intervalMs: READINESS_INTERVAL_MS,
    onChange: (ready) => {
      grpc.setServing(ready)
      if (ready) troubles.over()
      if (ready) logger.info('serving')
      options.onServing(ready)
    },
    onFailure: (error) => {
      trouble = troubleOf(error)
      troubles.failed('not serving: the database does not answer', error)
    },
  })
  let trouble: Trouble | undefined

  return {
    metrics,
    serving: () => readiness.ready,
    detail: () => (readiness.ready ? readyDetail(core.catalog.health) : unreadyDetail(trouble)),
    listen: () => grpc.listen(),
    take: (connection) => grpc.take(connection),
    start: () => void readiness.start(),
    useKeys: locks.useKeys,
    stop: async () => {
      grpc.setServing(false)
      readiness.stop()
      draining.abort()
      await grpc.drain(config.shutdownTimeoutMs)
      await core.close(SETTLE_TIMEOUT_MS)
      decisions.close()
      failures.close()
      await tracing?.close(TRACE_TIMEOUT_MS)
    },
  }
}

/** What keys open: TLS and tokens. */
type Locks = {
  readonly credentials: ServerCredentials
  readonly verifier: TokenVerifier
  readonly useKeys: (keys: Keys) => void
}

function createLocks({ config, keys }: DeciderOptions): Locks {
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
      // What has not changed keeps what is remembered of it: verified tokens, and sessions of TLS.
      if (next.tls && !isDeepStrictEqual(next.tls, used.tls)) tls?.replace(next.tls)
      if (!isDeepStrictEqual(next.tokens, used.tokens)) verifier.replaceKeys(next.tokens)
      used = next
    },
  }
}

function createGuard(
  { grpcConnectionsMax: connectionsMax, grpcFloodGuard: stopsFloods }: Config,
  onClosing: (closing: Closing) => void,
): ConnectionGuard {
  return new ConnectionGuard({
    connectionsMax,
    stopsFloods,
    monotonicMs: systemClock.monotonicMs,
    onClosing,
  })
}

type Watched = Pick<DeciderOptions, 'config' | 'keyFiles' | 'servingWorkers'> & {
  readonly core: Core
  readonly pool: PoolWatch
  readonly guard: ConnectionGuard
}

function deciderReadings({ config, core, pool, guard, keyFiles, servingWorkers }: Watched): Readings {
  const { engine, settler, catalog } = core
  return {
    engine: () => ({
      waitingRequests: {
        PURCHASE: engine.waitingIn('PURCHASE'),
        BACK_OFFICE: engine.waitingIn('BACK_OFFICE'),
      },
      waitingRequestsMax: core.waitingMax(),
      unsettledEntries: settler.unsettled,
      withheldEntries: settler.withheld,
      oldestUnsettledMs: settler.oldestUnsettledMs,
    }),
    pool: () => pool,
    connections: () => ({
      open: guard.open,
      openMax: config.grpcConnectionsMax,
      strangers: guard.strangers,
    }),
    catalog: () => {
      const { version, ageMs } = catalog.health
      return { version: Number(version), ageMs, categories: catalog.categories }
    },
    servingWorkers,
    ...(keyFiles && { keyFiles }),
  }
}

type GrpcOptions = DeciderOptions & {
  readonly credentials: ServerCredentials
  readonly verifier: TokenVerifier
  readonly core: Core
  readonly records: CallRecords
  readonly guard: ConnectionGuard
  /** Ends the streams that are open. */
  readonly draining: AbortSignal
}

function createGrpc(options: GrpcOptions): GrpcServer {
  const { config, credentials, verifier, core, records, tracing, guard, draining } = options
  const { logger, metrics } = records
  const handlers = {
    clock: systemClock,
    durationMsMax: config.decisionTimeoutMs,
    pages: new PageGate(),
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
      wellFormed({
        onMessage: (peer, bytes) => guard.account(peer, bytes),
        onAbandoned: (peer) => guard.idleCall(peer),
      }),
      authentication({
        verifier,
        requireScope: config.jwtRequireScope,
        onRefusal: (reason, call) => recordRefusal(reason, call, records),
        onKnown: (peer) => guard.vouch(peer),
        onStranger: (peer) => guard.idleCall(peer),
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

function unreadyDetail(trouble: Trouble | undefined): string {
  const why = trouble ? `: ${trouble.name}, ${trouble.advice}` : ''
  return `the database does not answer${why}`
}

/** Decisions go on with the last good catalog: whoever watches is told since when. */
function readyDetail({ version, ageMs, failure }: CatalogHealth): string {
  if (failure === undefined) return 'ready'
  const seconds = Math.floor(ageMs / 1_000)
  return `ready, with catalog version ${version}, which could not be refreshed for ${seconds} s: ${describe(failure)}`
}

/** What went wrong, in a word or, when it is the catalog's own fault, in a sentence. Never the driver's text. */
function describe(failure: unknown): string {
  if (failure instanceof IndecisionError) return 'the database does not answer'
  if (failure instanceof RangeError || failure instanceof InvariantError) return failure.message
  return 'see the log'
}
