import { readFile, realpath, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isListening } from './listening.js'
import { withAdmin } from './replica-set.js'

/** The state that a start leaves in the data folder for the next one. */
export type MongodState = {
  /** The preferred port, which the replica set's configuration in the data names. */
  readonly port: number
  /** The mongod and the process that started it; absent after a clean stop. */
  readonly running?: { readonly mongodPid: number; readonly ownerPid: number } | undefined
}

const STATE_FILE = 'local-mongo.json'

/** Reads the state, or `undefined` when there is no valid one. */
export async function readState(dataDir: string): Promise<MongodState | undefined> {
  try {
    return parseState(JSON.parse(await readFile(join(dataDir, STATE_FILE), 'utf8')))
  } catch {
    return undefined
  }
}

/** Writes the state atomically: a reader sees the old or the new one, never half of it. */
export async function writeState(dataDir: string, state: MongodState): Promise<void> {
  const path = join(dataDir, STATE_FILE)
  const draft = `${path}.${process.pid}`
  await writeFile(draft, `${JSON.stringify(state)}\n`, { mode: 0o600 })
  await rename(draft, path)
}

/** Whether a process with this id exists. It may be a new process, because ids are reused. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/**
 * Whether the mongod of this state still runs on `dbPath`. Asks the one on its port for its process id and
 * folder, for two seconds at most.
 */
export async function isSameMongod(state: MongodState, dbPath: string): Promise<boolean> {
  const { port, running } = state
  if (!running || !isAlive(running.mongodPid) || !(await isListening(port))) return false
  try {
    return await withAdmin(port, async (admin) => {
      const { parsed } = await admin.command({ getCmdLineOpts: 1 })
      const { pid } = await admin.command({ serverStatus: 1 })
      return (
        Number(pid) === running.mongodPid &&
        (await realpath(parsed.storage.dbPath)) === (await realpath(dbPath))
      )
    })
  } catch {
    return false
  }
}

function parseState(value: unknown): MongodState | undefined {
  if (typeof value !== 'object' || value === null || !('port' in value)) return undefined
  const { port } = value
  if (!isIntegerWithin(port, { min: 1, max: 65_535 })) return undefined
  const running = 'running' in value ? parseRunning(value.running) : undefined
  return { port, running }
}

function parseRunning(value: unknown): MongodState['running'] {
  if (typeof value !== 'object' || value === null || !('mongodPid' in value && 'ownerPid' in value))
    return undefined
  const { mongodPid, ownerPid } = value
  const pids = { min: 2, max: 2 ** 31 - 1 }
  if (!isIntegerWithin(mongodPid, pids) || !isIntegerWithin(ownerPid, { ...pids, min: 1 })) return undefined
  return { mongodPid, ownerPid }
}

function isIntegerWithin(
  value: unknown,
  bounds: { readonly min: number; readonly max: number },
): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= bounds.min && value <= bounds.max
}
