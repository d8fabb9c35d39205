import type { Logger } from './logger.js'

/** Time that is told of in one line, in milliseconds. */
const INTERVAL_MS = 1_000

/** Tells of refusals for overload once a second instead of one by one: there are many of them just when there is no time for it. */
export class OverloadLog {
  readonly #logger: Logger
  #refused = 0

  constructor(logger: Logger) {
    this.#logger = logger
  }

  /** A call was refused because too many are waiting. */
  refused(): void {
    this.#refused += 1
    if (this.#refused > 1) return
    setTimeout(() => {
      this.#logger.warn({ refused: this.#refused }, 'overloaded: calls were refused')
      this.#refused = 0
    }, INTERVAL_MS).unref()
  }
}
