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
      help: 'Connections of callers that are open.',
      read: () => connections().open,
    })
    registry.gauge({
      name: 'benefits_connections_max',
      help: 'Most connections of callers that may be open.',
      read: () => connections().openMax,
    })
    registry.gauge({
      name: 'benefits_unauthenticated_connections',
      help: 'Connections of callers on which no call has presented a valid token yet.',
      read: () => connections().unauthenticated,
    })
    const closed = registry.counter({
      name: 'benefits_connections_closed_total',
      help: 'Connections of callers that were closed or rejected, by reason.',
      labelNames: ['reason'],
    })
    this.#closed = new Map(closings.map((reason) => [reason, closed({ reason })]))
  }

  closed(reason: string): void {
    this.#closed.get(reason)?.inc()
  }
}
