import type { Logger } from './logger.js'

/** Time after which a trouble that goes on is told again, in milliseconds. */
const AGAIN_MS = 60_000

/** Longest summary of an error, in characters. */
const SUMMARY_LENGTH_MAX = 300

export type TroubleLogOptions = {
  readonly logger: Pick<Logger, 'warn'>
  readonly monotonicMs: () => number
  /** Names what is behind an error, and says where to look: what it returns is logged. */
  readonly explain: (error: unknown) => { readonly name: string; readonly advice: string }
}

/** Tells of what keeps failing once, and again when it has another cause, or goes on for a minute. */
export class TroubleLog {
  readonly #options: TroubleLogOptions
  /** When each was last told of, by the event and the name of the trouble. */
  readonly #toldAtMs = new Map<string, number>()

  constructor(options: TroubleLogOptions) {
    this.#options = options
  }

  /** Something has failed. */
  failed(event: string, error: unknown): void {
    const { name, advice } = this.#options.explain(error)
    if (this.#isNews(`${event}/${name}`)) {
      this.#options.logger.warn({ trouble: name, advice, error: summaryOf(error) }, event)
    }
  }

  /** Something was done, but took long. */
  slow(event: string, durationMs: number): void {
    if (this.#isNews(event)) this.#options.logger.warn({ trouble: 'SLOW', durationMs }, event)
  }

  /** It works again: the next failure is news. */
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

/** The class and the message of an error, in one line: a driver's errors carry its whole state and a stack that says nothing. */
function summaryOf(error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
  return text.length > SUMMARY_LENGTH_MAX ? `${text.slice(0, SUMMARY_LENGTH_MAX)}...` : text
}
