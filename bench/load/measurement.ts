import type { CallTimes } from './call.js'
import { Histogram } from './histogram.js'
import type { LoadResult, MeasuredWindow, TimeWindow } from './result.js'
import { TimeWindows } from './time-windows.js'

/** The events of the measured time. The caller begins and ends it. */
export class Measurement {
  readonly #latency = new Histogram()
  readonly #sendDelay = new Histogram()
  readonly #windowMs: number | undefined
  #windows: TimeWindows | undefined
  #from = Number.POSITIVE_INFINITY
  #to = Number.POSITIVE_INFINITY
  #cpuAtStart = process.cpuUsage()
  #cpuMs = 0
  #offered = 0
  #answered = 0
  #rejected = 0
  #late = 0
  #unsent = 0

  /** With a length of windows, in milliseconds, it tells of each of them, too. */
  constructor(windowMs?: number) {
    this.#windowMs = windowMs
  }

  begin(now: number): void {
    this.#from = now
    if (this.#windowMs !== undefined) this.#windows = new TimeWindows(this.#windowMs, now)
    this.#cpuAtStart = process.cpuUsage()
  }

  finish(now: number): void {
    this.#to = now
    const { user, system } = process.cpuUsage(this.#cpuAtStart)
    this.#cpuMs = (user + system) / 1_000
  }

  /** A request arrived; with `isLate`, it has to wait here. */
  arrived(at: number, { isLate }: { readonly isLate: boolean }): void {
    if (!this.#includes(at)) return
    this.#offered++
    if (isLate) this.#late++
  }

  ended({ arrivedAt, sentAt, isLate }: CallTimes, { isOk }: { readonly isOk: boolean }): void {
    const now = performance.now()
    if (this.#includes(now)) {
      if (isOk) this.#answered++
      else this.#rejected++
      this.#windows?.ended({ at: now, latencyMs: now - arrivedAt, isOk })
    }
    if (!this.#includes(arrivedAt)) return
    if (isOk) this.#latency.record(now - arrivedAt)
    if (!isLate) this.#sendDelay.record(sentAt - arrivedAt)
  }

  /** A request was never sent: it has waited until the end of the measured time, and no answer would have come sooner. */
  neverSent(arrivedAt: number): void {
    if (!this.#includes(arrivedAt)) return
    this.#unsent++
    this.#latency.record(this.#to - arrivedAt)
  }

  window(): MeasuredWindow {
    const durationMs = this.#to - this.#from
    return {
      durationMs,
      offered: this.#offered,
      answered: this.#answered,
      rejected: this.#rejected,
      perSecond: (this.#answered / durationMs) * 1_000,
      late: this.#late,
      unsent: this.#unsent,
      latency: this.#latency.figures(),
      latencyBuckets: this.#latency.buckets(),
    }
  }

  /** The measured time in parts, when it is over. */
  windows(): readonly TimeWindow[] | undefined {
    return this.#windows?.finish(this.#to)
  }

  generator(): LoadResult['generator'] {
    const ended = this.#answered + this.#rejected
    return {
      cpuMs: this.#cpuMs,
      cpuUsPerCall: ended === 0 ? 0 : (this.#cpuMs * 1_000) / ended,
      sendDelay: this.#sendDelay.figures(),
    }
  }

  #includes(moment: number): boolean {
    return moment >= this.#from && moment < this.#to
  }
}
