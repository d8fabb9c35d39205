import { setTimeout as delay } from 'node:timers/promises'

/** Waits until `condition` holds and returns after how many milliseconds; looks every 20, for ten seconds at most. */
export async function eventually(what: string, condition: () => boolean | Promise<boolean>): Promise<number> {
  const start = performance.now()
  while (!(await condition())) {
    if (performance.now() - start > 10_000) throw new Error(`still not so after 10 seconds: ${what}`)
    await delay(20)
  }
  return Math.round(performance.now() - start)
}
