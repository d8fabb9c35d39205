import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

/** What the service measures. Labels come from closed sets: never an account, a merchant or a transaction. */
export interface Metrics {
  /** A call has arrived. */
  callStarted(call: CallLabels): void
  /** A call has ended with this status code's name. */
  callHandled(call: CallLabels, code: string, seconds: number): void
  /** A message of a stream has come, or was sent. */
  streamMessage(call: CallLabels, direction: 'received' | 'sent'): void
  /** A purchase was decided, or its stored decision given again. */
  decision(decision: DecisionLabels): void
  /** A token was refused. */
  tokenRefused(reason: string): void
  /** The database has answered a command, or failed to. */
  mongoCommand(command: string, outcome: 'ok' | 'error', seconds: number): void
  /** A copy to the ledger failed and will be tried again. */
  settleFailed(): void
  /** A look for a new catalog failed; the last good one stays in use. */
  catalogRefreshFailed(): void
  /** Files of keys or certificates were replaced, and are in use. */
  keyFilesReloaded(files: KeyFileGroup): void
  /** Files of keys or certificates were replaced by some that are no good; the last good ones stay in use. */
  keyFilesRefused(files: KeyFileGroup): void
  /** Everything in the Prometheus text format. */
  expose(): Promise<Exposition>
  /** Everything as data, to be added to that of other processes. */
  snapshot(): Promise<MetricsSnapshot>
}

export type CallLabels = {
  readonly service: string
  readonly method: string
  readonly type: 'unary' | 'server_stream' | 'client_stream' | 'bidi_stream'
}
export type DecisionLabels = {
  readonly kind: 'AUTHORIZATION' | 'REVERSAL'
  readonly code: string
  readonly reason: string
  readonly category: string
  readonly replayed: boolean
}
/** All series of one process at one moment. */
export type MetricsSnapshot = Awaited<ReturnType<Registry['getMetricsAsJSON']>>
export type Exposition = { readonly contentType: string; readonly text: string }

/** What is read when Prometheus asks, instead of being counted along the way. */
export type Readings = {
  readonly waitingRequests: () => number
  readonly unsettledEntries: () => number
  readonly oldestUnsettledMs: () => number
  /** 0 before the first one was read. */
  readonly catalogVersion: () => number
  readonly catalogAgeMs: () => number
  /** Absent in a worker, whose primary looks at the files. */
  readonly keyFiles?: KeyFileReadings
}

export type KeyFileGroup = 'tls' | 'tokens'
export type KeyFileReadings = {
  /** Which files there are, and why they are not used as they are; undefined when they are. */
  readonly problems: () => ReadonlyMap<KeyFileGroup, string | undefined>
  /** When the first certificate in use ends, in milliseconds since 1970; undefined without TLS. */
  readonly certificateExpiryMs: () => number | undefined
}

/** Commands that the service sends; any other is counted as "other". */
const mongoCommands = new Set([
  'find',
  'aggregate',
  'commitTransaction',
  'abortTransaction',
  'insert',
  'update',
  'bulkWrite',
  'getMore',
  'create',
  'createIndexes',
  'collMod',
  'ping',
  'hello',
])

const latencyBuckets = [
  0.0005, 0.001, 0.0015, 0.002, 0.003, 0.004, 0.006, 0.008, 0.012, 0.02, 0.035, 0.06, 0.1, 0.2, 0.5, 1, 2, 5,
]

/** Makes the registry and all its series. */
export function createMetrics(readings: Readings): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const registers = [registry]
  const callLabels = ['grpc_type', 'grpc_service', 'grpc_method'] as const

  const started = new Counter({
    name: 'grpc_server_started_total',
    help: 'Calls started on the server.',
    labelNames: callLabels,
    registers,
  })
  const handled = new Counter({
    name: 'grpc_server_handled_total',
    help: 'Calls completed on the server, by status code.',
    labelNames: [...callLabels, 'grpc_code'] as const,
    registers,
  })
  const handling = new Histogram({
    name: 'grpc_server_handling_seconds',
    help: "Time from a call's arrival to its status, in seconds.",
    labelNames: callLabels,
    buckets: latencyBuckets,
    registers,
  })
  const messages = {
    received: new Counter({
      name: 'grpc_server_msg_received_total',
      help: 'Messages received on streams.',
      labelNames: callLabels,
      registers,
    }),
    sent: new Counter({
      name: 'grpc_server_msg_sent_total',
      help: 'Messages sent on streams.',
      labelNames: callLabels,
      registers,
    }),
  }
  const decisions = new Counter({
    name: 'benefits_decisions_total',
    help: 'Decisions answered, by code, reason, wallet that paid, and whether it was a stored answer.',
    labelNames: ['kind', 'code', 'reason', 'category', 'replayed'] as const,
    registers,
  })
  const refused = new Counter({
    name: 'benefits_tokens_refused_total',
    help: 'Calls refused for their token, by reason.',
    labelNames: ['reason'] as const,
    registers,
  })
  const commands = new Histogram({
    name: 'mongodb_command_duration_seconds',
    help: 'Time the database took for a command, in seconds.',
    labelNames: ['command', 'outcome'] as const,
    buckets: latencyBuckets,
    registers,
  })
  const settleFailures = new Counter({
    name: 'benefits_settle_failures_total',
    help: 'Failed attempts to copy entries to the ledger.',
    registers,
  })
  const refreshFailures = new Counter({
    name: 'benefits_catalog_refresh_failures_total',
    help: 'Failed attempts to look for a new catalog, or to take it over.',
    registers,
  })
  gauge('benefits_waiting_requests', 'Requests waiting to be decided.', readings.waitingRequests)
  gauge(
    'benefits_unsettled_entries',
    'Entries not known to be in the ledger: on their way, or withheld.',
    readings.unsettledEntries,
  )
  gauge(
    'benefits_oldest_unsettled_seconds',
    'Time since the oldest entry not known to be in the ledger was first seen, in seconds.',
    () => readings.oldestUnsettledMs() / 1000,
  )

  gauge('benefits_catalog_version', 'Version of the catalog in use.', readings.catalogVersion)
  gauge(
    'benefits_catalog_age_seconds',
    'Time since the catalog in use was last known to be the latest, in seconds.',
    () => readings.catalogAgeMs() / 1000,
  )

  const keyFiles = createKeyFileMetrics(registers, readings.keyFiles)

  function gauge(name: string, help: string, read: () => number): void {
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read())
      },
    })
  }

  // Every call counts: a series that was looked up once by its labels is kept, since the look-up costs more than the counting.
  const seriesByPath = new Map<string, CallSeries>()
  const seriesOf = (call: CallLabels): CallSeries => {
    const path = `${call.service}/${call.method}`
    const known = seriesByPath.get(path)
    if (known) return known
    const labels = labelsOf(call)
    const byCode = new Map<string, Counter.Internal>()
    const handledWith = (code: string) => {
      const series = byCode.get(code) ?? handled.labels({ ...labels, grpc_code: code })
      byCode.set(code, series)
      return series
    }
    const series = { started: started.labels(labels), handling: handling.labels(labels), handledWith }
    seriesByPath.set(path, series)
    return series
  }

  return {
    callStarted: (call) => seriesOf(call).started.inc(),
    callHandled: (call, code, seconds) => {
      const series = seriesOf(call)
      series.handledWith(code).inc()
      series.handling.observe(seconds)
    },
    streamMessage: (call, direction) => messages[direction].inc(labelsOf(call)),
    decision: ({ kind, code, reason, category, replayed }) =>
      decisions.inc({ kind, code, reason, category, replayed: String(replayed) }),
    tokenRefused: (reason) => refused.inc({ reason }),
    mongoCommand: (command, outcome, seconds) =>
      commands.observe({ command: mongoCommands.has(command) ? command : 'other', outcome }, seconds),
    settleFailed: () => settleFailures.inc(),
    catalogRefreshFailed: () => refreshFailures.inc(),
    keyFilesReloaded: (files) => keyFiles.reloads.inc({ files }),
    keyFilesRefused: (files) => keyFiles.failures.inc({ files }),
    expose: async () => ({ contentType: registry.contentType, text: await registry.metrics() }),
    snapshot: () => registry.getMetricsAsJSON(),
  }
}

/** Series of files that are not there are left out: a certificate that "ends in 1970" would raise an alert. */
function createKeyFileMetrics(registers: Registry[], readings: KeyFileReadings | undefined) {
  const options = { labelNames: ['files'] as const, registers }
  const problems = () => [...(readings?.problems() ?? [])]
  // There from the beginning, so that the first one of each is an increase.
  const reloads = new Counter({
    name: 'benefits_key_files_reloads_total',
    help: 'New keys (tokens) or certificates (tls) taken over from their files.',
    ...options,
    collect() {
      for (const [files] of problems()) this.inc({ files }, 0)
    },
  })
  const failures = new Counter({
    name: 'benefits_key_files_reload_failures_total',
    help: 'New keys (tokens) or certificates (tls) refused, the last good ones staying in use.',
    ...options,
    collect() {
      for (const [files] of problems()) this.inc({ files }, 0)
    },
  })
  new Gauge({
    name: 'benefits_key_files_unusable',
    help: '1 while the files as they are now are refused and the last good ones are in use, else 0.',
    ...options,
    collect() {
      for (const [files, problem] of problems()) this.set({ files }, problem === undefined ? 0 : 1)
    },
  })
  new Gauge({
    name: 'benefits_tls_certificate_expiry_timestamp_seconds',
    help: 'When the TLS certificate in use ends, or an issuer in its chain if that is sooner, in seconds since 1970.',
    registers,
    collect() {
      const expiryMs = readings?.certificateExpiryMs()
      if (expiryMs === undefined) this.remove()
      else this.set(expiryMs / 1000)
    },
  })
  return { reloads, failures }
}

type CallSeries = {
  readonly started: Counter.Internal
  readonly handling: Histogram.Internal<string>
  readonly handledWith: (code: string) => Counter.Internal
}

function labelsOf({ service, method, type }: CallLabels) {
  return { grpc_type: type, grpc_service: service, grpc_method: method }
}
