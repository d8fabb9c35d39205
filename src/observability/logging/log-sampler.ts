import type { Logger } from './logger.js'

/** Interval of counting lines, in milliseconds. */
const INTERVAL_MS = 1_000

export type LogSamplerOptions = {
  readonly logger: Logger
  /** Most lines per second at level info. The rest are at level debug. */
  readonly linesMax: number
  /** The event that is logged when there were more, with the number left out in `leftOut`. */
  readonly event: string
}

/** A limit on similar log lines: only the first ones of each second are shown. */
export class LogSampler {
  readonly #options: LogSamplerOptions
  #lines = 0
  #timer: NodeJS.Timeout | undefined

  constructor(options: LogSamplerOptions) {
    this.#options = options
  }

  /** Counts one more line and returns its level. */
  level(): 'info' | 'debug' {
    this.#lines += 1
    this.#timer ??= setTimeout(() => this.#endInterval(), INTERVAL_MS).unref()
    return this.#lines <= this.#options.linesMax ? 'info' : 'debug'
  }

  /** Logs how many lines were left out since the last such line. */
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
