import type { Clock } from '../../../src/application/clock.js'
import { systemClock } from '../../../src/service/core.js'

const DAY_MS = 86_400_000

/** A clock that shows noon of a day in Sao Paulo until it is set to another. Durations are real. */
export class DayClock implements Clock {
  readonly #firstMs: number
  /** Days since the first, which may be below zero. */
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

  /** The day that it shows. */
  get today(): string {
    return this.now().toISOString().slice(0, 10)
  }
}
