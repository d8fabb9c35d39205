import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { isAlive } from './mongod-state.js'

const POLL_MS = 50
/** Longer is not waited at a time: the lock itself is mongod's, and only another attempt to start tells for sure. */
const WAIT_MS_MAX = 1_000

/** The process number that a running mongod keeps in its lock file, and that a killed one leaves there. */
export async function lockHolder(dbPath: string): Promise<number | undefined> {
  const content = await readFile(join(dbPath, 'mongod.lock'), 'utf8').catch(() => '')
  const pid = Number.parseInt(content, 10)
  return Number.isInteger(pid) && pid > 0 ? pid : undefined
}

/** Waits until `holder` has cleared its lock or is gone, for a second at most. */
export function lockCleared(dbPath: string, holder: number): Promise<void> {
  return poll(async () => (await lockHolder(dbPath)) !== holder || !isAlive(holder))
}

/** Waits until nobody who lives seems to hold the lock or `orElse` holds, for a second at most. */
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
