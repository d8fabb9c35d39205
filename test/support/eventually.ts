import { setTimeout as delay } from 'node:timers/promises'

const TIME_MS_MAX = 15_000
const POLL_MS = 20

/**
 * Waits until `look` finds something (neither undefined nor false) and returns it. Looks every 20 milliseconds, and gives up after
 * fifteen seconds, if nothing else is said, saying what it waited for.
 */
export async function eventually<T>(
  what: string,
  look: () => T | undefined | false | Promise<T | undefined | false>,
  timeMsMax = TIME_MS_MAX,
): Promise<T> {
  const endsAtMs = performance.now() + timeMsMax
  for (;;) {
    const found = await look()
    if (found !== undefined && found !== false) return found
    if (performance.now() > endsAtMs) throw new Error(`still not so after ${timeMsMax} ms: ${what}`)
    await delay(POLL_MS)
  }
}
