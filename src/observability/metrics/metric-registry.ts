import { setImmediate } from 'node:timers/promises'
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

/** A name, what it stands for, and the labels that tell its series apart. */
export type Family<Label extends string> = {
  readonly name: string
  readonly help: string
  readonly labelNames: readonly Label[]
}
export type Labels<Label extends string> = Readonly<Record<Label, string>>

/** One series. To be kept by whoever counts. */
export type CountedSeries = { inc(value?: number): void }
export type MeasuredSeries = { observe(value: number): void }

/** Gives the series with these labels, which is exported from then on, at first with 0. To be asked once for each. */
export type SeriesOf<Label extends string, Series> = (labels: Labels<Label>) => Series

export type Exposition = { readonly contentType: string; readonly text: string }

/** What garbage collections are told apart by. */
const collectionKinds = ['major', 'minor', 'incremental', 'weakcb']

/** Gauges of the library whose names end as only a counter's may: each is the sum of another gauge. */
const illNamed = [
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
  'nodejs_active_resources_total',
]

/** A counted series. The library looks its labels up at each count, which costs a hundred times more: it is told when somebody asks. */
class Count<Label extends string> implements CountedSeries {
  readonly labels: Labels<Label>
  #new = 0

  constructor(labels: Labels<Label>) {
    this.labels = labels
  }

  inc(value = 1): void {
    this.#new += value
  }

  /** What was counted since the last time. */
  takeNew(): number {
    const value = this.#new
    this.#new = 0
    return value
  }
}

/** The metrics of one process, those of Node.js and of the process itself included. */
export class MetricRegistry {
  readonly #registry = new Registry()

  constructor() {
    collectDefaultMetrics({ register: this.#registry })
    for (const name of illNamed) this.#registry.removeSingleMetric(name)
    // The registry does not say of what kind a metric is; this one is a histogram. It would show a kind only after its first time.
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

  /** One that is read when somebody asks for it. */
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

  /** Those that there are at the moment when somebody asks, which may be none. */
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
        // One without labels would otherwise be there with 0.
        if (family.labelNames.length === 0) this.remove()
        else this.reset()
        for (const { labels, value } of read()) this.set(labels, value)
      },
    })
  }

  /** One that says something by its labels, and is always 1. */
  info<Label extends string>(family: Family<Label>, labels: Labels<Label>): void {
    new Gauge({ ...family, registers: [this.#registry] }).set(labels, 1)
  }

  /** Everything in the Prometheus text format, metric by metric: the event loop serves purchases in between. */
  async expose(): Promise<Exposition> {
    const texts: string[] = []
    for (const { name } of this.#registry.getMetricsAsArray()) {
      texts.push(await this.#registry.getSingleMetricAsString(name))
      await setImmediate()
    }
    return { contentType: this.#registry.contentType, text: `${texts.join('\n\n')}\n` }
  }
}
