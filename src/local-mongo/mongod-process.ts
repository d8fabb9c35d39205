import { DryMongoBinary, MongoInstance } from 'mongodb-memory-server-core'
import type { FoundMongod } from './find-mongod.js'
import { MongodLog } from './mongod-log.js'
import type { MongodExit } from './mongod-start-error.js'
import { explainStart, MongodStartError } from './mongod-start-error.js'

/** The replica set of every mongod that we start. */
export const REPLICA_SET = 'rs0'

/** Recovery after a crash of a large data folder takes longest. */
const LAUNCH_TIMEOUT_MS = 60_000

const MONGOD_ARGS = [
  // Not by the library's own option: with it, the library's stop() sends `shutdown` to whoever listens on the port,
  // which is a stranger's mongod when ours could not have the port. Without it, it signals the process it started.
  ['--replSet', REPLICA_SET],
  ['--nounixsocket'],
  // The log goes through a pipe to us: connections need not be told.
  ['--quiet'],
  ['--oplogSize', '512'],
  // A small data folder has 9 MB instead of 200, and opens in half the time.
  ['--wiredTigerEngineConfigString', 'log=(file_max=8MB,prealloc=false)'],
  ['--setParameter', 'diagnosticDataCollectionEnabled=false'],
  // A member of a larger set otherwise lingers for 15 seconds after a signal.
  ['--setParameter', 'shutdownTimeoutMillisForSignaledShutdown=100'],
].flat()

export type MongodOptions = {
  readonly binary: FoundMongod
  /** An existing folder. */
  readonly dbPath: string
  readonly port: number
  /** Further arguments. */
  readonly args?: readonly string[]
  /** Whether callers must prove who they are. Members of a set then need a key file, too. Default false. */
  readonly auth?: boolean
  /** Called when mongod ends although nobody called `stop`. */
  readonly onCrash: (reason: string) => void
}

export type RunningMongod = {
  readonly pid: number
  readonly port: number
  /** Ends mongod cleanly: SIGINT, and after 10 seconds SIGKILL. Repeated calls are harmless. */
  readonly stop: () => Promise<void>
}

/**
 * Starts a journalled mongod of replica set {@link REPLICA_SET} on 127.0.0.1 and returns once it listens. The set is
 * not initiated yet. Data files are journalled: since MongoDB 6.1 that cannot be switched off.
 *
 * mongod runs in a session of its own, because Ctrl-C in a terminal signals the whole process group, and it would end
 * before the service has drained. A watcher process of the library polls every two seconds and sends SIGTERM to
 * mongod when this process is gone, however it ended.
 *
 * @throws MongodStartError when it does not come up within a minute.
 */
export async function startMongod(options: MongodOptions): Promise<RunningMongod> {
  const instance = new WatchedInstance(options)
  await checkBinaryNotReplaced(options.binary)
  try {
    await instance.start()
  } catch (error) {
    await instance.end()
    throw instance.explain(error)
  }
  const pid = instance.mongodProcess?.pid
  if (pid === undefined) throw new MongodStartError('other', 'mongod ended as soon as it listened')
  return { pid, port: options.port, stop: () => instance.end() }
}

/**
 * The library lets its environment (`MONGOMS_SYSTEM_BINARY`, or `config.mongodbMemoryServer` of a package.json) win
 * over the option, and would run another program than the verified one.
 */
async function checkBinaryNotReplaced(binary: FoundMongod): Promise<void> {
  const { systemBinary } = await DryMongoBinary.generateOptions(binaryOptions(binary))
  if (systemBinary === binary.path) return
  throw new MongodStartError(
    'other',
    `the setting MONGOMS_SYSTEM_BINARY would run ${systemBinary} instead of ${binary.path}: unset it and set MONGOD_PATH`,
  )
}

/** With a system binary the library neither downloads nor locks; with its exact version it has nothing to warn of. */
function binaryOptions(binary: FoundMongod): { systemBinary: string; version: string } {
  return { systemBinary: binary.path, version: binary.version }
}

class WatchedInstance extends MongoInstance {
  readonly #log = new MongodLog()
  readonly #onCrash: (reason: string) => void
  #exit: MongodExit | undefined
  #listened = false
  #ending = false

  constructor({ binary, dbPath, port, args = [], auth = false, onCrash }: MongodOptions) {
    super({
      instance: {
        ip: '127.0.0.1',
        port,
        dbPath,
        storageEngine: 'wiredTiger',
        auth,
        launchTimeout: LAUNCH_TIMEOUT_MS,
        args: [...MONGOD_ARGS, ...args],
      },
      binary: binaryOptions(binary),
      // The same finding: https://github.com/Project-Pandora-Game/pandora/pull/637
      spawn: { detached: true },
    })
    this.#onCrash = onCrash
  }

  override async start(): Promise<void> {
    await super.start()
    this.#listened = true
  }

  async end(): Promise<void> {
    this.#ending = true
    await this.stop()
  }

  explain(error: unknown): MongodStartError {
    const otherwise = error instanceof Error ? error.message : String(error)
    return explainStart(this.#log.complaints, this.#exit, otherwise)
  }

  /**
   * The library takes a chunk for a line: two lines in one chunk make its `JSON.parse` throw inside the event, which
   * would end our process. So it gets line by line.
   */
  override stdoutHandler(chunk: string | Buffer): void {
    for (const line of this.#log.push(chunk)) super.stdoutHandler(line)
  }

  override stderrHandler(chunk: string | Buffer): void {
    this.#log.complain(chunk.toString())
    super.stderrHandler(chunk)
  }

  override closeHandler(code: number | null, signal: string | null): void {
    this.#exit = { code, signal }
    // Not the library's own word for it: that is taken back as soon as mongod says that it gives up.
    const crashed = this.#listened && !this.#ending
    super.closeHandler(code, signal)
    if (crashed) this.#onCrash(`MongoDB ended by itself (${signal ?? `code ${code}`})`)
  }
}
