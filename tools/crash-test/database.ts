import { mkdir } from 'node:fs/promises'
import { type FoundMongod, findMongod } from '../../src/local-mongo/find-mongod.js'
import { isPortFree } from '../../src/local-mongo/free-port.js'
import { type RunningMongod, startMongod } from '../../src/local-mongo/mongod-process.js'
import { isAlive } from '../../src/local-mongo/mongod-state.js'
import { ensureReplicaSet, replicaSetUri } from '../../src/local-mongo/replica-set.js'

export type DatabaseOptions = {
  /** A folder of its own. */
  readonly folder: string
  /** Told when it ends although nobody killed it. */
  readonly onCrash: (reason: string) => void
}

type Run = {
  readonly mongod: RunningMongod
  /** Ends when mongod has. */
  readonly ended: Promise<void>
}

/** A real mongod, a replica set of one, that can be killed and comes back on the same data and the same port. */
export class Database {
  readonly uri: string
  readonly version: string
  readonly #binary: FoundMongod
  readonly #port: number
  readonly #options: DatabaseOptions
  #run: Run | undefined
  #killed = false

  /** Finds a mongod and an address for it; starts nothing. */
  static async prepare(options: DatabaseOptions): Promise<Database> {
    const binary = await findMongod({
      env: process.env,
      mongodPath: process.env['MONGOD_PATH'],
      log: () => {},
    })
    const port = await portToReturnTo()
    await mkdir(options.folder, { recursive: true })
    return new Database(binary, port, options)
  }

  private constructor(binary: FoundMongod, port: number, options: DatabaseOptions) {
    this.uri = replicaSetUri([port])
    this.version = binary.version
    this.#binary = binary
    this.#port = port
    this.#options = options
    // The last net, for a run that ends without `stop`. Its watcher then ends by itself.
    process.on('exit', () => this.#kill())
  }

  /** Starts it on its data, and returns when it can be written to. */
  async start(): Promise<void> {
    let end = () => {}
    const ended = new Promise<void>((resolve) => {
      end = resolve
    })
    const onCrash = (reason: string) => {
      if (!this.#killed) this.#options.onCrash(reason)
      this.#run = undefined
      end()
    }
    this.#killed = false
    const { folder: dbPath } = this.#options
    const mongod = await startMongod({ binary: this.#binary, dbPath, port: this.#port, onCrash })
    this.#run = { mongod, ended }
    await ensureReplicaSet([this.#port])
  }

  /** Kills it as nothing can be caught, starts it again at once, and returns when it can be written to. */
  async crash(): Promise<void> {
    const run = this.#run
    this.#kill()
    await run?.ended
    // Ends the watcher, too.
    await run?.mongod.stop()
    await this.start()
  }

  /** Ends it in order, if it runs. */
  async stop(): Promise<void> {
    this.#killed = true
    await this.#run?.mongod.stop()
    this.#run = undefined
  }

  #kill(): void {
    this.#killed = true
    const pid = this.#run?.mongod.pid
    if (pid !== undefined && isAlive(pid)) process.kill(pid, 'SIGKILL')
  }
}

/**
 * A free port below those that the system gives to outgoing connections. While the database is away the services knock at its port
 * all the time, and one that gets the same number for its own end would connect to itself and keep the port.
 */
async function portToReturnTo(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 10_000)
    if (await isPortFree(port)) return port
  }
}
