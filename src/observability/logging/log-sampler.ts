import type { Logger } from './logger.js'

/** Interval of counting events, in milliseconds. */
const INTERVAL_MS = 1_000

export type LogSamplerOptions = {
  readonly logger: Logger
  /**
   * Most lines per second at level info; the rest are at level debug. Absent: the events have no lines of
   * their own.
   */
  readonly linesMax?: number
  /** The event of the line that follows each second, with the number of events without a line. */
  readonly event: string
  /** The field with that number. */
  readonly field: string
}

/**
 * A sample of frequent, similar events: the first ones of each second have a line, the others are counted.
 * They are most frequent when the service is busiest.
 */
export class LogSampler {
  readonly #options: LogSamplerOptions
  #events = 0
  #timer: NodeJS.Timeout | undefined

  constructor(options: LogSamplerOptions) {
    this.#options = options
  }

  /** Counts an event and returns the level of its line. */
  count(): 'info' | 'debug' {
    this.#events += 1
    this.#timer ??= setTimeout(() => this.#endInterval(), INTERVAL_MS).unref()
    return this.#events <= (this.#options.linesMax ?? 0) ? 'info' : 'debug'
  }

  /** Logs how many events had no line since the last such line. */
  close(): void {
    clearTimeout(this.#timer)
    this.#endInterval()
  }

  #endInterval(): void {
    const { logger, linesMax, event, field } = this.#options
    const leftOut = this.#events - (linesMax ?? 0)
    this.#events = 0
    this.#timer = undefined
    if (leftOut <= 0) return
    if (linesMax === undefined) logger.warn({ [field]: leftOut }, event)
    else if (!logger.isLevelEnabled('debug')) logger.info({ [field]: leftOut }, event)
  }
}
