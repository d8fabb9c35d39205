import { setTimeout as delay } from 'node:timers/promises'

/**
 * Longest wait of a test for a condition, an answer or a program, in milliseconds. It is far more than a busy
 * machine needs, so that only an event that never comes fails. mocha's own timeout is longer, see
 * `.mocharc.cjs`. The mutation test, in which many events never come, waits for less.
 */
export const WAIT_MS_MAX = Number(process.env['TEST_PATIENCE_MS'] ?? 120_000)
const POLL_MS = 20

/**
 * Waits until `look` returns a value other than undefined and false, and returns it. Checks every 20
 * milliseconds, and after {@link WAIT_MS_MAX} fails with a description of the wait.
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
