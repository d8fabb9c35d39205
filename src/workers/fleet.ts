import cluster from 'node:cluster'
import type { Keys } from '../keys/key-files.js'
import type { Logger } from '../observability/logger.js'
import type { MergedMetrics } from '../observability/merged-metrics.js'
import type { WorkerStart } from './messages.js'
import type { Taker } from './shared-port.js'
import { WorkerSlot } from './worker-slot.js'

export type FleetOptions = {
  readonly size: number
  readonly logger: Logger
  readonly metrics: MergedMetrics
  /** Told whenever one begins to take connections or to serve, or does not any more. */
  readonly onChange: () => void
}

/** All workers of a primary. */
export class Fleet {
  /** Comes when a worker could not start in the first place, or one ends again and again. */
  readonly failed: Promise<Error>
  /** Comes when every worker has begun to serve. */
  readonly served: Promise<void>
  readonly #options: FleetOptions
  readonly #opened: Promise<void>
  #slots: readonly WorkerSlot[] = []
  #fail: (error: Error) => void = () => {}
  #open: () => void = () => {}
  #serve: () => void = () => {}

  constructor(options: FleetOptions) {
    this.#options = options
    this.failed = new Promise((resolve) => {
      this.#fail = resolve
    })
    this.served = new Promise((resolve) => {
      this.#serve = resolve
    })
    this.#opened = new Promise((resolve) => {
      this.#open = resolve
    })
  }

  /** How many serve at the moment. */
  get serving(): number {
    return this.#slots.filter(({ serving }) => serving).length
  }

  /** Every worker has served, and one or more do at the moment. */
  get ready(): boolean {
    return this.serving > 0 && this.#slots.every(({ hasServed }) => hasServed)
  }

  /** Those whom connections are given to: the places of the workers. */
  get takers(): readonly Taker[] {
    return this.#slots
  }

  /** Starts the workers, which differ only by their numbers, and waits until all of them take connections. Fails when one cannot. */
  async start(start: () => Omit<WorkerStart, 'worker'>): Promise<void> {
    // Not JSON, which has no NaN and no undefined.
    cluster.setupPrimary({ serialization: 'advanced' })
    // A primary that ends by itself, for whatever reason, takes its workers along.
    process.on('exit', () => this.kill())
    const { size, logger, metrics } = this.#options
    this.#slots = Array.from(
      { length: size },
      (_, index) =>
        new WorkerSlot({
          worker: index + 1,
          start,
          logger,
          metrics,
          onChange: () => this.#changed(),
          onFailure: (error) => this.#fail(error),
        }),
    )
    for (const slot of this.#slots) slot.fill()
    const failure = await Promise.race([this.#opened, this.failed])
    if (failure === undefined) return
    this.kill()
    throw failure
  }

  /** Has all workers use other keys. */
  useKeys(keys: Keys): void {
    for (const slot of this.#slots) slot.useKeys(keys)
  }

  /** Brings the metrics of all workers up to date, as far as that can be done in the given time. */
  async measure(timeoutMs: number): Promise<void> {
    await Promise.all(this.#slots.map((slot) => slot.measure(timeoutMs)))
  }

  /** Ends all workers in order, or kills what is left of them after the given time. */
  async drain(timeoutMs: number): Promise<void> {
    await Promise.all(this.#slots.map((slot) => slot.drain(timeoutMs)))
  }

  /** Ends all workers at once. */
  kill(): void {
    for (const slot of this.#slots) slot.kill()
  }

  #changed(): void {
    this.#options.onChange()
    if (this.#slots.every(({ hasOpened }) => hasOpened)) this.#open()
    if (this.#slots.every(({ hasServed }) => hasServed)) this.#serve()
  }
}
