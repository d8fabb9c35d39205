import type { CountedSeries, MetricRegistry } from './metric-registry.js'

/** Classes of HTTP statuses, by their first digit. */
const statusClasses = ['2xx', '3xx', '4xx', '5xx']

/** Metrics of the HTTP API. Calls that it forwards are counted by the metrics of calls, too. */
export class HttpMetrics {
  readonly #requests: ReadonlyMap<string, CountedSeries>

  constructor(registry: MetricRegistry, routes: readonly string[]) {
    const requests = registry.counter({
      name: 'benefits_http_requests_total',
      help: 'Requests to the HTTP API that have ended, by route and class of the status.',
      labelNames: ['route', 'status'],
    })
    this.#requests = new Map(
      routes.flatMap((route) =>
        statusClasses.map((status) => [`${route} ${status}`, requests({ route, status })] as const),
      ),
    )
  }

  ended(route: string, status: number): void {
    this.#requests.get(`${route} ${String(status)[0]}xx`)?.inc()
  }
}
