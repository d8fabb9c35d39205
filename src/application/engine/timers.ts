/** A source of timers and randomness. A simulation replaces the system's. */
export interface Timers {
  /** Calls `callBack` once after the duration. Returns a function that cancels the call. */
  after(durationMs: number, callBack: () => void): () => void
  /** Returns a random number from 0 up to, but not including, 1. */
  random(): number
}

export const systemTimers: Timers = {
  after: (durationMs, callBack) => {
    const timer = setTimeout(callBack, durationMs)
    return () => clearTimeout(timer)
  },
  random: () => Math.random(),
}
