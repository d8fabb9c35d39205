import { latencyBuckets } from './latency-buckets.js'
import type { CountedSeries, MeasuredSeries, MetricRegistry } from './metric-registry.js'

/** The causes for deciding a request again. */
export type RetryCause = 'LOST_RACE' | 'STALE_COPY' | 'STORE_AWAY'

/** The engine's lanes: purchases, bookings, loads and changes of accounts, and expiries of holds. */
type Lane = (typeof lanes)[number]

/** The engine at one moment. */
export type EngineReadings = {
  readonly waitingRequests: Readonly<Record<Lane, number>>
  /** Most requests that may wait in each lane. */
  readonly waitingRequestsMax: number
  readonly unpostedEntries: number
  readonly backlogEntries: number
  readonly oldestUnpostedMs: number
  readonly oldestOverdueHoldMs: number
}

const lanes = ['PURCHASE', 'BOOKING', 'BACK_OFFICE', 'EXPIRY'] as const
const retryCauses: readonly RetryCause[] = ['LOST_RACE', 'STALE_COPY', 'STORE_AWAY']
/** Powers of two up to a full group of purchases. The other lanes may add 8 requests. */
const sizeBuckets = [1, 2, 4, 8, 16, 32, 64, 128]

/** Metrics of the groups that requests are decided in, and of posting their entries to the ledger. */
export class EngineMetrics {
  readonly #groupSize: MeasuredSeries
  readonly #groupSeconds: MeasuredSeries
  readonly #retries: ReadonlyMap<RetryCause, CountedSeries>
  readonly #holdsExpired: CountedSeries
  readonly #postingFailures: CountedSeries
  readonly #rejections: CountedSeries

  constructor(registry: MetricRegistry, engine: () => EngineReadings) {
    this.#groupSize = registry.histogram({
      name: 'benefits_group_size',
      help: 'Requests decided in one group.',
      labelNames: [],
      buckets: sizeBuckets,
    })({})
    this.#groupSeconds = registry.histogram({
      name: 'benefits_group_seconds',
      help: 'Time from the start of a group to its last answer, in seconds.',
      labelNames: [],
      buckets: latencyBuckets,
    })({})
    const retries = registry.counter({
      name: 'benefits_retries_total',
      help: 'Requests decided again, by cause.',
      labelNames: ['cause'],
    })
    this.#retries = new Map(retryCauses.map((cause) => [cause, retries({ cause })]))
    this.#holdsExpired = registry.counter({
      name: 'benefits_holds_expired_total',
      help: 'Holds that this process has expired, before a decision or by its sweeper.',
      labelNames: [],
    })({})
    registry.gauge({
      name: 'benefits_oldest_overdue_hold_seconds',
      help: 'Age of the oldest hold that the sweeper knows to be overdue, in seconds; 0 without one.',
      read: () => engine().oldestOverdueHoldMs / 1000,
    })
    this.#postingFailures = registry.counter({
      name: 'benefits_posting_failures_total',
      help: 'Failed attempts to copy entries to the ledger.',
      labelNames: [],
    })({})
    this.#rejections = registry.counter({
      name: 'benefits_ledger_rejections_total',
      help: 'Rejections of an entry by the ledger. Every attempt counts.',
      labelNames: [],
    })({})
    registry.gauges({
      name: 'benefits_waiting_requests',
      help: 'Requests waiting to be decided, by lane: purchases, bookings, loads and account changes, expiries.',
      labelNames: ['lane'],
      read: () => {
        const { waitingRequests } = engine()
        return lanes.map((lane) => ({ labels: { lane }, value: waitingRequests[lane] }))
      },
    })
    registry.gauges({
      name: 'benefits_waiting_requests_max',
      help: 'Limit of waiting requests, by lane.',
      labelNames: ['lane'],
      read: () => {
        const { waitingRequestsMax } = engine()
        return lanes.map((lane) => ({ labels: { lane }, value: waitingRequestsMax }))
      },
    })
    registry.gauge({
      name: 'benefits_unposted_entries',
      help: 'Entries not known to be in the ledger: being posted, or in the backlog.',
      read: () => engine().unpostedEntries,
    })
    registry.gauge({
      name: 'benefits_posting_backlog_entries',
      help: 'Entries that are no longer posted: rejected by the ledger, behind a rejected entry, or beyond a limit.',
      read: () => engine().backlogEntries,
    })
    registry.gauge({
      name: 'benefits_oldest_unposted_seconds',
      help: 'Time since the oldest entry not known to be in the ledger was first seen, in seconds.',
      read: () => engine().oldestUnpostedMs / 1000,
    })
  }

  /** Records a group of requests that were decided together. */
  groupDecided(size: number, seconds: number): void {
    this.#groupSize.observe(size)
    this.#groupSeconds.observe(seconds)
  }

  /** Counts a request that is decided again. */
  retried(cause: RetryCause): void {
    this.#retries.get(cause)?.inc()
  }

  /** Counts holds that have expired. */
  holdsExpired(count: number): void {
    this.#holdsExpired.inc(count)
  }

  /** Counts a failed attempt to post to the ledger, which will be repeated. */
  postingFailed(): void {
    this.#postingFailures.inc()
  }

  /** Counts an entry that the ledger has rejected. */
  ledgerRejected(): void {
    this.#rejections.inc()
  }
}
