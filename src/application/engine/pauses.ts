/** Where pauses come from: how long they last, and the chance that is in them. A simulation puts its own in the place of the system's. */
export interface Pauses {
  /** Calls back once, when the time is over; what is returned calls that off. */
  after(durationMs: number, callBack: () => void): () => void
  /** A random number from 0 up to, but not including, 1. */
  random(): number
}

export const systemPauses: Pauses = {
  after: (durationMs, callBack) => {
    const timer = setTimeout(callBack, durationMs)
    return () => clearTimeout(timer)
  },
  random: () => Math.random(),
}
