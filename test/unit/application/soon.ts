import { setTimeout as delay } from 'node:timers/promises'
import { WAIT_MS_MAX } from '../../support/eventually.js'

/**
 * Waits until the condition holds. Checks every millisecond, and fails before mocha's timeout with a
 * description of the wait.
 */
export async function soon(what: string, holds: () => boolean): Promise<void> {
  const endsAtMs = performance.now() + WAIT_MS_MAX
  while (!holds()) {
    if (performance.now() > endsAtMs) throw new Error(`still not so after ${WAIT_MS_MAX} ms: ${what}`)
    await delay(1)
  }
}

/** Lets all ready work continue. */
export async function nextTurns(): Promise<void> {
  for (let turns = 3; turns > 0; turns--) await new Promise<void>((resolve) => setImmediate(resolve))
}
