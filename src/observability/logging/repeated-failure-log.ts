import type { Logger } from './logger.js'

/** Time after which a lasting failure is logged again, in milliseconds. */
const AGAIN_MS = 60_000
/** Most kinds of failure. There are fewer, unless a kind quotes text from outside. */
const KINDS_MAX = 256
/** Longest summary of an error, in characters. */
const SUMMARY_LENGTH_MAX = 300

/** Failures of one kind are logged together. The fields are those of the latest. */
export type Explanation = { readonly kind: string; readonly fields: object }

export type RepeatedFailureLogOptions = {
  readonly logger: Pick<Logger, 'warn'>
  readonly monotonicMs: () => number
  readonly explain: (error: unknown) => Explanation
}

type Kind = { readonly loggedMs: number; readonly unlogged: number }

/**
 * A log of repeated failures: each kind is logged at once, and again after a minute, with the number of
 * failures since.
 */
export class RepeatedFailureLog {
  readonly #options: RepeatedFailureLogOptions
  readonly #kinds = new Map<string, Kind>()

  constructor(options: RepeatedFailureLogOptions) {
    this.#options = options
  }

  /** Logs a failure. */
  failed(event: string, error: unknown): void {
    const { kind, fields } = this.#options.explain(error)
    this.#log(event, `${event}/${kind}`, fields)
  }

  /** Logs an operation that succeeded but took long. */
  slow(event: string, durationMs: number): void {
    this.#log(event, event, { cause: 'SLOW', durationMs })
  }

  /** Ends all failures: the next one is logged at once. */
  over(): void {
    this.#kinds.clear()
  }

  #log(event: string, kind: string, fields: object): void {
    const key = this.#kinds.has(kind) || this.#kinds.size < KINDS_MAX ? kind : 'any other'
    const nowMs = this.#options.monotonicMs()
    const { loggedMs, unlogged } = this.#kinds.get(key) ?? {
      loggedMs: Number.NEGATIVE_INFINITY,
      unlogged: 0,
    }
    if (nowMs - loggedMs < AGAIN_MS) {
      this.#kinds.set(key, { loggedMs, unlogged: unlogged + 1 })
      return
    }
    this.#kinds.set(key, { loggedMs: nowMs, unlogged: 0 })
    this.#options.logger.warn(unlogged === 0 ? fields : { ...fields, times: unlogged + 1 }, event)
  }
}

/**
 * Summarises an error as its class and message on one line. A driver's errors carry its whole state and an
 * unhelpful stack.
 */
export function summaryOf(error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
  return text.length > SUMMARY_LENGTH_MAX ? `${text.slice(0, SUMMARY_LENGTH_MAX)}...` : text
}
