/** A source of timers. A simulation replaces the system's. */
export interface Timers {
  /** Calls `callBack` once after the duration. Returns a function that cancels the call. */
  after(durationMs: number, callBack: () => void): () => void
}

export const systemTimers: Timers = {
  after: (durationMs, callBack) => {
    const timer = setTimeout(callBack, durationMs)
    return () => clearTimeout(timer)
  },
}
