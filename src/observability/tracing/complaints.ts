import type { Logger } from '../logging/logger.js'

/** Longest part of a complaint that is logged, in characters. */
const MESSAGE_LENGTH_MAX = 300
/** Time in which a complaint is logged once, in milliseconds. */
const QUIET_MS = 60_000
/** Complaints that are told apart: there are not so many, unless what comes from outside is quoted in them. */
const KINDS_MAX = 64

export type ComplaintLogOptions = {
  readonly logger: Pick<Logger, 'warn'>
  readonly monotonicMs: () => number
}

type Kind = { readonly toldMs: number; readonly quiet: number }

/** Tells what the SDK has to complain of: at once, then once a minute with how often it came meanwhile. */
export class ComplaintLog {
  readonly #options: ComplaintLogOptions
  /** By their texts without words that have digits: another number or id makes no news. */
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
