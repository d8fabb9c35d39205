import type { Budget } from '../../../src/application/budget.js'
import type { Clock } from '../../../src/application/clock.js'
import { readDatabaseConfig } from '../../../src/config.js'
import { type Core, createCore } from '../../../src/service/core.js'
import { WAIT_MS_MAX } from '../eventually.js'

export type ProcessGroupOptions = {
  readonly mongodbUri: string
  readonly database: string
  /** The clocks, one for each process. */
  readonly clocks: readonly Clock[]
}

/** Several Cores on one database, like separate processes, which can be stopped and killed. */
export class ProcessGroup {
  readonly #options: ProcessGroupOptions
  readonly #processes: Process[] = []
  readonly #killed: Core[] = []

  private constructor(options: ProcessGroupOptions) {
    this.#options = options
  }

  static async start(options: ProcessGroupOptions): Promise<ProcessGroup> {
    const group = new ProcessGroup(options)
    for (const clock of options.clocks) group.#processes.push(await group.#startOne(clock))
    return group
  }

  /** The process at a place, modulo the number of processes. */
  at(index: number): Process {
    const process = this.#processes[index % this.#processes.length]
    if (!process) throw new Error('a group has at least one process')
    return process
  }

  /** Stops a process in order, with everything posted, and starts another in its place. */
  async restart(index: number): Promise<void> {
    await this.at(index).core.close(WAIT_MS_MAX)
    await this.#replace(index)
  }

  /**
   * Cuts a process off from the database at once, as a crash would: its work in progress is lost, and nothing
   * is posted. Another process starts in its place.
   */
  async kill(index: number): Promise<void> {
    const { core, die } = this.at(index)
    die()
    await core.catalogCache.close()
    this.#killed.push(core)
    await core.client.close()
    // It has no connection any more: this only ends its attempts.
    await core.poster.drain(0)
    await this.#replace(index)
  }

  /** Waits until no process has unposted entries. */
  async post(): Promise<void> {
    for (const { core } of this.#processes) {
      while (core.poster.unposted > 0) await new Promise((resolve) => setTimeout(resolve, 2))
    }
  }

  async stop(): Promise<void> {
    for (const { core } of this.#processes) await core.close(WAIT_MS_MAX)
    for (const { engine } of this.#killed) await engine.drain()
  }

  async #replace(index: number): Promise<void> {
    const { clock } = this.at(index)
    this.#processes[index % this.#processes.length] = await this.#startOne(clock)
  }

  async #startOne(clock: Clock): Promise<Process> {
    const { mongodbUri, database } = this.#options
    let die = () => {}
    const death = new Promise<'DEAD'>((resolve) => {
      die = () => resolve('DEAD')
    })
    let dead = false
    void death.then(() => {
      dead = true
    })
    const unexpected = (cause: unknown) => {
      if (!dead) throw new Error('this was not to happen in a test', { cause })
    }
    const core = createCore({
      config: readDatabaseConfig({
        MONGODB_URI: mongodbUri,
        MONGODB_DATABASE: database,
        MONGODB_POOL_SIZE: '5',
        QUEUE_WAIT_MS: '60000',
      }),
      mongodbUri,
      clock,
      onPostingFailure: unexpected,
      onDiscrepancy: unexpected,
      onCatalogFailure: unexpected,
      onCatalogUnwatched: unexpected,
    })
    await core.prepare()
    return { core, clock, death, die, patience: { remainingMs: () => (dead ? 0 : WAIT_MS_MAX) } }
  }
}

export type Process = {
  readonly core: Core
  readonly clock: Clock
  /** Resolves when the process is killed. */
  readonly death: Promise<'DEAD'>
  readonly die: () => void
  /** The time of a caller who waits until the process is killed. */
  readonly patience: Budget
}
