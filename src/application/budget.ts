import type { Clock } from './clock.js'

/** The time that a caller allows for a request, and the subject whose queue share it uses. */
export interface Budget {
  /**
   * The subject of the caller's token: subjects share the queue fairly. All callers without a subject share
   * as one.
   */
  readonly subject?: string
  /** Milliseconds left; 0 or less after the deadline or a cancellation. */
  remainingMs(): number
}

/** Creates a budget that ends after the given time, even when the wall clock jumps. */
export function timeBudget(durationMs: number, clock: Clock): Budget {
  const endsAtMs = clock.monotonicMs() + durationMs
  return { remainingMs: () => endsAtMs - clock.monotonicMs() }
}
