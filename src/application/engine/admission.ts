import type { Clock } from '../clock.js'

/** Share of the earlier measurements that each new group keeps: about the last 8 groups count. */
const MEMORY = 7 / 8
/**
 * Average share of a full group left waiting at which a queue is too long. Not 1: groups may end in pairs,
 * and the second of a pair finds few requests waiting.
 */
const BEHIND_SHARE = 1 / 2
/**
 * Time after which a queue that is too long counts as a standing queue, in longest waits. A queue that
 * empties does no harm, as in CoDel (RFC 8289).
 */
const BURST_WAITS = 10

export type AdmissionOptions = {
  /** Most requests that may wait, however fast the groups are. */
  readonly queueMax: number
  /** Most requests in a group. That many may wait, however slow the groups are. */
  readonly groupMax: number
  /** Longest expected wait for a group, in milliseconds. In a burst requests may wait 10 times as long. */
  readonly waitMsMax: number
  readonly clock: Clock
}

type EndedGroup = { readonly waiting: number; readonly places?: number }

/**
 * Decides whether one more request may wait. It rejects early rather than let the caller time out first: the
 * queue may hold as many requests as can be decided in time at the pace of the latest groups.
 *
 * Requests that pile up while the store pauses are decided soon after, so rejecting them is unnecessary. The
 * longest wait therefore applies only to a queue that has been too long for a while. Until then requests may
 * wait 10 times as long.
 */
export class Admission {
  readonly #options: AdmissionOptions
  /** Places in recent groups, the latest counting most. Only groups during which others waited count. */
  #places = 0
  /** Duration of the same groups, in milliseconds. */
  #tookMs = 0
  /** When the last group ended, on the monotonic clock; undefined if no request was waiting then. */
  #busySinceMs: number | undefined
  /** Average number of requests left waiting by recent groups. */
  #left = 0
  /** Since when that average has been too high, on the monotonic clock. */
  #behindSinceMs: number | undefined

  constructor(options: AdmissionOptions) {
    this.#options = options
  }

  /** Whether one more request may wait behind `waiting` others. */
  admits({ waiting }: { readonly waiting: number }): boolean {
    const { queueMax, groupMax } = this.#options
    if (waiting >= queueMax) return false
    if (waiting < groupMax || this.#tookMs === 0) return true
    return waiting * this.#tookMs < this.#waitMsMax() * this.#places
  }

  /**
   * Records the end of a group with so many places, by default a full group. Its duration counts as pace only
   * if other requests were waiting since the group before.
   */
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
