import type { CallErrors, LatencyFigures, Renewals } from '../load/result.js'
import type { Measurements } from '../report/measurements.js'
import type { SeriesId } from './series.js'

/** Everything that a long run has shown: picture, figures and verdict are made from this alone. */
export type LongRunRecord = Pick<Measurements, 'takenAt' | 'commit' | 'dirty' | 'machine' | 'versions'> & {
  readonly seed: number
  readonly minutes: number
  readonly accounts: number
  /** Answers a second that were had right before, at most. */
  readonly capacityPerSecond: number
  /** Requests a second that arrive on average. */
  readonly ratePerSecond: number
  readonly load: {
    /** Requests, repeats included. */
    readonly sent: number
    /** Different ids that were decided. */
    readonly decided: number
    readonly errors: readonly CallErrors[]
    /** Requests that had to wait in the load generator because too many calls were under way. */
    readonly late: number
    /** From a request's arrival to its answer, over the whole run. */
    readonly latency: LatencyFigures
    readonly renewals: Renewals
  }
  /** Right before the load and after it, when nothing was to do. */
  readonly rest: { readonly before: Rest; readonly after: Rest }
  /** What `verify` went through. */
  readonly verified: { readonly accounts: number; readonly entries: number; readonly seconds: number }
  /** What was seen over time, each with a value for each moment of its clock; null where there is none. */
  readonly series: Readonly<Record<SeriesId, readonly (number | null)[]>>
  /** Moments in minutes since the load began. */
  readonly clocks: Readonly<Record<Clock, readonly number[]>>
  /** Times that the service did not say in time how it is. */
  readonly missedLooks: number
  /** What was wrong, one sentence each, slopes apart. */
  readonly problems: readonly string[]
}

/** `looks` are moments at which the service was looked at, `windows` the ends of parts of the load. */
export type Clock = 'looks' | 'windows'

/** A service that has nothing to do. */
export type Rest = {
  /** Open files without the connections to the database, which it keeps. */
  readonly descriptors: number
  readonly unposted: number
}
