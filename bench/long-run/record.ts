import type { CallErrors, LatencyFigures, Renewals } from '../load/result.js'
import type { Measurements } from '../report/measurements.js'
import type { SeriesRecord } from './series.js'

/** Everything that a long run has shown: picture, figures and verdict are made from this alone. */
export type LongRunRecord = Pick<Measurements, 'takenAt' | 'commit' | 'dirty' | 'machine' | 'versions'> &
  SeriesRecord & {
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
    /** Times that the service did not say in time how it is. */
    readonly missedLooks: number
    /** What was wrong, one sentence each, slopes apart. */
    readonly problems: readonly string[]
  }

/** A service that has nothing to do. */
export type Rest = {
  /** Open files without the connections to the database, which it keeps. */
  readonly descriptors: number
  readonly unposted: number
}
