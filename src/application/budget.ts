import type { Clock } from './clock.js'

/** The time that one caller gives us. */
export interface Budget {
  /** Milliseconds left; 0 or less when the caller waits no longer (deadline passed, call cancelled). */
  remainingMs(): number
}

/** A budget that ends after the given time, however the wall clock jumps. */
export function timeBudget(durationMs: number, clock: Clock): Budget {
  const endsAtMs = clock.monotonicMs() + durationMs
  return { remainingMs: () => endsAtMs - clock.monotonicMs() }
}
