import { isDeepStrictEqual } from 'node:util'
import { ServerCredentials, status } from '@grpc/grpc-js'
import type { CommandFailedEvent, CommandSucceededEvent, MongoClient } from 'mongodb'
import { createAuthorize } from './application/authorize.js'
import type { CatalogHealth } from './application/catalog-cache.js'
import { IndecisionError, isUnavailable } from './application/errors.js'
import { Readiness } from './application/readiness.js'
import { createReverse } from './application/reverse.js'
import { buildVersion } from './build-version.js'
import type { Config } from './config.js'
import { type Core, createCore, systemClock } from './core.js'
import type { AuthorizationEntry, ReversalEntry } from './domain/entry.js'
import { InvariantError } from './domain/invariant.js'
import { codesOf } from './domain/reason.js'
import { accountHandlers } from './grpc/account-service.js'
import { type AskedDecision, authorizationService } from './grpc/authorization-service.js'
import { windowFor } from './grpc/authorize-stream.js'
import type { CallContext } from './grpc/call-context.js'
import { categoryService } from './grpc/category-service.js'
import { creditHandlers } from './grpc/credit-handlers.js'
import { HealthServer } from './grpc/health-server.js'
import { authentication } from './grpc/interceptors/authentication.js'
import { type EndedCall, type ObservedCall, observation } from './grpc/interceptors/observation.js'
import { merchantRuleService } from './grpc/merchant-rule-service.js'
import { probePort } from './grpc/port-probe.js'
import { GrpcServer } from './grpc/server.js'
import { statementHandlers } from './grpc/statement-handlers.js'
import { STREAM_AGE_MS_MAX } from './grpc/stream-lifetime.js'
import { TlsCredentials } from './grpc/tls-credentials.js'
import { TokenVerifier } from './grpc/token-verifier.js'
import { SideServer } from './http/side-server.js'
import { openKeyFiles, readingsOf, withWarning } from './key-watch.js'
import type { Keys } from './keys/key-files.js'
import { metricLabels } from './metric-labels.js'
import type { Caller, CallIds } from './observability/call-fields.js'
import type { CallLabels } from './observability/call-metrics.js'
import { DecisionLog } from './observability/decision-log.js'
import type { KeyFileReadings } from './observability/key-file-metrics.js'
import { type Logger, roundMs } from './observability/logger.js'
import { createMetrics, type Metrics, type Readings } from './observability/metrics.js'
import { OverloadLog } from './observability/overload-log.js'
import { openTracing, type Tracing } from './observability/tracing.js'
import { TroubleLog } from './observability/trouble-log.js'
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

export type ServiceOptions = {
  readonly config: Config
  readonly mongodbUri: string
  /** The secret that tokens are signed with; undefined when only public keys verify them. */
  readonly jwtSecret: string | undefined
  readonly logger: Logger
  /** Told when the service can decide for the first time, and where it listens. */
  readonly onReady: (ports: Ports) => void
}

export type Ports = {
  readonly grpcPort: number
  readonly httpPort: number
  /** The plaintext port for health, if there is one. */
  readonly healthPort: number | undefined
}

/** The running service: its ports, and everything behind them. */
export type Service = Ports & {
  /** Comes when it cannot go on and should be stopped; not when this process itself crashes. */
  readonly failed: Promise<Error>
  /** Says NOT_SERVING, finishes what was begun, settles, and lets go of everything, within the configured time. */
  readonly stop: () => Promise<void>
}

/**
 * Builds the service in this one process and opens its ports. It answers UNAVAILABLE until the database does.
 *
 * @throws KeyFileError when a file of keys or certificates is no good.
 */
export async function startService(options: ServiceOptions): Promise<Service> {
  const { config } = options
  const files = await openKeyFiles({
    ...options,
    metrics: () => decider.metrics,
    onChange: (keys) => decider.useKeys(keys),
  })
  const health = createHealth(config)
  const decider: Decider = createDecider({
    ...options,
    tracing: await openTracing(config.tracing, options.logger),
    keys: files.keys,
    keyFiles: readingsOf(() => files),
    onPrepared: () => options.onReady(ports),
    onServing: (serving) => health?.setServing(serving),
    servingWorkers: () => (decider.serving() ? 1 : 0),
  })
  const side = new SideServer({
    host: config.host,
    port: config.httpPort,
    metrics: () => decider.metrics.expose(),
    readiness: () => ({
      ready: decider.serving(),
      detail: withWarning(decider.detail(), files),
    }),
  })

  const ports = await openPorts({ side, health, openGrpc: () => listen(config, decider) })
  decider.start()
  files.start()

  return {
    ...ports,
    failed: new Promise(() => {}),
    stop: async () => {
      files.stop()
      health?.setServing(false)
      await decider.stop()
      health?.close()
      await side.close()
    },
  }
}

/** The plaintext port for health, where one is configured. */
export function createHealth({ host, grpcHealthPort }: Config): HealthServer | undefined {
  return grpcHealthPort === undefined ? undefined : new HealthServer({ host, port: grpcHealthPort })
}

export type PortOpeners = {
  readonly side: SideServer
  readonly health: HealthServer | undefined
  /** Opens the gRPC port and returns it. */
  readonly openGrpc: () => Promise<number>
}

/** Opens all ports, or none. */
export async function openPorts({ side, health, openGrpc }: PortOpeners): Promise<Ports> {
  const httpPort = await side.listen()
  try {
    const healthPort = await health?.listen()
    return { httpPort, healthPort, grpcPort: await openGrpc() }
  } catch (error) {
    health?.close()
    await side.close()
    throw error
  }
}

async function listen({ host, grpcPort }: Config, decider: Decider): Promise<number> {
  await probePort({ host, port: grpcPort })
  return await decider.listen()
}

export type DeciderOptions = Pick<ServiceOptions, 'config' | 'mongodbUri' | 'logger'> & {
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
  const metrics = createMetrics({
    readings: deciderReadings({ ...options, core, pool }),
    labels: metricLabels,
    version: buildVersion(),
  })
  measureCommands(core.client, metrics)

  const draining = new AbortController()
  const decisions = new DecisionLog({ logger, approvalsMax: config.logApprovalsPerSecond })
  const records = { logger, metrics, decisions, overload: new OverloadLog(logger) }
  const locks = createLocks(options)
  const grpc = createGrpc({ ...options, core, records, ...locks, draining: draining.signal })
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
    start: () => void readiness.start(),
    useKeys: locks.useKeys,
    stop: async () => {
      grpc.setServing(false)
      readiness.stop()
      draining.abort()
      await grpc.drain(config.shutdownTimeoutMs)
      await core.close(SETTLE_TIMEOUT_MS)
      decisions.close()
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

type Watched = Pick<DeciderOptions, 'keyFiles' | 'servingWorkers'> & {
  readonly core: Core
  readonly pool: PoolWatch
}

function deciderReadings({ core, pool, keyFiles, servingWorkers }: Watched): Readings {
  const { engine, settler, catalog } = core
  return {
    engine: () => ({
      waitingRequests: engine.waiting,
      waitingRequestsMax: core.waitingMax(),
      unsettledEntries: settler.unsettled,
      withheldEntries: settler.withheld,
      oldestUnsettledMs: settler.oldestUnsettledMs,
    }),
    pool: () => pool,
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
  readonly records: Records
  /** Ends the streams that are open. */
  readonly draining: AbortSignal
}

function createGrpc(options: GrpcOptions): GrpcServer {
  const { config, credentials, verifier, core, records, tracing, draining } = options
  const { logger, metrics } = records
  const handlers = {
    clock: systemClock,
    durationMsMax: config.decisionTimeoutMs,
    onBug: (error: unknown, call: CallContext) =>
      logger.error({ err: error, ...idsOf(call) }, 'internal error'),
  }
  const catalog = () => core.catalog.current()
  return new GrpcServer({
    host: config.host,
    port: config.grpcPort,
    credentials,
    interceptors: [
      observation({
        monotonicMs: systemClock.monotonicMs,
        onStart: (call) => metrics.callStarted(labelsOf(call)),
        onMessage: (call, direction) => metrics.streamMessage(labelsOf(call), direction),
        onEnd: (call) => recordCall(call, records),
        trace: tracing && ((call) => tracing.callStarted(call)),
      }),
      authentication({
        verifier,
        requireScope: config.jwtRequireScope,
        onRefusal: (reason, call) => {
          metrics.tokenRefused(reason)
          logger.info({ reason, ...idsOf(call) }, 'token refused')
        },
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
    merchantRule: merchantRuleService({ store: core.merchantRules, catalog, handlers }),
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

type Records = {
  readonly logger: Logger
  readonly metrics: Metrics
  readonly decisions: DecisionLog
  readonly overload: OverloadLog
}

function recordCall(call: EndedCall, { logger, metrics, overload }: Records): void {
  const code = status[call.code] ?? 'UNKNOWN'
  metrics.callHandled(labelsOf(call), code, call.durationMs / 1000)
  call.context.trace?.ended(code)
  const refused = call.code === status.RESOURCE_EXHAUSTED
  if (refused) overload.refused()
  const level = call.code === status.OK || refused ? 'debug' : 'info'
  if (!logger.isLevelEnabled(level)) return
  logger[level](
    { method: call.path, code, durationMs: roundMs(call.durationMs), ...callerOf(call.context) },
    'call',
  )
}

/** A purchase of a stream has failed: it is logged as a call by itself would be. */
function recordFailure(failed: status, call: CallContext, { logger, overload }: Records): void {
  const refused = failed === status.RESOURCE_EXHAUSTED
  if (refused) overload.refused()
  const code = status[failed] ?? 'UNKNOWN'
  logger[refused ? 'debug' : 'info']({ code, ...callerOf(call) }, 'a purchase of a stream failed')
}

function recordDecision(
  entry: AuthorizationEntry | ReversalEntry,
  replayed: boolean,
  { call, durationMs }: AskedDecision,
  { metrics, decisions }: Records,
): void {
  const { kind, reason, movement } = entry
  const { code } = codesOf(reason)
  const category = movement?.wallet
  // The one place where an amount becomes a number: metrics are numbers, and exact up to 90 trillion reais. Nothing is decided by them.
  const centavos = Math.abs(Number(movement?.delta ?? 0n))
  metrics.decision({ kind, code, reason, category: category ?? '', replayed }, centavos)
  decisions.decided({ kind, code, reason, category, replayed, durationMs }, () => callerOf(call))
}

/** What every line about a call has: how to find the call again, and whose it was. */
function callerOf(call: CallContext): Caller {
  return { ...idsOf(call), subject: call.principal?.subject }
}

function idsOf({ requestId, trace }: CallContext): CallIds {
  return { requestId, ...trace?.ids }
}

function labelsOf({ path, type }: ObservedCall): CallLabels {
  const [, service = '', method = ''] = path.split('/')
  return { service, method, type }
}

function measureCommands(client: MongoClient, metrics: Metrics): void {
  client.on('commandSucceeded', ({ commandName, duration, reply }: CommandSucceededEvent) => {
    // Waiting for a change takes as long as there is none, and says nothing of the database.
    if (!isWatch(commandName, reply)) metrics.mongoCommand(commandName, 'ok', duration / 1000)
  })
  client.on('commandFailed', ({ commandName, duration }: CommandFailedEvent) =>
    metrics.mongoCommand(commandName, 'error', duration / 1000),
  )
}

function isWatch(commandName: string, reply: unknown): boolean {
  if (commandName !== 'getMore' || typeof reply !== 'object' || reply === null || !('cursor' in reply))
    return false
  const { cursor } = reply
  return typeof cursor === 'object' && cursor !== null && 'postBatchResumeToken' in cursor
}
