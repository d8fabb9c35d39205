/** The wall clock and the monotonic clock. */
export interface Clock {
  /** Wall-clock time, for recorded times. May jump. */
  now(): Date
  /** Milliseconds since a fixed moment, for durations and deadlines. Never goes back. */
  monotonicMs(): number
}
