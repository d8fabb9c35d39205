import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { isAlive } from './mongod-state.js'

const POLL_MS = 50
/**
 * Longest wait before another attempt to start, in milliseconds. The lock is mongod's own, and only an
 * attempt to start shows whether it is free.
 */
const WAIT_MS_MAX = 1_000

/** Reads the process id from mongod's lock file. A killed mongod leaves its id there. */
export async function lockHolder(dbPath: string): Promise<number | undefined> {
  const content = await readFile(join(dbPath, 'mongod.lock'), 'utf8').catch(() => '')
  const pid = Number.parseInt(content, 10)
  return Number.isInteger(pid) && pid > 0 ? pid : undefined
}

/** Waits until `holder` has released its lock or has ended, for a second at most. */
export function lockCleared(dbPath: string, holder: number): Promise<void> {
  return poll(async () => (await lockHolder(dbPath)) !== holder || !isAlive(holder))
}

/** Waits until no live process seems to hold the lock, or `orElse` holds, for a second at most. */
export function lockChanged(dbPath: string, orElse: (holder: number) => Promise<boolean>): Promise<void> {
  return poll(async () => {
    const holder = await lockHolder(dbPath)
    return holder === undefined || !isAlive(holder) || (await orElse(holder))
  })
}

async function poll(condition: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + WAIT_MS_MAX
  do await delay(POLL_MS)
  while (performance.now() < deadline && !(await condition()))
}
