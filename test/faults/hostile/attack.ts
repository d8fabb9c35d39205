import { setTimeout as delay } from 'node:timers/promises'
import { Random } from '../../../tools/random.js'
import type { AttackJob } from './job.js'
import { Tally } from './tally.js'

/** Makes its cases until there are no more to make. */
export type Attack = (context: AttackContext) => Promise<void>

/** How often it is looked whether it is time for the next cases, in milliseconds. */
const TICK_MS = 10

/** What an attack knows of its job, and the one place where it asks whether to go on. */
export class AttackContext {
  readonly job: AttackJob
  readonly tally = new Tally()
  readonly random: Random
  readonly #startedMs = performance.now()
  #begun = 0

  constructor(job: AttackJob) {
    this.job = job
    this.random = new Random(job.seed)
  }

  /** Whether the time is over, for attacks that last. */
  get isOver(): boolean {
    return performance.now() - this.#startedMs >= this.job.durationMs
  }

  /** Waits until one more case is due; false when there are no more, or the time is over. */
  async next(): Promise<boolean> {
    const { cases, casesPerSecond } = this.job
    while (!this.isOver && this.#begun < cases) {
      const due = ((performance.now() - this.#startedMs) / 1_000) * casesPerSecond
      if (casesPerSecond === 0 || this.#begun < due) {
        this.#begun += 1
        return true
      }
      await delay(TICK_MS)
    }
    return false
  }

  /** Several of the same at a time, each with random numbers of its own. */
  async inParallel(count: number, work: (random: Random, place: number) => Promise<void>): Promise<void> {
    const works = Array.from({ length: count }, (_, place) => work(this.random.fork(), place))
    await Promise.all(works)
  }
}
