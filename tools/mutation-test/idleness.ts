import type { Runnable } from 'mocha'

/** How often it is looked, in milliseconds, and how many times in a row nothing may be going to happen. */
const LOOK_MS = 40
const LOOKS = 3

/**
 * Ends a test that waits for what cannot come any more: when nothing keeps the process going but its own time limit. A request that is never
 * answered is found at once so.
 */
export class Idleness {
  readonly #usual = counted()
  #looks = 0

  /** Looks at whichever test is running until the function that is returned is called. */
  watch(running: () => Runnable | undefined): () => void {
    const timer = setInterval(() => {
      const test = running()
      this.#looks = test && this.#isIdle() ? this.#looks + 1 : 0
      // What is given a shorter time while it runs has that from now on.
      if (test && this.#looks >= LOOKS) test.timeout(1)
    }, LOOK_MS)
    timer.unref()
    return () => clearInterval(timer)
  }

  #isIdle(): boolean {
    for (const [kind, count] of counted()) {
      const own = kind === 'Timeout' ? 1 : 0
      if (count > (this.#usual.get(kind) ?? 0) + own) return false
    }
    return true
  }
}

/** What keeps the process going, by kind. */
function counted(): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const kind of process.getActiveResourcesInfo()) counts.set(kind, (counts.get(kind) ?? 0) + 1)
  return counts
}
