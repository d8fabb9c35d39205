import { AggregatorRegistry, type Registry } from 'prom-client'
import type { KeyFileGroup, KeyFileReadings } from './key-file-metrics.js'
import type { Exposition, MetricsSnapshot } from './metric-registry.js'
import { createMetrics, idleReadings, type LabelSets, type Metrics } from './metrics.js'

type Metric = MetricsSnapshot[number]

/**
 * How gauges of several processes become one, where adding up would say nothing. What is not listed is added up: memory, handles,
 * requests waiting, entries to settle, and every counter and histogram.
 */
const gaugeAggregators: ReadonlyMap<string, Metric['aggregator']> = new Map([
  ['benefits_oldest_unsettled_seconds', 'max'],
  // Each says 1.
  ['benefits_build_info', 'max'],
  // The worker that is behind is seen.
  ['benefits_catalog_version', 'min'],
  ['benefits_catalog_age_seconds', 'max'],
  // The process that is nearest to its limit, or at least never nearer than shown.
  ['mongodb_pool_used_ratio', 'max'],
  ['process_open_fds', 'max'],
  ['process_max_fds', 'min'],
  // The primary's: it is the oldest.
  ['process_start_time_seconds', 'min'],
  ['nodejs_version_info', 'first'],
  // One process that is late is seen: an average would hide it behind the others.
  ['nodejs_eventloop_lag_seconds', 'max'],
  ['nodejs_eventloop_lag_min_seconds', 'min'],
  ['nodejs_eventloop_lag_max_seconds', 'max'],
  ['nodejs_eventloop_lag_mean_seconds', 'max'],
  ['nodejs_eventloop_lag_stddev_seconds', 'max'],
  ['nodejs_eventloop_lag_p50_seconds', 'max'],
  ['nodejs_eventloop_lag_p90_seconds', 'max'],
  ['nodejs_eventloop_lag_p99_seconds', 'max'],
])

export type MergedMetricsOptions = {
  /** How many workers serve at the moment. */
  readonly servingWorkers: () => number
  /** What is known of the files of keys, which the primary reads. */
  readonly keyFiles?: KeyFileReadings
  readonly labels: LabelSets
  readonly version: string
}

/**
 * The metrics of several processes as one. Counters and histograms never go down: those of a worker that has ended stay in
 * the sum, as last seen. The primary counts as one of the processes, with zero in everything that only workers do, so that every
 * series is there from the start.
 */
export class MergedMetrics {
  readonly #primary: Metrics
  /** The last that was seen of each worker that lives, by its process id. */
  readonly #living = new Map<number, MetricsSnapshot>()
  /** What those that have ended had counted, added up. */
  #past: MetricsSnapshot = []

  constructor({ servingWorkers, keyFiles, labels, version }: MergedMetricsOptions) {
    const readings = {
      ...idleReadings,
      // It has no catalog: this is no version, and is left out.
      catalog: () => ({ version: Number.NaN, ageMs: 0, categories: [] }),
      servingWorkers,
      ...(keyFiles && { keyFiles }),
    }
    this.#primary = createMetrics({ readings, labels, version })
  }

  /** Replaces what was seen of a worker before. */
  workerSeen(pid: number, snapshot: MetricsSnapshot): void {
    this.#living.set(pid, snapshot)
  }

  /** A worker has ended although nobody had told it to. */
  workerEnded(pid: number): void {
    this.#primary.workerEnded()
    const last = this.#living.get(pid) ?? []
    this.#living.delete(pid)
    this.#past = merge([this.#past, last.filter((metric) => !isGauge(metric))])
  }

  /** A connection was closed before any worker had it, for this reason. */
  connectionClosed(reason: string): void {
    this.#primary.connectionClosed(reason)
  }

  /** Files of keys or certificates were replaced, and are in use. */
  keyFilesReloaded(files: KeyFileGroup): void {
    this.#primary.keyFilesReloaded(files)
  }

  /** Files of keys or certificates were replaced by some that are no good. */
  keyFilesRefused(files: KeyFileGroup): void {
    this.#primary.keyFilesRefused(files)
  }

  /** Everything in the Prometheus text format. */
  async expose(): Promise<Exposition> {
    const primary = await this.#primary.snapshot()
    // From here on nothing is awaited: a worker that ended in between would be counted among the living and in the past.
    const merged = aggregate([primary, this.#past, ...this.#living.values()])
    return { contentType: merged.contentType, text: await merged.metrics() }
  }
}

function merge(snapshots: readonly MetricsSnapshot[]): MetricsSnapshot {
  // What `aggregate` makes has its values at hand, which the type of a registry's metrics does not say.
  return aggregate(snapshots).getMetricsAsArray() as MetricsSnapshot
}

function aggregate(snapshots: readonly MetricsSnapshot[]): Registry {
  return AggregatorRegistry.aggregate(snapshots.map((snapshot) => snapshot.map(prepared)))
}

function prepared(metric: Metric): Metric {
  const aggregator = gaugeAggregators.get(metric.name) ?? metric.aggregator
  // One process that has measured nothing since the last time says NaN, and the sum of it with anything would be NaN.
  return { ...metric, aggregator, values: metric.values.filter(({ value }) => !Number.isNaN(value)) }
}

/** The library's type is a number in its declarations and a word when it runs. */
function isGauge({ type }: Metric): boolean {
  return String(type) === 'gauge'
}
