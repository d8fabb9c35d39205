import type { Logger } from './logger.js'

/** Time after which a lasting failure is logged again, in milliseconds. */
const AGAIN_MS = 60_000

/** Longest summary of an error, in characters. */
const SUMMARY_LENGTH_MAX = 300

export type RepeatedFailureLogOptions = {
  readonly logger: Pick<Logger, 'warn'>
  readonly monotonicMs: () => number
  /** Returns the cause of an error and a hint for the operator. Both are logged. */
  readonly explain: (error: unknown) => { readonly name: string; readonly hint: string }
}

/** A log of repeated failures: each is logged once, and again when its cause changes or it lasts a minute. */
export class RepeatedFailureLog {
  readonly #options: RepeatedFailureLogOptions
  /** The time of the last line by event and cause, in milliseconds. */
  readonly #toldAtMs = new Map<string, number>()

  constructor(options: RepeatedFailureLogOptions) {
    this.#options = options
  }

  /** Logs a failure. */
  failed(event: string, error: unknown): void {
    const { name, hint } = this.#options.explain(error)
    if (this.#isNews(`${event}/${name}`)) {
      this.#options.logger.warn({ cause: name, hint, error: summaryOf(error) }, event)
    }
  }

  /** Logs an operation that succeeded but took long. */
  slow(event: string, durationMs: number): void {
    if (this.#isNews(event)) this.#options.logger.warn({ cause: 'SLOW', durationMs }, event)
  }

  /** Ends all failures: the next one is logged at once. */
  over(): void {
    this.#toldAtMs.clear()
  }

  #isNews(key: string): boolean {
    const nowMs = this.#options.monotonicMs()
    if (nowMs - (this.#toldAtMs.get(key) ?? Number.NEGATIVE_INFINITY) < AGAIN_MS) return false
    this.#toldAtMs.set(key, nowMs)
    return true
  }
}

/**
 * Summarises an error as its class and message on one line. A driver's errors carry its whole state and an
 * unhelpful stack.
 */
function summaryOf(error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
  return text.length > SUMMARY_LENGTH_MAX ? `${text.slice(0, SUMMARY_LENGTH_MAX)}...` : text
}
