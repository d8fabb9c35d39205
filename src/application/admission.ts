import type { Clock } from './clock.js'

/** Share of what was measured before that still counts after one more group: about the last 8 groups count. */
const MEMORY = 7 / 8

export type AdmissionOptions = {
  /** Most requests that may wait, however fast they are decided. */
  readonly queueMax: number
  /** Requests that may wait, however slowly they are decided: one group's worth. */
  readonly queueMin: number
  /** Longest time that a request may have to wait for its group, as far as can be foreseen, in milliseconds. */
  readonly waitMsMax: number
  readonly clock: Clock
}

/**
 * Says whether one more request may wait. It had better be refused at once than be answered when its caller has given up: so
 * the queue is as long as it can be emptied in time, at the pace of the latest groups.
 */
export class Admission {
  readonly #options: AdmissionOptions
  /** Requests decided lately, and the time that they took, in milliseconds, while others waited all the time. */
  #decided = 0
  #tookMs = 0
  /** When a group last ended with others waiting, on the monotonic clock. */
  #busySinceMs: number | undefined

  constructor(options: AdmissionOptions) {
    this.#options = options
  }

  admits({ waiting }: { readonly waiting: number }): boolean {
    const { queueMax, queueMin, waitMsMax } = this.#options
    if (waiting >= queueMax) return false
    if (waiting < queueMin || this.#tookMs === 0) return true
    return waiting * this.#tookMs < waitMsMax * this.#decided
  }

  /** A group has ended. Only what happens while others wait tells how fast it goes. */
  ended({ members, waiting }: { readonly members: number; readonly waiting: number }): void {
    const nowMs = this.#options.clock.monotonicMs()
    if (this.#busySinceMs !== undefined) {
      this.#decided = this.#decided * MEMORY + members
      this.#tookMs = this.#tookMs * MEMORY + (nowMs - this.#busySinceMs)
    }
    this.#busySinceMs = waiting > 0 ? nowMs : undefined
  }
}
