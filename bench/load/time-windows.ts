import { Histogram } from './histogram.js'
import type { TimeWindow } from './result.js'

/** The measured time in parts of one length, by when calls ended. Moments are milliseconds of `performance.now()`. */
export class TimeWindows {
  readonly #lengthMs: number
  readonly #done: TimeWindow[] = []
  #from: number
  #answered = 0
  #rejected = 0
  #latency = new Histogram()

  constructor(lengthMs: number, startedAt: number) {
    this.#lengthMs = lengthMs
    this.#from = startedAt
  }

  ended({
    at,
    latencyMs,
    isOk,
  }: {
    readonly at: number
    readonly latencyMs: number
    readonly isOk: boolean
  }): void {
    this.#passTo(at)
    if (!isOk) this.#rejected++
    else {
      this.#answered++
      this.#latency.record(latencyMs)
    }
  }

  /** All of them, when the measured time is over. A last one is told of if it is half as long as the others at least. */
  finish(at: number): readonly TimeWindow[] {
    this.#passTo(at)
    if (at - this.#from >= this.#lengthMs / 2) this.#close(at)
    return this.#done
  }

  /** Windows in which nothing ended are there all the same. */
  #passTo(at: number): void {
    while (at >= this.#from + this.#lengthMs) this.#close(this.#from + this.#lengthMs)
  }

  #close(at: number): void {
    this.#done.push({
      startedAtMs: performance.timeOrigin + this.#from,
      durationMs: at - this.#from,
      answered: this.#answered,
      rejected: this.#rejected,
      latency: this.#latency.figures(),
    })
    this.#from = at
    this.#answered = 0
    this.#rejected = 0
    this.#latency = new Histogram()
  }
}
