/** The two clocks that use cases read. */
export interface Clock {
  /** Wall-clock time, for what is recorded. May jump. */
  now(): Date
  /** Milliseconds since some fixed moment, for durations and deadlines. Never goes back. */
  monotonicMs(): number
}
