import { mkdir } from 'node:fs/promises'
import { type FoundMongod, findMongod } from '../../../tools/dev/local-mongo/find-mongod.js'
import { isListening } from '../../../tools/dev/local-mongo/listening.js'
import { type RunningMongod, startMongodAgain } from '../../../tools/dev/local-mongo/mongod-process.js'
import { isAlive } from '../../../tools/dev/local-mongo/mongod-state.js'

export type MongodOptions = {
  readonly binary: FoundMongod
  /** A separate folder. */
  readonly folder: string
  readonly port: number
  readonly args?: readonly string[]
  /** Requires callers to authenticate. Default false. */
  readonly auth?: boolean
  /** Called when it exits although nothing here stopped it. */
  readonly onCrash: (reason: string) => void
}

type Run = { readonly mongod: RunningMongod; readonly ended: Promise<void> }

const started = new Set<Mongod>()
// For a run that ends without `stop`. The watchers then exit on their own.
process.on('exit', () => {
  for (const mongod of started) mongod.killNow()
})

/** A real mongod that can be killed and halted, and comes back on the same data and the same port. */
export class Mongod {
  readonly port: number
  readonly #options: MongodOptions
  #run: Run | undefined
  #killed = false

  constructor(options: MongodOptions) {
    this.port = options.port
    this.#options = options
  }

  /** Undefined while it does not run. */
  get pid(): number | undefined {
    return this.#run?.mongod.pid
  }

  /** Starts it on its data, and returns when it listens. */
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
    const { binary, folder: dbPath, port, args = [], auth = false } = this.#options
    await mkdir(dbPath, { recursive: true })
    this.#run = { mongod: await startMongodAgain({ binary, dbPath, port, args, auth, onCrash }), ended }
    started.add(this)
  }

  /** Kills it with SIGKILL, and returns when it has ended. */
  async kill(): Promise<void> {
    const run = this.#run
    this.killNow()
    await run?.ended
    // Stops the watcher, too.
    await run?.mongod.stop()
  }

  /** Halts it: it keeps its connections and does nothing. */
  halt(): void {
    this.#signal('SIGSTOP')
  }

  /** Continues after `halt`. */
  resume(): void {
    this.#signal('SIGCONT')
  }

  /** Stops it in order, if it runs. */
  async stop(): Promise<void> {
    this.#killed = true
    this.resume()
    await this.#run?.mongod.stop()
    this.#run = undefined
    started.delete(this)
  }

  /** Kills it if it runs, without waiting. */
  killNow(): void {
    this.#killed = true
    this.#signal('SIGKILL')
  }

  #signal(name: NodeJS.Signals): void {
    const { pid } = this
    if (pid !== undefined && isAlive(pid)) process.kill(pid, name)
  }
}

/** Finds the mongod that the tests also use. */
export async function campaignMongod(): Promise<FoundMongod> {
  return await findMongod({
    env: process.env,
    mongodPath: process.env['MONGOD_PATH'],
    log: (message) => console.error(message),
  })
}

/**
 * Picks a free port below those that the system gives to outgoing connections. While the database is down,
 * the services constantly try its port. A client that got the same number as its local port would connect to
 * itself and keep the port.
 */
export async function portToReturnTo(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 10_000)
    if (!(await isListening(port))) return port
  }
}
