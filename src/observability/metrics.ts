import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

/** What the service measures. Labels come from closed sets: never an account, a merchant or a transaction. */
export interface Metrics {
  /** A call has arrived. */
  callStarted(call: CallLabels): void
  /** A call has ended with this status code's name. */
  callHandled(call: CallLabels, code: string, seconds: number): void
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
  /** Everything in the Prometheus text format. */
  expose(): Promise<Exposition>
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
export type Exposition = { readonly contentType: string; readonly text: string }

/** What is read when Prometheus asks, instead of being counted along the way. */
export type Readings = {
  readonly waitingRequests: () => number
  readonly unsettledEntries: () => number
  readonly oldestUnsettledMs: () => number
  /** 0 before the first one was read. */
  readonly catalogVersion: () => bigint
  readonly catalogAgeMs: () => number
}

/** Commands that the service sends; any other is counted as "other". */
const mongoCommands = new Set([
  'find',
  'findAndModify',
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
  gauge('benefits_unsettled_entries', 'Entries on their way to the ledger.', readings.unsettledEntries)
  gauge(
    'benefits_oldest_unsettled_seconds',
    'Age of the oldest entry on its way to the ledger, in seconds.',
    () => readings.oldestUnsettledMs() / 1000,
  )

  gauge('benefits_catalog_version', 'Version of the catalog in use.', () => Number(readings.catalogVersion()))
  gauge(
    'benefits_catalog_age_seconds',
    'Time since the catalog in use was last known to be the latest, in seconds.',
    () => readings.catalogAgeMs() / 1000,
  )

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

  return {
    callStarted: (call) => started.inc(labelsOf(call)),
    callHandled: (call, code, seconds) => {
      handled.inc({ ...labelsOf(call), grpc_code: code })
      handling.observe(labelsOf(call), seconds)
    },
    decision: ({ kind, code, reason, category, replayed }) =>
      decisions.inc({ kind, code, reason, category, replayed: String(replayed) }),
    tokenRefused: (reason) => refused.inc({ reason }),
    mongoCommand: (command, outcome, seconds) =>
      commands.observe({ command: mongoCommands.has(command) ? command : 'other', outcome }, seconds),
    settleFailed: () => settleFailures.inc(),
    catalogRefreshFailed: () => refreshFailures.inc(),
    expose: async () => ({ contentType: registry.contentType, text: await registry.metrics() }),
  }
}

function labelsOf({ service, method, type }: CallLabels) {
  return { grpc_type: type, grpc_service: service, grpc_method: method }
}
