import { type CallLabels, CallMetrics, type CallMetricsOptions } from './call-metrics.js'
import { type CardRailReadings, measureCardRail } from './card-rail-metrics.js'
import { ConnectionMetrics, type ConnectionReadings } from './connection-metrics.js'
import { DatabaseMetrics, type PoolFailure, type PoolReadings } from './database-metrics.js'
import { type DecidedCount, type DecisionLabels, DecisionMetrics, type Outcome } from './decision-metrics.js'
import { EngineMetrics, type EngineReadings, type RetryCause } from './engine-metrics.js'
import { HttpMetrics } from './http-metrics.js'
import { type KeyFileGroup, KeyFileMetrics, type KeyFileReadings } from './key-file-metrics.js'
import { measureLiveMemory } from './live-memory.js'
import { type Exposition, MetricRegistry } from './metric-registry.js'

/**
 * The metrics of the service. Labels come from closed sets, never from accounts, merchants or transactions.
 */
export interface Metrics {
  /** Counts a call that has arrived. */
  callStarted(call: CallLabels): void
  /** Records a call that has ended with this status code. */
  callHandled(call: CallLabels, code: string, seconds: number): void
  /** Counts a message of a stream. */
  streamMessage(call: CallLabels, direction: 'received' | 'sent'): void
  /** Records a purchase on a stream that was answered with this status code. */
  streamedPurchase(code: string, seconds: number): void
  /**
   * Counts a decision, or a stored decision that was given again.
   *
   * @param centavos the money that it moved; 0 when it moved none.
   */
  decision(decision: DecisionLabels, centavos: number): void
  /** Counts a rejected token. */
  tokenRejected(reason: string): void
  /** Counts a caller's connection that was closed or rejected. */
  connectionClosed(reason: string): void
  /** Counts a request to the HTTP API that has ended. */
  httpRequest(route: string, status: number): void
  /** Records a group of requests that were decided together. */
  groupDecided(size: number, seconds: number): void
  /** Counts a request that is decided again. */
  retried(cause: RetryCause): void
  /** Records a command that the database has answered or failed. */
  mongoCommand(command: string, outcome: 'ok' | 'error', seconds: number): void
  /** Counts an operation that got no connection to the database. */
  poolFailed(reason: PoolFailure): void
  /** Counts a drop of all connections to one database server. */
  poolCleared(): void
  /** Counts holds that have expired. */
  holdsExpired(count: number): void
  /** Counts a failed attempt to post to the ledger, which will be repeated. */
  postingFailed(): void
  /** Counts an entry that the ledger has rejected. */
  ledgerRejected(): void
  /** Counts a failed refresh of the catalog; the last good one stays in use. */
  catalogRefreshFailed(): void
  /** Counts new key or certificate files that are now in use. */
  keyFilesReloaded(files: KeyFileGroup): void
  /** Counts new key or certificate files that were rejected; the last good ones stay in use. */
  keyFilesRejected(files: KeyFileGroup): void
  /** Reads the counters that people watch: see {@link Activity}. */
  activity(): Promise<Activity>
  /** Sets the source of the gauges' values. Until then they are those of {@link idleReadings}. */
  observe(readings: Readings): void
  /** Renders all metrics in the Prometheus text format. */
  expose(): Promise<Exposition>
}

/** Counts since the process started. */
export type Activity = {
  /** Decisions, without stored ones that were given again. */
  readonly decisions: readonly DecidedCount[]
  /** Calls of Authorize that took at most so many seconds, the shortest first. The last bound is infinite. */
  readonly authorizeCalls: readonly { readonly atMostSeconds: number; readonly count: number }[]
}

/** Values that are read when Prometheus asks. */
export type Readings = {
  readonly engine: () => EngineReadings
  readonly cardRail: () => CardRailReadings
  readonly pool: () => PoolReadings
  /** Whether the database answers but must not be used. */
  readonly isDatabaseUnfit: () => boolean
  readonly connections: () => ConnectionReadings
  readonly catalog: () => CatalogReadings
  /** Whether the process can decide. */
  readonly serving: () => boolean
  readonly keyFiles: KeyFileReadings
}

export type CatalogReadings = {
  /** 0 before the first catalog was read. */
  readonly version: number
  readonly ageMs: number
  readonly categories: readonly string[]
}

/** All label values that are known at the start. */
export type LabelSets = CallMetricsOptions & {
  readonly outcomes: readonly Outcome[]
  /** Reasons for rejecting a token. */
  readonly rejections: readonly string[]
  /** Reasons for closing or rejecting a connection. */
  readonly closings: readonly string[]
  /** Names of the routes of the HTTP API. */
  readonly httpRoutes: readonly string[]
}

export type MetricsOptions = {
  readonly labels: LabelSets
  /** The version of this software. */
  readonly version: string
}

/** The readings of a process that decides nothing. */
export const idleReadings: Readings = {
  engine: () => ({
    waitingRequests: { PURCHASE: 0, BOOKING: 0, BACK_OFFICE: 0, EXPIRY: 0 },
    waitingRequestsMax: 0,
    unpostedEntries: 0,
    backlogEntries: 0,
    oldestUnpostedMs: 0,
    oldestOverdueHoldMs: 0,
  }),
  cardRail: () => ({
    openHolds: 0,
    heldCentavos: 0,
    owingAccounts: 0,
    owedCentavos: 0,
    unmatchedReversals: 0,
    ageMs: 0,
  }),
  pool: () => ({ connections: 0, checkedOut: 0, waiting: 0, connectionsMax: 0, usedRatio: 0 }),
  isDatabaseUnfit: () => false,
  connections: () => ({ open: 0, openMax: 0, unauthenticated: 0 }),
  catalog: () => ({ version: 0, ageMs: 0, categories: [] }),
  serving: () => false,
  keyFiles: {
    problems: () => new Map(),
    certificateExpiryMs: () => ({ server: undefined, client_ca: undefined }),
  },
}

/** Creates the registry and all its series. */
export function createMetrics({ labels, version }: MetricsOptions): Metrics {
  let readings = idleReadings
  const registry = new MetricRegistry()
  const calls = new CallMetrics(registry, labels)
  const decisions = new DecisionMetrics(registry, labels.outcomes)
  const engine = new EngineMetrics(registry, () => readings.engine())
  measureCardRail(registry, () => readings.cardRail())
  const database = new DatabaseMetrics(
    registry,
    () => readings.pool(),
    () => readings.isDatabaseUnfit(),
  )
  const connections = new ConnectionMetrics(registry, () => readings.connections(), labels.closings)
  const http = new HttpMetrics(registry, labels.httpRoutes)
  const keyFiles = new KeyFileMetrics(registry, () => readings.keyFiles)
  measureLiveMemory(registry)

  const rejections = countRejections(registry, labels.rejections)
  const refreshFailures = registry.counter({
    name: 'benefits_catalog_refresh_failures_total',
    help: 'Failed attempts to read a newer catalog or to use it.',
    labelNames: [],
  })({})
  measureState(registry, () => readings)
  registry.info(
    { name: 'benefits_build_info', help: 'Version of the service; always 1.', labelNames: ['version'] },
    { version },
  )

  /** Exports the series that depend on the catalog and on the configuration. */
  function showAll(): void {
    decisions.show(readings.catalog().categories)
    keyFiles.show()
  }

  return {
    callStarted: (call) => calls.started(call),
    callHandled: (call, code, seconds) => calls.handled(call, code, seconds),
    streamMessage: (call, direction) => calls.message(call, direction),
    streamedPurchase: (code, seconds) => calls.streamedPurchase(code, seconds),
    decision: (decision, centavos) => decisions.decided(decision, centavos),
    tokenRejected: (reason) => rejections.get(reason)?.inc(),
    connectionClosed: (reason) => connections.closed(reason),
    httpRequest: (route, status) => http.ended(route, status),
    groupDecided: (size, seconds) => engine.groupDecided(size, seconds),
    retried: (cause) => engine.retried(cause),
    mongoCommand: (command, outcome, seconds) => database.command(command, outcome, seconds),
    poolFailed: (reason) => database.poolFailed(reason),
    poolCleared: () => database.poolCleared(),
    holdsExpired: (count) => engine.holdsExpired(count),
    postingFailed: () => engine.postingFailed(),
    ledgerRejected: () => engine.ledgerRejected(),
    catalogRefreshFailed: () => refreshFailures.inc(),
    keyFilesReloaded: (files) => keyFiles.reloaded(files),
    keyFilesRejected: (files) => keyFiles.rejected(files),
    activity: async () => ({
      decisions: await decisions.read(),
      authorizeCalls: await calls.readAuthorize(),
    }),
    observe: (next) => {
      readings = next
    },
    expose: async () => {
      showAll()
      return await registry.expose()
    },
  }
}

function countRejections(registry: MetricRegistry, reasons: readonly string[]) {
  const rejected = registry.counter({
    name: 'benefits_tokens_rejected_total',
    help: 'Calls rejected because of their token, by reason.',
    labelNames: ['reason'],
  })
  return new Map(reasons.map((reason) => [reason, rejected({ reason })]))
}

/** Shows whether the process can decide, and by which catalog. */
function measureState(registry: MetricRegistry, readings: () => Readings): void {
  registry.gauge({
    name: 'benefits_serving',
    help: '1 while the process can decide; else 0.',
    read: () => (readings().serving() ? 1 : 0),
  })
  registry.gauge({
    name: 'benefits_catalog_version',
    help: 'Version of the catalog in use.',
    read: () => readings().catalog().version,
  })
  registry.gauge({
    name: 'benefits_catalog_age_seconds',
    help: 'Time since the catalog in use was last confirmed as the latest, in seconds.',
    read: () => readings().catalog().ageMs / 1000,
  })
}
