import { setTimeout as delay } from 'node:timers/promises'

const POLL_MS = 50
/** Longest time that is waited for anything, in milliseconds: the machine may have more to do. */
const WAIT_MS_MAX = 90_000

/**
 * Waits until `look` finds something (neither undefined nor false) and returns it.
 *
 * @throws Error when it has found nothing for a minute and a half.
 */
export async function until<T>(
  what: string,
  look: () => T | undefined | false | Promise<T | undefined | false>,
): Promise<T> {
  const endsAtMs = performance.now() + WAIT_MS_MAX
  for (;;) {
    const found = await look()
    if (found !== undefined && found !== false) return found
    if (performance.now() > endsAtMs) throw new Error(`still not so after ${WAIT_MS_MAX} ms: ${what}`)
    await delay(POLL_MS)
  }
}
