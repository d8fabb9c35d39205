import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FindMongodOptions } from './find-mongod.js'
import { findMongod } from './find-mongod.js'
import type { RunningMongod } from './mongod-process.js'
import { startMongod } from './mongod-process.js'
import { ensureReplicaSet, replicaSetUri } from './replica-set.js'

export type EphemeralMongoOptions = Partial<FindMongodOptions> & {
  /** Members of the replica set, 1 to 7. Default 1. */
  readonly nodes?: number
  /** As in {@link startMongod}. False for measuring speed. Default true. */
  readonly smallJournal?: boolean
  /** Parent of its folder. Default: the system's folder for temporary files. */
  readonly parent?: string
}

export type EphemeralMongo = {
  readonly uri: string
  /** Ends all members and removes their data. May be called again. */
  readonly stop: () => Promise<void>
}

const NODES_MAX = 7

/**
 * Starts a throw-away replica set for tests, in a temporary folder of its own. It has a primary, and all
 * members have caught up.
 *
 * @throws NoMongodError or MongodStartError as {@link findMongod} and {@link startMongod} do, with nothing
 * left running.
 */
export async function startEphemeralMongo(options: EphemeralMongoOptions = {}): Promise<EphemeralMongo> {
  const { nodes = 1, smallJournal = true, parent = tmpdir(), log = () => {} } = options
  if (!Number.isInteger(nodes) || nodes < 1 || nodes > NODES_MAX)
    throw new RangeError(`nodes: 1 to ${NODES_MAX}`)
  const binary = await findMongod({ ...options, log })
  const folder = await mkdtemp(join(parent, 'benefits-mongo-'))
  const starts = await Promise.allSettled(
    Array.from({ length: nodes }, async (_, index) => {
      const dbPath = join(folder, `node-${index}`)
      await mkdir(dbPath)
      return await startMongod({ binary, dbPath, smallJournal, onCrash: log })
    }),
  )
  const running = starts.flatMap((start) => (start.status === 'fulfilled' ? [start.value] : []))
  const ports = running.map(({ port }) => port)
  try {
    for (const start of starts) if (start.status === 'rejected') throw start.reason
    await ensureReplicaSet(ports)
  } catch (error) {
    await removeSet(running, folder)
    throw error
  }
  let stopped: Promise<void> | undefined
  const stop = (): Promise<void> => {
    stopped ??= removeSet(running, folder)
    return stopped
  }
  return { uri: replicaSetUri(ports), stop }
}

async function removeSet(running: readonly RunningMongod[], folder: string): Promise<void> {
  await Promise.all(running.map((mongod) => mongod.stop()))
  await rm(folder, { recursive: true, force: true })
}
