import { DryMongoBinary, MongoInstance } from 'mongodb-memory-server-core'
import type { FoundMongod } from './find-mongod.js'
import { MongodLog } from './mongod-log.js'
import type { MongodExit } from './mongod-start-error.js'
import { explainStart, MongodStartError } from './mongod-start-error.js'

/** Longest time for a start, in milliseconds. Recovery of a large data folder after a crash takes longest. */
const LAUNCH_TIMEOUT_MS = 60_000
/** The log line that announces that it listens, with the port. */
const LISTENS = /"msg":"Waiting for connections"(?:,"attr":\{"port":(\d+))?/

export type WatchedOptions = {
  readonly binary: FoundMongod
  /** An existing folder. */
  readonly dbPath: string
  /** 0 lets the system choose one. */
  readonly port: number
  /** Arguments besides port, address and folder. */
  readonly args: readonly string[]
  /** Whether clients must authenticate. Default false. */
  readonly auth?: boolean
  /** Called when the process ends although nobody called `end`. */
  readonly onCrash: (reason: string) => void
}

/**
 * One process of MongoDB on 127.0.0.1.
 *
 * It runs in a session of its own. Ctrl-C in a terminal signals the whole process group, and would end it
 * before the service has drained. A watcher process of the library polls every two seconds, and sends SIGTERM
 * to it when this process has ended in any way.
 */
export class WatchedInstance extends MongoInstance {
  readonly #log = new MongodLog()
  readonly #binary: FoundMongod
  readonly #onCrash: (reason: string) => void
  readonly #askedPort: number
  #exit: MongodExit | undefined
  /** Undefined until it listens. */
  #port: number | undefined
  #ending = false

  constructor({ binary, dbPath, port, args, auth = false, onCrash }: WatchedOptions) {
    super({
      instance: {
        ip: '127.0.0.1',
        port,
        dbPath,
        storageEngine: 'wiredTiger',
        auth,
        launchTimeout: LAUNCH_TIMEOUT_MS,
        args: [...args],
      },
      binary: binaryOptions(binary),
      // The same finding: https://github.com/Project-Pandora-Game/pandora/pull/637
      spawn: { detached: true },
    })
    this.#binary = binary
    this.#onCrash = onCrash
    this.#askedPort = port
  }

  /**
   * Starts the process. Returns its port once it listens.
   *
   * @throws MongodStartError when it does not listen within a minute.
   */
  async launch(): Promise<{ readonly pid: number; readonly port: number }> {
    await checkBinaryNotReplaced(this.#binary)
    try {
      await this.start()
    } catch (error) {
      await this.end()
      throw this.#explain(error)
    }
    const pid = this.mongodProcess?.pid
    if (pid === undefined || this.#port === undefined)
      throw new MongodStartError('other', 'mongod exited as soon as it listened')
    return { pid, port: this.#port }
  }

  async end(): Promise<void> {
    this.#ending = true
    await this.stop()
  }

  /**
   * Passes the output on line by line. The library takes a chunk for a line: two lines in one chunk make its
   * `JSON.parse` throw inside the event, which would end our process.
   */
  override stdoutHandler(chunk: string | Buffer): void {
    for (const line of this.#log.push(chunk)) {
      const [listens, port = this.#askedPort] = LISTENS.exec(line) ?? []
      if (listens !== undefined) this.#port = Number(port)
      super.stdoutHandler(line)
    }
  }

  override stderrHandler(chunk: string | Buffer): void {
    this.#log.complain(chunk.toString())
    super.stderrHandler(chunk)
  }

  override closeHandler(code: number | null, signal: string | null): void {
    this.#exit = { code, signal }
    // Not the library's own flag, which it takes back as soon as mongod reports that it gives up.
    const crashed = this.#port !== undefined && !this.#ending
    super.closeHandler(code, signal)
    if (crashed) this.#onCrash(`MongoDB exited unexpectedly (${signal ?? `code ${code}`})`)
  }

  #explain(error: unknown): MongodStartError {
    const otherwise = error instanceof Error ? error.message : String(error)
    return explainStart(this.#log.complaints, this.#exit, otherwise)
  }
}

/**
 * Checks that the library will run the verified program. Its environment (`MONGOMS_SYSTEM_BINARY`, or
 * `config.mongodbMemoryServer` of a package.json) wins over the option and could name another one.
 */
async function checkBinaryNotReplaced(binary: FoundMongod): Promise<void> {
  const { systemBinary } = await DryMongoBinary.generateOptions(binaryOptions(binary))
  if (systemBinary === binary.path) return
  throw new MongodStartError(
    'other',
    `the setting MONGOMS_SYSTEM_BINARY would run ${systemBinary} instead of ${binary.path}: unset it and set MONGOD_PATH`,
  )
}

/**
 * Names the exact program and version. With a system binary the library neither downloads nor locks, and the
 * exact version gives it nothing to warn about.
 */
function binaryOptions(binary: FoundMongod): { systemBinary: string; version: string } {
  return { systemBinary: binary.path, version: binary.version }
}
