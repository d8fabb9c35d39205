import type { Caller } from './call-fields.js'
import { type Logger, roundMs } from './logger.js'

/** Time in which approvals are counted, in milliseconds. */
const INTERVAL_MS = 1_000

/** What a line says of a decision. No account, transaction, merchant or amount: those are in the ledger, where they are protected. */
export type DecisionLine = {
  readonly kind: string
  /** 00, 51 or 07. */
  readonly code: string
  readonly reason: string
  /** The wallet that paid. */
  readonly category?: string | undefined
  readonly replayed: boolean
  /** From when it was read until it was durable. */
  readonly durationMs: number
}

export type DecisionLogOptions = {
  readonly logger: Logger
  /** Most approvals that have a line at level info in one second; the others have one at level debug. */
  readonly approvalsMax: number
}

/**
 * One line for each decision. Under load nearly all of them are approvals, one like the other: of those only the first ones of each second
 * are shown, and how many were left out is told. Whatever is declined is always shown.
 */
export class DecisionLog {
  readonly #options: DecisionLogOptions
  #approvals = 0
  #timer: NodeJS.Timeout | undefined

  constructor(options: DecisionLogOptions) {
    this.#options = options
  }

  /** Asks for the caller only if there is to be a line. */
  decided(line: DecisionLine, callerOf: () => Caller): void {
    const { logger } = this.#options
    const level = line.code === '00' && !this.#isShown() ? 'debug' : 'info'
    if (!logger.isLevelEnabled(level)) return
    logger[level]({ ...line, durationMs: roundMs(line.durationMs), ...callerOf() }, 'decision')
  }

  /** Tells of what was left out since it was last told of. */
  close(): void {
    clearTimeout(this.#timer)
    this.#endInterval()
  }

  #isShown(): boolean {
    this.#approvals += 1
    this.#timer ??= setTimeout(() => this.#endInterval(), INTERVAL_MS).unref()
    return this.#approvals <= this.#options.approvalsMax
  }

  #endInterval(): void {
    const { logger, approvalsMax } = this.#options
    const leftOut = this.#approvals - approvalsMax
    this.#approvals = 0
    this.#timer = undefined
    if (leftOut <= 0 || logger.isLevelEnabled('debug')) return
    logger.info({ leftOut }, 'approvals without a line: more than LOG_APPROVALS_PER_SECOND')
  }
}
