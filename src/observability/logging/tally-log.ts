import type { Logger } from './logger.js'

/** Interval that one line covers, in milliseconds. */
const INTERVAL_MS = 1_000

export type TallyLogOptions = {
  readonly logger: Logger
  /** The event of the line. */
  readonly event: string
  /** The field with the count. */
  readonly field: string
}

/**
 * A log of frequent events: one line a second with their count, instead of a line each. They are most
 * frequent when the service is busiest.
 */
export class TallyLog {
  readonly #options: TallyLogOptions
  #count = 0

  constructor(options: TallyLogOptions) {
    this.#options = options
  }

  /** Counts one more event. */
  count(): void {
    this.#count += 1
    if (this.#count > 1) return
    const { logger, event, field } = this.#options
    setTimeout(() => {
      logger.warn({ [field]: this.#count }, event)
      this.#count = 0
    }, INTERVAL_MS).unref()
  }
}
