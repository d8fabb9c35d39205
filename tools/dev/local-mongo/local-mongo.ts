import { access, constants, mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { lockChanged, lockCleared, lockHolder } from './data-lock.js'
import type { FindMongodOptions, FoundMongod } from './find-mongod.js'
import { findMongod } from './find-mongod.js'
import { type RunningMongod, startMongod } from './mongod-process.js'
import { MongodStartError } from './mongod-start-error.js'
import { isAlive, isSameMongod, readState, writeState } from './mongod-state.js'
import { ensureReplicaSet, replicaSetUri } from './replica-set.js'

/**
 * Options of the local MongoDB. `mongodPath`, `env` and `cacheDir` choose the mongod, see `find-mongod.ts`.
 */
export type LocalMongoOptions = FindMongodOptions & {
  /** Folder of the data (in `mongo`) and of a small state file. Created when absent. */
  readonly dataDir: string
  /** Longest wait for another mongod to release the data. Default 15,000. */
  readonly lockWaitMsMax?: number
}

export type LocalMongo = {
  /**
   * The URI of a replica set of one, which has a primary. It has no user and no password: it listens on
   * 127.0.0.1 only.
   */
  readonly uri: string
  /** False when another live process started this mongod, which then ends with that process. */
  readonly owned: boolean
  /**
   * Ends an owned mongod cleanly, in about 0.1 s, and leaves the data. Does nothing if it is not owned. May
   * be called again.
   */
  readonly stop: () => Promise<void>
}

/** Thrown when the local MongoDB cannot be opened. The message is one line for the user. */
export class LocalMongoError extends Error {
  override readonly name = 'LocalMongoError'
}

/**
 * Longest wait for the data, in milliseconds. The watcher of a killed owner polls every two seconds; after
 * that, mongod ends cleanly in well under a second.
 */
const LOCK_WAIT_MS_MAX = 15_000

type Place = { readonly dataDir: string; readonly dbPath: string }

/**
 * Opens the MongoDB of a data folder: attaches to the one that runs there, or starts a real, journalled
 * mongod. It is for development and trials, so it needs no login.
 *
 * - The data survive restarts. The port stays the same unless another program has taken it.
 * - After a SIGKILL of its owner, mongod ends by itself within about two seconds. A restart in between ends
 *   it at once.
 * - Ctrl-C in the terminal does not reach mongod. Call `stop` when the service has drained.
 *
 * @throws NoMongodError when no mongod can be found or fetched.
 * @throws LocalMongoError when the folder is not writable, another program holds the data for longer than
 * {@link LocalMongoOptions.lockWaitMsMax}, or mongod does not start.
 */
export async function openLocalMongo(options: LocalMongoOptions): Promise<LocalMongo> {
  const place = await preparePlace(resolve(options.dataDir))
  const { lockWaitMsMax = LOCK_WAIT_MS_MAX } = options
  let binary: FoundMongod | undefined
  let deadline: number | undefined
  for (;;) {
    const running = await attach(place, options)
    if (running) return running
    binary ??= await findMongod(options)
    const started = await startUnlessLocked(place, binary, options)
    if (started) return started
    if (deadline === undefined) options.log('waiting for another MongoDB to release the data')
    deadline ??= performance.now() + lockWaitMsMax
    if (performance.now() >= deadline) throw await lockedError(place)
    await lockChanged(place.dbPath, (holder) => isRecorded(place, holder))
  }
}

async function preparePlace(dataDir: string): Promise<Place> {
  const dbPath = join(dataDir, 'mongo')
  try {
    await mkdir(dbPath, { recursive: true, mode: 0o700 })
    await access(dataDir, constants.W_OK)
    await access(dbPath, constants.W_OK)
  } catch (error) {
    throw new LocalMongoError(`cannot write to the data folder ${dataDir}: ${messageOf(error)}`)
  }
  return { dataDir, dbPath }
}

async function attach(place: Place, { log }: LocalMongoOptions): Promise<LocalMongo | undefined> {
  const state = await readState(place.dataDir)
  if (!state?.running || !(await isSameMongod(state, place.dbPath))) return undefined
  const { mongodPid, ownerPid } = state.running
  if (!isAlive(ownerPid)) {
    log(`stopping the MongoDB that process ${ownerPid} left behind`)
    // This mongod has just reported its process id, so the signal hits the right process. Its watcher would
    // send the same within two seconds.
    signal(mongodPid, 'SIGTERM')
    await lockCleared(place.dbPath, mongodPid)
    return undefined
  }
  await ensureReplicaSet([state.port])
  log(`using the MongoDB that process ${ownerPid} runs on port ${state.port}`)
  return { uri: replicaSetUri([state.port]), owned: false, stop: async () => {} }
}

async function startUnlessLocked(
  place: Place,
  binary: FoundMongod,
  options: LocalMongoOptions,
): Promise<LocalMongo | undefined> {
  try {
    return await start(place, binary, options)
  } catch (error) {
    if (!(error instanceof MongodStartError)) throw error
    if (error.failure === 'data-locked') return undefined
    throw new LocalMongoError(`cannot open the data in ${place.dbPath}: ${error.message}`)
  }
}

async function start(place: Place, binary: FoundMongod, { log }: LocalMongoOptions): Promise<LocalMongo> {
  log(`starting MongoDB ${binary.version} with the data in ${place.dbPath}`)
  const mongod = await startOnPort(place, binary, log)
  const { port } = mongod
  try {
    await ensureReplicaSet([port])
    await writeState(place.dataDir, { port, running: { mongodPid: mongod.pid, ownerPid: process.pid } })
  } catch (error) {
    await mongod.stop()
    throw new MongodStartError('other', messageOf(error))
  }
  let stopped: Promise<void> | undefined
  const stop = (): Promise<void> => {
    // The state comes first: afterwards the folder may belong to another process.
    stopped ??= writeState(place.dataDir, { port }).finally(() => mongod.stop())
    return stopped
  }
  return { uri: replicaSetUri([port]), owned: true, stop }
}

/** Starts mongod on its previous port, which the data name. Takes any free port when that one is taken. */
async function startOnPort(
  place: Place,
  binary: FoundMongod,
  log: (message: string) => void,
): Promise<RunningMongod> {
  const options = { binary, dbPath: place.dbPath, onCrash: log }
  const { port = 0 } = (await readState(place.dataDir)) ?? {}
  try {
    return await startMongod({ ...options, port })
  } catch (error) {
    if (!(error instanceof MongodStartError && error.failure === 'port-taken')) throw error
    // mongod asks the program on the old port whether it is itself. A silent one delays it by 30 seconds.
    log(`port ${port} of the last run is taken: moving to another, which may take half a minute`)
    return await startMongod(options)
  }
}

/** Whether its owner has finished starting it, so that this process can attach. */
async function isRecorded(place: Place, mongodPid: number): Promise<boolean> {
  return (await readState(place.dataDir))?.running?.mongodPid === mongodPid
}

async function lockedError(place: Place): Promise<LocalMongoError> {
  const holder = (await lockHolder(place.dbPath)) ?? 'unknown'
  return new LocalMongoError(
    `the data in ${place.dbPath} are in use by another MongoDB (process ${holder}): stop it, or use another data folder`,
  )
}

function signal(pid: number, name: 'SIGTERM'): void {
  try {
    process.kill(pid, name)
  } catch {
    // The process has already ended.
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
