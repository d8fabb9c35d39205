import type { Clock } from './clock.js'
import { systemTimers, type Timers } from './engine/timers.js'

/** Shortest pause between two counts, in milliseconds. */
const PAUSE_MS_MIN = 60_000
/** Each pause is at least so many times as long as the count before it: counting takes 1 % of the time. */
const PAUSE_PER_COUNT = 99
const DAY_MS = 86_400_000

/** A number of holds or accounts, and their money in centavos. */
export type Sum = { readonly count: number; readonly amount: bigint }

/** The source of the totals. */
export interface CardRailSums {
  /**
   * Adds up the open holds, and the money held by them.
   *
   * @throws UndecidedError UNAVAILABLE when the store does not answer. So do the other two.
   */
  openHolds(): Promise<Sum>
  /** Adds up the accounts that owe, and what they owe. */
  owing(): Promise<Sum>
  /**
   * Counts the early reversals from this period whose purchase has not come. Those that gave back what
   * captures had booked do not count.
   */
  unmatchedReversals(period: Period): Promise<number>
}

/** A time from `from` on and before `until`. */
export type Period = { readonly from: Date; readonly until: Date }

/** What the card rail has left open in all accounts. */
export type Totals = {
  readonly openHolds: Sum
  readonly owing: Sum
  /** Early reversals that arrived one to two days ago, and whose purchase has not come. */
  readonly unmatchedReversals: number
}

const nothing: Totals = {
  openHolds: { count: 0, amount: 0n },
  owing: { count: 0, amount: 0n },
  unmatchedReversals: 0,
}

export type CardRailTotalsOptions = {
  readonly sums: CardRailSums
  readonly clock: Clock
  /** Default: the system's timers. */
  readonly timers?: Timers
  /** Called when a count has failed. The totals stay as they were, and the next count comes after a pause. */
  readonly onFailure: (error: unknown) => void
}

/**
 * Counts what the card rail has left open, for the metrics.
 *
 * A count takes longer the more accounts hold or owe money, and the pause after it grows with it.
 */
export class CardRailTotals {
  readonly #options: CardRailTotalsOptions
  #latest = nothing
  #countedMs: number | undefined
  #isStopped = false
  #cancelPause = () => {}

  constructor(options: CardRailTotalsOptions) {
    this.#options = options
  }

  /** The totals of the last count; all 0 before the first one. */
  get latest(): Totals {
    return this.#latest
  }

  /** Time since the last count began that has succeeded, in milliseconds; 0 before the first one. */
  get ageMs(): number {
    return this.#countedMs === undefined ? 0 : this.#options.clock.monotonicMs() - this.#countedMs
  }

  /** Counts now, and again after each pause. */
  start(): void {
    void this.#run()
  }

  /** Ends the counts. */
  stop(): void {
    this.#isStopped = true
    this.#cancelPause()
  }

  /** Counts once. Never rejects. */
  async count(): Promise<void> {
    const { sums, clock, onFailure } = this.#options
    const startedMs = clock.monotonicMs()
    const nowMs = clock.now().getTime()
    const yesterday = { from: new Date(nowMs - 2 * DAY_MS), until: new Date(nowMs - DAY_MS) }
    try {
      this.#latest = {
        openHolds: await sums.openHolds(),
        owing: await sums.owing(),
        unmatchedReversals: await sums.unmatchedReversals(yesterday),
      }
      this.#countedMs = startedMs
    } catch (error) {
      if (!this.#isStopped) onFailure(error)
    }
  }

  async #run(): Promise<void> {
    const { clock, timers = systemTimers } = this.#options
    const startedMs = clock.monotonicMs()
    await this.count()
    if (this.#isStopped) return
    const pauseMs = Math.max(PAUSE_MS_MIN, PAUSE_PER_COUNT * (clock.monotonicMs() - startedMs))
    this.#cancelPause = timers.after(pauseMs, () => void this.#run())
  }
}
