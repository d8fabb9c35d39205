import cluster, { type Worker } from 'node:cluster'
import type { Socket } from 'node:net'
import type { Keys } from '../keys/key-files.js'
import type { Logger } from '../observability/logger.js'
import type { MetricsSnapshot } from '../observability/metric-registry.js'
import type { FromWorker, ToWorker, WorkerStart } from './messages.js'

/** Time between two looks whether a worker has given a sign of life, in milliseconds. */
const WATCH_INTERVAL_MS = 1_000
/** Looks in a row without a sign: about as long as Kubernetes gives a process that does not answer its liveness probe. */
const SILENT_LOOKS_MAX = 30

export type WorkerProcessOptions = {
  /** What it is told once it hears: the latest, because that takes a while. */
  readonly start: () => WorkerStart
  readonly logger: Logger
  /** Told whenever it begins to take connections, to serve, or cannot serve any more. */
  readonly onChange: () => void
  readonly onMetrics: (pid: number, snapshot: MetricsSnapshot) => void
  /** The last that is told of it. */
  readonly onEnd: (end: WorkerEnd) => void
}

export type WorkerEnd = {
  readonly pid: number
  readonly code: number | null
  readonly signal: string | null
  /** Why it could not start, when that is known. */
  readonly refusal: string | undefined
}

/** One worker process as the primary sees it, from its start to its end. */
export class WorkerProcess {
  readonly #options: WorkerProcessOptions
  readonly #worker: Worker
  readonly #ended: Promise<void>
  #watch: NodeJS.Timeout | undefined
  #silentLooks = 0
  #started = false
  #open = false
  #serving = false
  #draining = false
  #refusal: string | undefined
  #onMeasured: (() => void)[] = []
  #onTaken: ((taken: boolean) => void) | undefined

  constructor(options: WorkerProcessOptions) {
    this.#options = options
    this.#worker = cluster.fork()
    this.#worker.on('message', (message: FromWorker) => this.#told(message))
    this.#ended = new Promise((resolve) => {
      this.#worker.once('exit', (code, signal) => {
        this.#end(code, signal)
        resolve()
      })
      this.#worker.on('error', (error) => {
        // Something could not be sent because it has ended, of which "exit" tells.
        if (this.#worker.process.pid !== undefined) return
        // The system would not start it: no "exit" comes.
        this.#refusal = error.message
        this.#end(null, null)
        resolve()
      })
    })
    this.#watch = setInterval(() => this.#look(), WATCH_INTERVAL_MS)
  }

  /** 0 when the system would not start it. */
  get pid(): number {
    return this.#worker.process.pid ?? 0
  }

  /** It takes connections, and does what it is told. */
  get open(): boolean {
    return this.#open
  }

  /** It can be given a connection: one at a time, so that one that hangs keeps no more than one waiting. */
  get free(): boolean {
    return this.#open && !this.#draining && this.#onTaken === undefined && this.#worker.isConnected()
  }

  get serving(): boolean {
    return this.#serving && !this.#draining
  }

  /** Gives it a connection, if it is free, and waits until it has taken it; false when it has ended instead. */
  async give(connection: Socket): Promise<boolean> {
    return await new Promise<boolean>((resolve) => {
      this.#onTaken = resolve
      // When it cannot be sent because it has ended, its end is told.
      const message: ToWorker = { type: 'CONNECTION' }
      this.#worker.send(message, connection, { keepOpen: true }, () => {})
    })
  }

  /** Asks for its metrics and waits until they have come, it has ended, or the time is over. */
  async measure(timeoutMs: number): Promise<void> {
    if (!this.#open) return
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, timeoutMs)
      this.#onMeasured.push(() => {
        clearTimeout(timer)
        resolve()
      })
      this.#tell({ type: 'MEASURE' })
    })
  }

  /** Has it use other keys. One that has not started yet gets them when it does. */
  useKeys(keys: Keys): void {
    if (this.#started) this.#tell({ type: 'KEYS', keys })
  }

  /** Lets it finish what was begun and waits for its end; kills it after the given time. */
  async drain(timeoutMs: number): Promise<void> {
    this.#draining = true
    // Before it is open nothing has begun.
    if (this.#open) this.#tell({ type: 'DRAIN' })
    else this.kill()
    const timer = setTimeout(() => this.kill(), timeoutMs)
    await this.#ended
    clearTimeout(timer)
  }

  kill(): void {
    // One that was never started has the number 0, which to the system means our whole process group.
    if (this.pid !== 0) this.#worker.process.kill('SIGKILL')
  }

  #told(message: FromWorker): void {
    this.#silentLooks = 0
    switch (message.type) {
      case 'STARTED':
        this.#started = true
        this.#tell({ type: 'START', ...this.#options.start() })
        break
      case 'ALIVE':
        break
      case 'OPEN':
        this.#open = true
        this.#options.onChange()
        break
      case 'SERVING':
        this.#serving = message.serving
        this.#options.onChange()
        break
      case 'REFUSED':
        this.#refusal = message.message
        break
      case 'TAKEN':
        this.#taken(true)
        break
      case 'METRICS':
        this.#options.onMetrics(this.pid, message.snapshot)
        this.#measured()
        break
    }
  }

  /** Counts looks instead of comparing times: when this process itself was held up, the signs of life are only waiting to be read. */
  #look(): void {
    this.#silentLooks += 1
    if (this.#silentLooks < SILENT_LOOKS_MAX) return
    this.#options.logger.error({ pid: this.pid }, 'a worker gives no sign of life: it is killed')
    this.kill()
  }

  #end(code: number | null, signal: string | null): void {
    clearInterval(this.#watch)
    // What is still on its way from it would be counted twice.
    this.#worker.removeAllListeners('message')
    this.#open = false
    this.#serving = false
    this.#measured()
    this.#taken(false)
    this.#options.onEnd({ pid: this.pid, code, signal, refusal: this.#refusal })
  }

  #measured(): void {
    for (const resolve of this.#onMeasured.splice(0)) resolve()
  }

  #taken(taken: boolean): void {
    const resolve = this.#onTaken
    this.#onTaken = undefined
    resolve?.(taken)
  }

  #tell(message: ToWorker): void {
    if (this.#worker.isConnected()) this.#worker.send(message, () => {})
  }
}
