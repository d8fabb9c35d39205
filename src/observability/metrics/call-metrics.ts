import { latencyBuckets } from './latency-buckets.js'
import type { CountedSeries, Labels, MeasuredSeries, MetricRegistry, SeriesOf } from './metric-registry.js'

export type CallLabels = {
  readonly service: string
  readonly method: string
  readonly type: 'unary' | 'server_stream' | 'client_stream' | 'bidi_stream'
}

export type CallMetricsOptions = {
  /** Every method that the service serves. */
  readonly calls: readonly CallLabels[]
  /** Names of all status codes. */
  readonly codes: readonly string[]
}

type CallLabel = 'grpc_type' | 'grpc_service' | 'grpc_method'
type CallSeries = {
  readonly started: CountedSeries
  /** Absent for unary messages: there is exactly one for each call. */
  readonly received: CountedSeries | undefined
  readonly sent: CountedSeries | undefined
  readonly handling: MeasuredSeries
  readonly handled: (code: string) => CountedSeries
}

const HANDLING = 'grpc_server_handling_seconds'

/** Metrics of calls by method and status, and of purchases on streams. */
export class CallMetrics {
  readonly #registry: MetricRegistry
  readonly #codes: readonly string[]
  readonly #started: SeriesOf<CallLabel, CountedSeries>
  readonly #handled: SeriesOf<CallLabel | 'grpc_code', CountedSeries>
  readonly #handling: SeriesOf<CallLabel, MeasuredSeries>
  readonly #received: SeriesOf<CallLabel, CountedSeries>
  readonly #sent: SeriesOf<CallLabel, CountedSeries>
  readonly #streamed: (code: string) => CountedSeries
  readonly #streamedSeconds: MeasuredSeries
  /** Series by method. Each is looked up once, because every call counts. */
  readonly #seriesByMethod = new Map<string, CallSeries>()

  constructor(registry: MetricRegistry, { calls, codes }: CallMetricsOptions) {
    this.#registry = registry
    const labelNames = ['grpc_type', 'grpc_service', 'grpc_method'] as const
    this.#codes = codes
    this.#started = registry.counter({
      name: 'grpc_server_started_total',
      help: 'Calls started on the server.',
      labelNames,
    })
    this.#handled = registry.counter({
      name: 'grpc_server_handled_total',
      help: 'Calls completed on the server, by status code.',
      labelNames: [...labelNames, 'grpc_code'],
    })
    this.#handling = registry.histogram({
      name: HANDLING,
      help: 'Time from the arrival of a call to its status, in seconds.',
      labelNames,
      buckets: latencyBuckets,
    })
    this.#received = registry.counter({
      name: 'grpc_server_msg_received_total',
      help: 'Messages received on streams.',
      labelNames,
    })
    this.#sent = registry.counter({
      name: 'grpc_server_msg_sent_total',
      help: 'Messages sent on streams.',
      labelNames,
    })
    const streamed = registry.counter({
      name: 'benefits_streamed_purchases_total',
      help: 'Purchases answered on streams, by the status code of each answer.',
      labelNames: ['grpc_code'],
    })
    this.#streamed = byFirst(codes, (code) => streamed({ grpc_code: code }))
    this.#streamedSeconds = registry.histogram({
      name: 'benefits_streamed_purchase_seconds',
      help: 'Time from reading a purchase from a stream to its answer, in seconds.',
      labelNames: [],
      buckets: latencyBuckets,
    })({})
    for (const call of calls) this.#seriesOf(call)
  }

  /** Reads how many calls of Authorize took at most so many seconds. The last bound is infinite. */
  async readAuthorize(): Promise<readonly { readonly atMostSeconds: number; readonly count: number }[]> {
    const values = await this.#registry.read(HANDLING)
    return values
      .filter(({ labels }) => labels['grpc_method'] === 'Authorize' && labels['le'] !== undefined)
      .map(({ labels, value }) => ({
        atMostSeconds: labels['le'] === '+Inf' ? Number.POSITIVE_INFINITY : Number(labels['le']),
        count: value,
      }))
  }

  /** Counts a call that has arrived. */
  started(call: CallLabels): void {
    this.#seriesOf(call).started.inc()
  }

  /** Records a call that has ended with this status code. */
  handled(call: CallLabels, code: string, seconds: number): void {
    const series = this.#seriesOf(call)
    series.handled(code).inc()
    series.handling.observe(seconds)
  }

  /** Counts a message of a stream. */
  message(call: CallLabels, direction: 'received' | 'sent'): void {
    this.#seriesOf(call)[direction]?.inc()
  }

  /** Records a purchase on a stream that was answered with this status code. */
  streamedPurchase(code: string, seconds: number): void {
    this.#streamed(code).inc()
    this.#streamedSeconds.observe(seconds)
  }

  #seriesOf(call: CallLabels): CallSeries {
    const path = `${call.service}/${call.method}`
    const known = this.#seriesByMethod.get(path)
    if (known) return known
    const labels = labelsOf(call)
    const series = {
      started: this.#started(labels),
      received: streamsIn(call) ? this.#received(labels) : undefined,
      sent: streamsOut(call) ? this.#sent(labels) : undefined,
      handling: this.#handling(labels),
      handled: byFirst(this.#codes, (code) => this.#handled({ ...labels, grpc_code: code })),
    }
    this.#seriesByMethod.set(path, series)
    return series
  }
}

function streamsIn({ type }: CallLabels): boolean {
  return type === 'client_stream' || type === 'bidi_stream'
}

function streamsOut({ type }: CallLabels): boolean {
  return type === 'server_stream' || type === 'bidi_stream'
}

function labelsOf({ service, method, type }: CallLabels): Labels<CallLabel> {
  return { grpc_type: type, grpc_service: service, grpc_method: method }
}

/** Creates the series of these keys now, and that of any other key on first use. */
function byFirst(
  keys: readonly string[],
  make: (key: string) => CountedSeries,
): (key: string) => CountedSeries {
  const made = new Map(keys.map((key) => [key, make(key)]))
  return (key) => {
    const series = made.get(key) ?? make(key)
    made.set(key, series)
    return series
  }
}
