import { setImmediate } from 'node:timers/promises'
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

/** A metric's name, help and labels. */
export type Family<Label extends string> = {
  readonly name: string
  readonly help: string
  readonly labelNames: readonly Label[]
}
export type Labels<Label extends string> = Readonly<Record<Label, string>>

/** One series. Callers keep it, so that counting needs no look-up. */
export type CountedSeries = { inc(value?: number): void }
export type MeasuredSeries = { observe(value: number): void }

/** Creates the series with these labels, exported from then on and at first 0. Call it once for each. */
export type SeriesOf<Label extends string, Series> = (labels: Labels<Label>) => Series

export type Exposition = { readonly contentType: string; readonly text: string }

/** A value of a metric with its labels. That of a bucket has its bound as `le`. */
export type ReadValue = {
  readonly labels: Readonly<Record<string, string | number | undefined>>
  readonly value: number
}

/** The kinds of garbage collection that label their metric. */
const collectionKinds = ['major', 'minor', 'incremental', 'weakcb']

/** The library's gauges that wrongly end in `_total`. Each is the sum of another gauge. */
const illNamed = [
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
  'nodejs_active_resources_total',
]

/**
 * A counter's series. The library looks labels up at each count, which costs a hundred times more, so counts
 * go to it only when Prometheus asks.
 */
class Count<Label extends string> implements CountedSeries {
  readonly labels: Labels<Label>
  #new = 0

  constructor(labels: Labels<Label>) {
    this.labels = labels
  }

  inc(value = 1): void {
    this.#new += value
  }

  /** Returns the count since the last call. */
  takeNew(): number {
    const value = this.#new
    this.#new = 0
    return value
  }
}

/** The metrics of one process, including those of Node.js and of the process itself. */
export class MetricRegistry {
  readonly #registry = new Registry()

  constructor() {
    collectDefaultMetrics({ register: this.#registry })
    for (const name of illNamed) this.#registry.removeSingleMetric(name)
    // `getSingleMetric` does not tell the kind of metric; this one is a histogram. Without `zero`, each kind
    // of collection would appear only after its first occurrence.
    const collections = this.#registry.getSingleMetric('nodejs_gc_duration_seconds') as Histogram<'kind'>
    for (const kind of collectionKinds) collections.zero({ kind })
  }

  counter<Label extends string>(family: Family<Label>): SeriesOf<Label, CountedSeries> {
    const series: Count<Label>[] = []
    new Counter({
      ...family,
      registers: [this.#registry],
      collect() {
        for (const count of series) this.inc(count.labels, count.takeNew())
      },
    })
    return (labels) => {
      const count = new Count(labels)
      series.push(count)
      return count
    }
  }

  histogram<Label extends string>(
    family: Family<Label> & { readonly buckets: readonly number[] },
  ): SeriesOf<Label, MeasuredSeries> {
    const histogram = new Histogram({
      ...family,
      buckets: [...family.buckets],
      registers: [this.#registry],
    })
    return (labels) => {
      histogram.zero(labels)
      return histogram.labels(labels)
    }
  }

  /** Creates a gauge that is read when Prometheus asks. */
  gauge({ name, help, read }: { readonly name: string; readonly help: string; readonly read: () => number }) {
    new Gauge({
      name,
      help,
      registers: [this.#registry],
      collect() {
        this.set(read())
      },
    })
  }

  /** Creates gauges that are read when Prometheus asks. There may be none at that moment. */
  gauges<Label extends string>({
    read,
    ...family
  }: Family<Label> & {
    readonly read: () => readonly { readonly labels: Labels<Label>; readonly value: number }[]
  }): void {
    new Gauge({
      ...family,
      registers: [this.#registry],
      collect() {
        // A gauge without labels would otherwise be exported as 0.
        if (family.labelNames.length === 0) this.remove()
        else this.reset()
        for (const { labels, value } of read()) this.set(labels, value)
      },
    })
  }

  /** Creates a gauge that is always 1 and informs by its labels. */
  info<Label extends string>(family: Family<Label>, labels: Labels<Label>): void {
    new Gauge({ ...family, registers: [this.#registry] }).set(labels, 1)
  }

  /** Reads the values of one metric now; a histogram has one for each bucket, and its sum and count. */
  async read(name: string): Promise<readonly ReadValue[]> {
    const { values = [] } = (await this.#registry.getSingleMetric(name)?.get()) ?? {}
    return values.map(({ labels, value }) => ({ labels: labels as ReadValue['labels'], value }))
  }

  /**
   * Renders all metrics in the Prometheus text format. The event loop serves purchases between two metrics.
   */
  async expose(): Promise<Exposition> {
    const texts: string[] = []
    for (const { name } of this.#registry.getMetricsAsArray()) {
      texts.push(await this.#registry.getSingleMetricAsString(name))
      await setImmediate()
    }
    return { contentType: this.#registry.contentType, text: `${texts.join('\n\n')}\n` }
  }
}
