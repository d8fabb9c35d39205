import type { Clock } from '../../../src/application/clock.js'

/** A clock that moves only by hand. Both of its readings start at zero. */
export class HandClock implements Clock {
  #ms = 0

  now(): Date {
    return new Date(this.#ms)
  }

  monotonicMs(): number {
    return this.#ms
  }

  /** Puts both clocks back to their zero. */
  reset(): void {
    this.#ms = 0
  }

  advance(ms: number): void {
    this.#ms += ms
  }
}
