import { type CallLabels, CallMetrics, type CallMetricsOptions } from './call-metrics.js'
import { ConnectionMetrics, type ConnectionReadings } from './connection-metrics.js'
import { DatabaseMetrics, type PoolFailure, type PoolReadings } from './database-metrics.js'
import { type DecisionLabels, DecisionMetrics, type Outcome } from './decision-metrics.js'
import { EngineMetrics, type EngineReadings, type RetryCause } from './engine-metrics.js'
import { type KeyFileGroup, KeyFileMetrics, type KeyFileReadings } from './key-file-metrics.js'
import { measureLiveMemory } from './live-memory.js'
import { type Exposition, MetricRegistry } from './metric-registry.js'

/** What the service measures. Labels come from closed sets: never an account, a merchant or a transaction. */
export interface Metrics {
  /** A call has arrived. */
  callStarted(call: CallLabels): void
  /** A call has ended with this status code's name. */
  callHandled(call: CallLabels, code: string, seconds: number): void
  /** A message of a stream has come, or was sent. */
  streamMessage(call: CallLabels, direction: 'received' | 'sent'): void
  /** A purchase that came on a stream was answered, with this status code's name. */
  streamedPurchase(code: string, seconds: number): void
  /** A purchase or a reversal was decided, or its stored decision given again. `centavos`: what it moved, if it did. */
  decision(decision: DecisionLabels, centavos: number): void
  /** A token was refused. */
  tokenRefused(reason: string): void
  /** A connection of a caller was closed, or not let in. */
  connectionClosed(reason: string): void
  /** Requests were decided together. */
  groupDecided(size: number, seconds: number): void
  /** A request is decided once more. */
  retried(cause: RetryCause): void
  /** The database has answered a command, or failed to. */
  mongoCommand(command: string, outcome: 'ok' | 'error', seconds: number): void
  /** No connection to the database could be had. */
  poolFailed(reason: PoolFailure): void
  /** All connections to one server of the database were given up. */
  poolCleared(): void
  /** A copy to the ledger failed and will be tried again. */
  settleFailed(): void
  /** The ledger has refused an entry. */
  ledgerRefused(): void
  /** A look for a new catalog failed; the last good one stays in use. */
  catalogRefreshFailed(): void
  /** Files of keys or certificates were replaced, and are in use. */
  keyFilesReloaded(files: KeyFileGroup): void
  /** Files of keys or certificates were replaced by some that are no good; the last good ones stay in use. */
  keyFilesRefused(files: KeyFileGroup): void
  /** Everything in the Prometheus text format. */
  expose(): Promise<Exposition>
}

/** What is read when Prometheus asks, instead of being counted along the way. */
export type Readings = {
  readonly engine: () => EngineReadings
  readonly pool: () => PoolReadings
  /** Whether the database answers, and is not one that the service may decide on. */
  readonly isDatabaseUnfit: () => boolean
  readonly connections: () => ConnectionReadings
  readonly catalog: () => CatalogReadings
  /** Whether the process can decide. */
  readonly serving: () => boolean
  readonly keyFiles: KeyFileReadings
}

export type CatalogReadings = {
  /** 0 before the first one was read. */
  readonly version: number
  readonly ageMs: number
  readonly categories: readonly string[]
}

/** All values of the labels that are known from the start. */
export type LabelSets = CallMetricsOptions & {
  readonly outcomes: readonly Outcome[]
  /** Why a token may be refused. */
  readonly refusals: readonly string[]
  /** Why a connection may be closed, or not let in. */
  readonly closings: readonly string[]
}

export type MetricsOptions = {
  readonly readings: Readings
  readonly labels: LabelSets
  /** Of this software. */
  readonly version: string
}

/** Of a process that decides nothing. */
export const idleReadings: Readings = {
  engine: () => ({
    waitingRequests: { PURCHASE: 0, BACK_OFFICE: 0 },
    waitingRequestsMax: 0,
    unsettledEntries: 0,
    withheldEntries: 0,
    oldestUnsettledMs: 0,
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

/** Makes the registry and all its series. */
export function createMetrics({ readings, labels, version }: MetricsOptions): Metrics {
  const registry = new MetricRegistry()
  const calls = new CallMetrics(registry, labels)
  const decisions = new DecisionMetrics(registry, labels.outcomes)
  const engine = new EngineMetrics(registry, readings.engine)
  const database = new DatabaseMetrics(registry, readings.pool, readings.isDatabaseUnfit)
  const connections = new ConnectionMetrics(registry, readings.connections, labels.closings)
  const keyFiles = new KeyFileMetrics(registry, readings.keyFiles)
  measureLiveMemory(registry)

  const refused = registry.counter({
    name: 'benefits_tokens_refused_total',
    help: 'Calls refused for their token, by reason.',
    labelNames: ['reason'],
  })
  const refusals = new Map(labels.refusals.map((reason) => [reason, refused({ reason })]))
  const refreshFailures = registry.counter({
    name: 'benefits_catalog_refresh_failures_total',
    help: 'Failed attempts to look for a new catalog, or to take it over.',
    labelNames: [],
  })({})
  registry.gauge({
    name: 'benefits_serving',
    help: '1 while the process can decide, else 0.',
    read: () => (readings.serving() ? 1 : 0),
  })
  registry.gauge({
    name: 'benefits_catalog_version',
    help: 'Version of the catalog in use.',
    read: () => readings.catalog().version,
  })
  registry.gauge({
    name: 'benefits_catalog_age_seconds',
    help: 'Time since the catalog in use was last known to be the latest, in seconds.',
    read: () => readings.catalog().ageMs / 1000,
  })
  registry.info(
    { name: 'benefits_build_info', help: 'Version of the service; always 1.', labelNames: ['version'] },
    { version },
  )

  /** Series that come and go with what is configured, or stands in the catalog. */
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
    tokenRefused: (reason) => refusals.get(reason)?.inc(),
    connectionClosed: (reason) => connections.closed(reason),
    groupDecided: (size, seconds) => engine.groupDecided(size, seconds),
    retried: (cause) => engine.retried(cause),
    mongoCommand: (command, outcome, seconds) => database.command(command, outcome, seconds),
    poolFailed: (reason) => database.poolFailed(reason),
    poolCleared: () => database.poolCleared(),
    settleFailed: () => engine.settleFailed(),
    ledgerRefused: () => engine.ledgerRefused(),
    catalogRefreshFailed: () => refreshFailures.inc(),
    keyFilesReloaded: (files) => keyFiles.reloaded(files),
    keyFilesRefused: (files) => keyFiles.refused(files),
    expose: async () => {
      showAll()
      return await registry.expose()
    },
  }
}
