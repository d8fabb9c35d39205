import type { CountedSeries, MetricRegistry } from './metric-registry.js'

/** The callers' connections at one moment. */
export type ConnectionReadings = {
  readonly open: number
  /** Most connections that may be open. */
  readonly openMax: number
  /** Connections on which no call has presented a valid token yet. */
  readonly unauthenticated: number
}

/** Metrics of callers' connections: open, closed, rejected. */
export class ConnectionMetrics {
  readonly #closed: ReadonlyMap<string, CountedSeries>

  constructor(registry: MetricRegistry, connections: () => ConnectionReadings, closings: readonly string[]) {
    registry.gauge({
      name: 'benefits_connections',
      help: 'Open connections of callers.',
      read: () => connections().open,
    })
    registry.gauge({
      name: 'benefits_connections_max',
      help: 'Limit of open connections of callers.',
      read: () => connections().openMax,
    })
    registry.gauge({
      name: 'benefits_unauthenticated_connections',
      help: 'Open connections of callers without a call that presented a valid token.',
      read: () => connections().unauthenticated,
    })
    const closed = registry.counter({
      name: 'benefits_connections_closed_total',
      help: 'Connections of callers closed or rejected by the service, by reason.',
      labelNames: ['reason'],
    })
    this.#closed = new Map(closings.map((reason) => [reason, closed({ reason })]))
  }

  closed(reason: string): void {
    this.#closed.get(reason)?.inc()
  }
}
