import type { CountedSeries, MeasuredSeries, MetricRegistry } from './metric-registry.js'

/** The reasons why an operation got no connection. */
export type PoolFailure = 'TIMEOUT' | 'CONNECTION_ERROR' | 'POOL_CLOSED'

/** The connection pools at one moment. */
export type PoolReadings = {
  readonly connections: number
  readonly checkedOut: number
  readonly waiting: number
  readonly connectionsMax: number
  /** The ratio of the busiest server's pool, 0 to 1. */
  readonly usedRatio: number
}

/** Commands that the service sends while it decides and administers. Any other counts as "other". */
const commands = [
  'find',
  'aggregate',
  'commitTransaction',
  'abortTransaction',
  'insert',
  'update',
  'bulkWrite',
  'getMore',
  'ping',
] as const
/**
 * Upper bounds of command durations, in seconds. There are fewer than for calls, because there are so many
 * commands.
 */
const commandBuckets = [0.001, 0.002, 0.004, 0.008, 0.02, 0.05, 0.1, 0.5, 2]
const OTHER = 'other'
const poolFailures: readonly PoolFailure[] = ['TIMEOUT', 'CONNECTION_ERROR', 'POOL_CLOSED']

/** Metrics of database commands and of the connections that carry them. */
export class DatabaseMetrics {
  readonly #ok: ReadonlyMap<string, MeasuredSeries>
  readonly #error: ReadonlyMap<string, MeasuredSeries>
  readonly #poolFailures: ReadonlyMap<PoolFailure, CountedSeries>
  readonly #poolClears: CountedSeries

  constructor(registry: MetricRegistry, pool: () => PoolReadings, isUnfit: () => boolean) {
    const seconds = registry.histogram({
      name: 'mongodb_command_duration_seconds',
      help: 'Time that the database took for a command, in seconds.',
      labelNames: ['command', 'outcome'],
      buckets: commandBuckets,
    })
    const names = [...commands, OTHER]
    this.#ok = new Map(names.map((command) => [command, seconds({ command, outcome: 'ok' })]))
    this.#error = new Map(names.map((command) => [command, seconds({ command, outcome: 'error' })]))
    const failures = registry.counter({
      name: 'mongodb_pool_checkout_failures_total',
      help: 'Failed attempts to get a connection from the pool, by reason.',
      labelNames: ['reason'],
    })
    this.#poolFailures = new Map(poolFailures.map((reason) => [reason, failures({ reason })]))
    this.#poolClears = registry.counter({
      name: 'mongodb_pool_clears_total',
      help: 'Times that a pool was cleared, because its server failed or is no longer the primary.',
      labelNames: [],
    })({})
    registry.gauge({
      name: 'benefits_database_unfit',
      help: '1 while the database answers but holds the wrong books or schema; else 0.',
      read: () => (isUnfit() ? 1 : 0),
    })
    registry.gauge({
      name: 'mongodb_pool_connections',
      help: 'Connections to all servers of the database, in use or idle.',
      read: () => pool().connections,
    })
    registry.gauge({
      name: 'mongodb_pool_connections_checked_out',
      help: 'Connections to all servers of the database that are in use.',
      read: () => pool().checkedOut,
    })
    registry.gauge({
      name: 'mongodb_pool_connections_max',
      help: 'Limit of connections to one server.',
      read: () => pool().connectionsMax,
    })
    registry.gauge({
      name: 'mongodb_pool_used_ratio',
      help: 'Share of the connection limit of a server that is in use: the largest of all servers.',
      read: () => pool().usedRatio,
    })
    registry.gauge({
      name: 'mongodb_pool_waiting',
      help: 'Operations that wait for a connection.',
      read: () => pool().waiting,
    })
  }

  /** Records a command that the database has answered or failed. */
  command(command: string, outcome: 'ok' | 'error', seconds: number): void {
    const series = outcome === 'ok' ? this.#ok : this.#error
    const measured = series.get(command) ?? series.get(OTHER)
    measured?.observe(seconds)
  }

  /** Counts an operation that got no connection. */
  poolFailed(reason: PoolFailure): void {
    this.#poolFailures.get(reason)?.inc()
  }

  /** Counts a drop of all connections to one server. */
  poolCleared(): void {
    this.#poolClears.inc()
  }
}
