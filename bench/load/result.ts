/** What the load generator prints, as JSON. */
export type LoadResult = {
  /** The measured time, warm-up excluded. */
  readonly measured: MeasuredWindow
  /** Everything that was sent and answered, warm-up and calls that ended late included: what the books must agree with. */
  readonly whole: WholeRun
  /** The measured time in parts, one after another, when the job asks for them. The last one may be shorter; a rest of less than half of one is left out. */
  readonly windows?: readonly TimeWindow[]
  /** When the job renews connections. */
  readonly renewals?: Renewals
  readonly generator: {
    /** Processor time of this process in the measured time, in milliseconds. */
    readonly cpuMs: number
    /** The same for one call that ended, in microseconds. */
    readonly cpuUsPerCall: number
    /**
     * From a request's arrival to when this process sent it, of those that were not late: the part of `latency` that is ours. With
     * one caller after another it is 0; with a rate it is the coarseness of timers, about a millisecond.
     */
    readonly sendDelay: LatencyFigures
  }
}

/** Part of the measured time, by when calls ended. */
export type TimeWindow = {
  /** When it began, in milliseconds since 1970, a fraction. */
  readonly startedAtMs: number
  readonly durationMs: number
  /** Calls that ended with status OK. */
  readonly answered: number
  /** Calls that ended with another status. */
  readonly rejected: number
  /** Of those that ended with status OK, from their arrival. */
  readonly latency: LatencyFigures
}

/** What became of connections that the server ended. */
export type Renewals = {
  /** Connections that took the place of such a one. */
  readonly connections: number
  /** Calls that were sent again, on another one: the server said that it had not looked at them. */
  readonly resent: number
}

export type MeasuredWindow = {
  /** In milliseconds, a fraction. */
  readonly durationMs: number
  /** Open loop: requests that arrived in the window; closed loop: requests sent in it. */
  readonly offered: number
  /** Calls that ended in the window with status OK. */
  readonly answered: number
  /** Calls that ended in the window with another status. */
  readonly rejected: number
  /** `answered` in one second, a fraction. */
  readonly perSecond: number
  /** Open loop: requests that arrived in the window and had to wait because inFlightMax calls were under way. */
  readonly late: number
  /** Of those, the ones that were never sent. They are in `latency` with the time that they had waited when the window ended. */
  readonly unsent: number
  /** Of the requests that arrived (open loop) or were sent (closed loop) in the window and whose call ended with status OK. */
  readonly latency: LatencyFigures
  readonly latencyBuckets: HistogramBuckets
}

/** In milliseconds, fractions, within 0.4 %; all 0 when there is nothing to tell of. */
export type LatencyFigures = {
  readonly count: number
  readonly mean: number
  readonly p50: number
  readonly p90: number
  readonly p99: number
  readonly p999: number
  readonly max: number
}

/** The buckets of a `Histogram` that are not empty: number of the bucket, and count. */
export type HistogramBuckets = readonly (readonly [bucket: number, count: number])[]

export type WholeRun = {
  /** Requests, repeats included. */
  readonly sent: number
  /** Different transaction ids. */
  readonly ids: number
  /** Of these, the ones that were answered with status OK at least once, whatever the answer. */
  readonly decided: number
  readonly outcomes: readonly Outcome[]
  readonly errors: readonly CallErrors[]
  /**
   * Ids that were answered with an approval, each counted once however often it was answered: what must have been debited,
   * and from which category.
   */
  readonly approved: Sum
  readonly approvedByCategory: Readonly<Record<string, Sum>>
  /**
   * Ids without an answer that may have been decided all the same: an answer that never came, or an error that leaves it open; and
   * what may have been debited for them.
   */
  readonly unknown: Sum & {
    /** The first hundred. */
    readonly ids: readonly string[]
  }
  /** Ids that were decided, and at a repeat decided anew: the answer came without `replayed`. */
  readonly decidedTwice: number
  /** Ids whose repeat was answered otherwise than the original. */
  readonly contradicted: number
  /** Answers that are not what the workload asks for, such as an approval of the declined amount. */
  readonly unexpected: {
    readonly count: number
    readonly first: string | undefined
  }
}

/** Answers alike. */
export type Outcome = {
  readonly code: string
  /** Without its prefix, such as APPROVED; the number, where this version knows no name for it. */
  readonly reason: string
  readonly category: string
  readonly replayed: boolean
  readonly count: number
}

/** Calls that ended with the same status other than OK. */
export type CallErrors = {
  /** Such as RESOURCE_EXHAUSTED. */
  readonly status: string
  readonly count: number
  /** What the first one said. */
  readonly message: string
}

/** A number of transactions, and what they come to. */
export type Sum = {
  readonly count: number
  /** A whole number in decimal digits: JSON has no bigint. */
  readonly centavos: string
}
