import type { Logger } from './logger.js'

/** Time in which lines are counted, in milliseconds. */
const INTERVAL_MS = 1_000

export type LineLimitOptions = {
  readonly logger: Logger
  /** Most lines at level info in one second; others have one at level debug. */
  readonly linesMax: number
  /** What is said when there were more, with how many of them had no line in `leftOut`. */
  readonly event: string
}

/** Keeps lines that are one like the other from filling the log: only the first ones of each second are shown. */
export class LineLimit {
  readonly #options: LineLimitOptions
  #lines = 0
  #timer: NodeJS.Timeout | undefined

  constructor(options: LineLimitOptions) {
    this.#options = options
  }

  /** The level of one more line. */
  level(): 'info' | 'debug' {
    this.#lines += 1
    this.#timer ??= setTimeout(() => this.#endInterval(), INTERVAL_MS).unref()
    return this.#lines <= this.#options.linesMax ? 'info' : 'debug'
  }

  /** Tells of what was left out since it was last told of. */
  close(): void {
    clearTimeout(this.#timer)
    this.#endInterval()
  }

  #endInterval(): void {
    const { logger, linesMax, event } = this.#options
    const leftOut = this.#lines - linesMax
    this.#lines = 0
    this.#timer = undefined
    if (leftOut > 0 && !logger.isLevelEnabled('debug')) logger.info({ leftOut }, event)
  }
}
