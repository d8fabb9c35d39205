import { setTimeout as delay } from 'node:timers/promises'

/**
 * Longest wait of a test for anything, in milliseconds: for a condition, an answer, a program. It is far more than a busy machine needs,
 * so that only what never comes fails. mocha's own timeout is longer, see `.mocharc.cjs`. The mutation test, in which much never comes,
 * waits for less.
 */
export const WAIT_MS_MAX = Number(process.env['TEST_PATIENCE_MS'] ?? 120_000)
const POLL_MS = 20

/**
 * Waits until `look` finds something (neither undefined nor false) and returns it. Looks every 20 milliseconds, and gives up after
 * {@link WAIT_MS_MAX}, saying what it waited for.
 */
export async function eventually<T>(
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
