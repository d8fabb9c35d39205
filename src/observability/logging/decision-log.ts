import type { Caller } from './call-fields.js'
import { LogSampler } from './log-sampler.js'
import { type Logger, roundMs } from './logger.js'

/**
 * The log fields of a decision. Account, transaction, merchant and amount stay in the ledger, where they are
 * protected.
 */
export type DecisionLine = {
  readonly kind: string
  /** 00, 51 or 07. */
  readonly code: string
  readonly reason: string
  /** The wallet that paid. */
  readonly category?: string | undefined
  readonly replayed: boolean
  /** Time from reading the request until the decision was durable, in milliseconds. */
  readonly durationMs: number
}

export type DecisionLogOptions = {
  readonly logger: Logger
  /** Most approvals per second that are logged at level info. The rest are logged at level debug. */
  readonly approvalsMax: number
}

/**
 * The log of decisions, one line each. Under load nearly all of them are similar approvals, so only the first
 * ones of each second are shown, followed by the number left out. Every decline is shown.
 */
export class DecisionLog {
  readonly #logger: Logger
  readonly #approvals: LogSampler

  constructor({ logger, approvalsMax: linesMax }: DecisionLogOptions) {
    this.#logger = logger
    const event = 'approvals left out of the log: more than LOG_APPROVALS_PER_SECOND'
    this.#approvals = new LogSampler({ logger, linesMax, event, field: 'leftOut' })
  }

  /** Logs a decision. Calls `callerOf` only when the line will be written. */
  decided(line: DecisionLine, callerOf: () => Caller): void {
    const level = line.code === '00' ? this.#approvals.count() : 'info'
    if (!this.#logger.isLevelEnabled(level)) return
    this.#logger[level]({ ...line, durationMs: roundMs(line.durationMs), ...callerOf() }, 'decision')
  }

  /** Logs how many approvals were left out since the last such line. */
  close(): void {
    this.#approvals.close()
  }
}
