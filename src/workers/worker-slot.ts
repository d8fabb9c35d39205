import type { Socket } from 'node:net'
import type { Keys } from '../keys/key-files.js'
import type { Logger } from '../observability/logger.js'
import type { MergedMetrics } from '../observability/merged-metrics.js'
import type { WorkerStart } from './messages.js'
import { RestartPolicy } from './restart-policy.js'
import type { Taker } from './shared-port.js'
import { type WorkerEnd, WorkerProcess } from './worker-process.js'

export type WorkerSlotOptions = {
  /** From 1 to WORKERS. */
  readonly worker: number
  /** What a worker is told at this moment. */
  readonly start: () => Omit<WorkerStart, 'worker'>
  readonly logger: Logger
  readonly metrics: MergedMetrics
  /** Told whenever it may take connections or serve, or not any more. */
  readonly onChange: () => void
  /** Told when its worker could not start in the first place, or ends again and again: it stays empty. */
  readonly onFailure: (error: Error) => void
}

/** The place of one worker: when the worker ends unasked, another takes it. */
export class WorkerSlot implements Taker {
  readonly #options: WorkerSlotOptions
  readonly #policy = new RestartPolicy()
  #worker: WorkerProcess | undefined
  #pause: NodeJS.Timeout | undefined
  #hasOpened = false
  #hasServed = false
  #draining = false

  constructor(options: WorkerSlotOptions) {
    this.#options = options
  }

  get hasOpened(): boolean {
    return this.#hasOpened
  }

  get hasServed(): boolean {
    return this.#hasServed
  }

  get serving(): boolean {
    return this.#worker?.serving ?? false
  }

  /** See {@link WorkerProcess.free}. */
  get free(): boolean {
    return this.#worker?.free ?? false
  }

  /** See {@link WorkerProcess.give}. */
  async give(connection: Socket): Promise<boolean> {
    return (await this.#worker?.give(connection)) ?? false
  }

  /** Starts its worker. */
  fill(): void {
    const { worker, start, logger, metrics } = this.#options
    this.#worker = new WorkerProcess({
      start: () => ({ ...start(), worker }),
      logger,
      onChange: () => this.#changed(),
      onMetrics: (pid, snapshot) => metrics.workerSeen(pid, snapshot),
      onEnd: (end) => this.#ended(end),
    })
    logger.info({ worker, pid: this.#worker.pid }, 'worker started')
  }

  /** Has its worker use other keys. */
  useKeys(keys: Keys): void {
    this.#worker?.useKeys(keys)
  }

  /** Brings its part of the metrics up to date, if that can be done in the given time. */
  async measure(timeoutMs: number): Promise<void> {
    await this.#worker?.measure(timeoutMs)
  }

  /** Ends its worker in order, or kills it after the given time; no other takes the place. */
  async drain(timeoutMs: number): Promise<void> {
    this.#draining = true
    clearTimeout(this.#pause)
    await this.#worker?.drain(timeoutMs)
  }

  /** Ends its worker at once; no other takes the place. */
  kill(): void {
    this.#draining = true
    clearTimeout(this.#pause)
    this.#worker?.kill()
  }

  #changed(): void {
    this.#hasOpened ||= this.#worker?.open ?? false
    this.#hasServed ||= this.serving
    this.#options.onChange()
  }

  #ended({ pid, code, signal, refusal }: WorkerEnd): void {
    this.#worker = undefined
    if (this.#draining) return
    const { worker, logger, metrics, onChange, onFailure } = this.#options
    metrics.workerEnded(pid)
    logger.error({ worker, pid, code, signal, refusal }, 'a worker has ended unasked')
    onChange()

    const pauseMs = this.#policy.pauseAfterEnd(performance.now())
    if (refusal !== undefined && !this.#hasOpened) onFailure(new Error(refusal))
    else if (pauseMs === undefined) onFailure(new Error(`worker ${worker} ends again and again`))
    else this.#pause = setTimeout(() => this.fill(), pauseMs)
  }
}
