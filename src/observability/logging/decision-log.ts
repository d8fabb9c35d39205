import type { Caller } from './call-fields.js'
import { LineLimit } from './line-limit.js'
import { type Logger, roundMs } from './logger.js'

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
  readonly #logger: Logger
  readonly #approvals: LineLimit

  constructor({ logger, approvalsMax: linesMax }: DecisionLogOptions) {
    this.#logger = logger
    const event = 'approvals without a line: more than LOG_APPROVALS_PER_SECOND'
    this.#approvals = new LineLimit({ logger, linesMax, event })
  }

  /** Asks for the caller only if there is to be a line. */
  decided(line: DecisionLine, callerOf: () => Caller): void {
    const level = line.code === '00' ? this.#approvals.level() : 'info'
    if (!this.#logger.isLevelEnabled(level)) return
    this.#logger[level]({ ...line, durationMs: roundMs(line.durationMs), ...callerOf() }, 'decision')
  }

  /** Tells of what was left out since it was last told of. */
  close(): void {
    this.#approvals.close()
  }
}
