import type { ClosedLoop } from './job.js'
import type { Pace, Sender } from './pace.js'

/** A request from each caller, and another one whenever a call ends. */
export class ClosedPace implements Pace {
  readonly #callers: number
  readonly #sender: Sender

  constructor({ callers }: ClosedLoop, sender: Sender) {
    this.#callers = callers
    this.#sender = sender
  }

  start(): void {
    for (let caller = 0; caller < this.#callers; caller++) this.ended()
  }

  ended(): void {
    const now = performance.now()
    this.#sender.measurement.arrived(now, { isLate: false })
    this.#sender.send({ arrivedAt: now, sentAt: now, isLate: false })
  }

  stop(): readonly number[] {
    return []
  }
}
