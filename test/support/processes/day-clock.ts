import type { Clock } from '../../../src/application/clock.js'
import { systemClock } from '../../../src/service/core.js'

const DAY_MS = 86_400_000

/** A clock that shows noon in Sao Paulo on a day that the test sets. Durations are real. */
export class DayClock implements Clock {
  readonly #firstMs: number
  /** Days since the first, possibly negative. */
  daysPassed = 0

  constructor(firstDay: string) {
    this.#firstMs = Date.parse(`${firstDay}T15:00:00Z`)
  }

  now(): Date {
    return new Date(this.#firstMs + this.daysPassed * DAY_MS)
  }

  monotonicMs(): number {
    return systemClock.monotonicMs()
  }

  /** The current day. */
  get today(): string {
    return this.now().toISOString().slice(0, 10)
  }
}
