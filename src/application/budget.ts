import type { Clock } from './clock.js'

/** The time that one caller gives us, and whose share of the service it takes. */
export interface Budget {
  /** The subject of the caller's token: subjects share the queue fairly. All callers without a subject share as one. */
  readonly subject?: string
  /** Milliseconds left; 0 or less when the caller waits no longer (deadline passed, call cancelled). */
  remainingMs(): number
}

/** A budget that ends after the given time, however the wall clock jumps. */
export function timeBudget(durationMs: number, clock: Clock): Budget {
  const endsAtMs = clock.monotonicMs() + durationMs
  return { remainingMs: () => endsAtMs - clock.monotonicMs() }
}
