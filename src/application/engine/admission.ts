import type { Clock } from '../clock.js'

/** Share of what was measured before that still counts after one more group: about the last 8 groups count. */
const MEMORY = 7 / 8
/** A queue is too long when, on average, so much of a whole group is left waiting. Groups may end in pairs: the second finds few. */
const BEHIND_SHARE = 1 / 2
/** How long a queue may be too long before it is one that stays, in longest waits: that a queue which empties does no harm is CoDel's (RFC 8289). */
const BURST_WAITS = 10

export type AdmissionOptions = {
  /** Most requests that may wait, however fast they are decided. */
  readonly queueMax: number
  /** Most requests decided together; so many may wait, however slowly they are decided. */
  readonly groupMax: number
  /** Longest time that a request may have to wait for its group, as far as can be foreseen, in milliseconds. A burst has 10 times that. */
  readonly waitMsMax: number
  readonly clock: Clock
}

type EndedGroup = { readonly waiting: number; readonly places?: number }

/**
 * Says whether one more request may wait. It had better be refused at once than be answered when its caller has given up: so
 * the queue is as long as it can be emptied in time, at the pace of the latest groups.
 *
 * What piles up while the store pauses is gone soon after, and need not be refused: a queue is held to its length only once
 * it has not emptied for a while.
 */
export class Admission {
  readonly #options: AdmissionOptions
  /** Places in the groups that ended lately, and the time that these took, in milliseconds, while others waited all the time. */
  #places = 0
  #tookMs = 0
  /** When a group last ended with others waiting, on the monotonic clock. */
  #busySinceMs: number | undefined
  /** How many were left waiting by the groups that ended lately, on average. */
  #left = 0
  /** Since when these have been too many, on the monotonic clock. */
  #behindSinceMs: number | undefined

  constructor(options: AdmissionOptions) {
    this.#options = options
  }

  /** Takes the number of requests that one more would have to wait for. */
  admits({ waiting }: { readonly waiting: number }): boolean {
    const { queueMax, groupMax } = this.#options
    if (waiting >= queueMax) return false
    if (waiting < groupMax || this.#tookMs === 0) return true
    return waiting * this.#tookMs < this.#waitMsMax() * this.#places
  }

  /** A group with so many places has ended, by default a whole one. Only what happens while others wait tells how fast it goes. */
  ended({ waiting, places = this.#options.groupMax }: EndedGroup): void {
    const nowMs = this.#options.clock.monotonicMs()
    if (this.#busySinceMs !== undefined) {
      this.#places = this.#places * MEMORY + places
      this.#tookMs = this.#tookMs * MEMORY + (nowMs - this.#busySinceMs)
    }
    this.#busySinceMs = waiting > 0 ? nowMs : undefined
    this.#left += (waiting - this.#left) * (1 - MEMORY)
    const isBehind = this.#left >= this.#options.groupMax * BEHIND_SHARE
    this.#behindSinceMs = isBehind ? (this.#behindSinceMs ?? nowMs) : undefined
  }

  /** Longest wait at the moment, in milliseconds. */
  #waitMsMax(): number {
    const { waitMsMax, clock } = this.#options
    const burstMs = waitMsMax * BURST_WAITS
    const sinceMs = this.#behindSinceMs
    const isBurst = sinceMs === undefined || clock.monotonicMs() - sinceMs < burstMs
    return isBurst ? burstMs : waitMsMax
  }
}
