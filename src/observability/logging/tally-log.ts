import type { Logger } from './logger.js'

/** Time that is told of in one line, in milliseconds. */
const INTERVAL_MS = 1_000

export type TallyLogOptions = {
  readonly logger: Logger
  /** What the line says. */
  readonly event: string
  /** The line's field with the number. */
  readonly field: string
}

/** Tells of something once a second, with how often it was, instead of each time: there is most of it just when there is no time for it. */
export class TallyLog {
  readonly #options: TallyLogOptions
  #count = 0

  constructor(options: TallyLogOptions) {
    this.#options = options
  }

  /** It has happened once more. */
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
