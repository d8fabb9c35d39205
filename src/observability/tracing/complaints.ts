import type { Logger } from '../logging/logger.js'

/** Longest complaint that is logged, in characters. */
const MESSAGE_LENGTH_MAX = 300
/** Time in which a complaint is logged once, in milliseconds. */
const QUIET_MS = 60_000
/** Most kinds of complaint. The SDK has fewer, unless it quotes text from outside. */
const KINDS_MAX = 64

export type ComplaintLogOptions = {
  readonly logger: Pick<Logger, 'warn'>
  readonly monotonicMs: () => number
}

type Kind = { readonly toldMs: number; readonly quiet: number }

/** A log of the SDK's complaints: each at once, then once a minute with its count. */
export class ComplaintLog {
  readonly #options: ComplaintLogOptions
  /**
   * Kinds by their text without words that contain digits, so that another number or id makes no new kind.
   */
  readonly #kinds = new Map<string, Kind>()

  constructor(options: ComplaintLogOptions) {
    this.#options = options
  }

  complain(message: string): void {
    const problem = withoutCredentials(message).slice(0, MESSAGE_LENGTH_MAX)
    const text = problem.replace(/\w*\d\w*/g, '')
    const key = this.#kinds.has(text) || this.#kinds.size < KINDS_MAX ? text : 'any other'
    const known = this.#kinds.get(key)
    const nowMs = this.#options.monotonicMs()
    if (known && nowMs - known.toldMs < QUIET_MS) {
      this.#kinds.set(key, { ...known, quiet: known.quiet + 1 })
      return
    }
    this.#kinds.set(key, { toldMs: nowMs, quiet: 0 })
    this.#options.logger.warn({ problem, times: (known?.quiet ?? 0) + 1 }, 'tracing: a complaint')
  }
}

function withoutCredentials(message: string): string {
  return message.replace(/\/\/[^/@\s]*@/g, '//[redacted]@')
}
