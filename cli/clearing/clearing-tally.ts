import { Decision, Reason } from '../../src/gen/benefits/v1/authorization.js'
import type { BookStreamResponse } from '../../src/gen/benefits/v1/card_rail.js'
import { inFileOrder } from '../files/rejected-line.js'
import type { ClearingLine, NotedLine } from './clearing-file.js'

/** Allowed difference between the clocks when an entry is attributed to this file, in milliseconds. */
const CLOCKS_APART_MS_MAX = 5_000

/** The answer to a booked or declined line. */
export type Answer = Exclude<NonNullable<BookStreamResponse['outcome']>, { $case: 'error' }>

/** The lines with one reason. */
export type ReasonTotal = {
  readonly reason: string
  readonly lines: number
  /** What the lines spent or gave back, in centavos. */
  readonly amount: bigint
  /** Part of it that wallets owe, in centavos. */
  readonly owed: bigint
}

/** The outcome of a clearing file. Each line is counted once. */
export type ClearingSummary = {
  /** Booked by this command. */
  readonly booked: number
  /** Booked by an earlier command. */
  readonly alreadyBooked: number
  /** The booked lines by reason, of this command and of earlier ones. */
  readonly reasons: readonly ReasonTotal[]
  /** Booked lines that a person should look at. */
  readonly noted: readonly NotedLine[]
  readonly rejected: readonly NotedLine[]
  /** Sent without an answer: the line may or may not be booked. */
  readonly unsure: number
  readonly notTried: number
}

/** The reasons of ordinary lines. A person should look at all others. */
const ordinary: readonly string[] = [
  'CAPTURED',
  'ALREADY_CAPTURED',
  'ADVISED',
  'ALREADY_APPROVED',
  'REFUNDED',
  'APPROVED',
]

/** The meanings of the other reasons, for the list of lines to look at. */
const explanations: Readonly<Record<string, string>> = {
  CAPTURED_OVER: 'more than its hold, within the tolerance',
  CAPTURED_OVER_TOLERANCE: 'more than the tolerance allows: dispute it',
  CAPTURED_LATE: 'nothing of the purchase was left: expired, reversed, or captured before',
  CAPTURED_AFTER_DECLINE: 'the purchase was declined: dispute it',
  CAPTURED_UNSEEN: 'the purchase was never seen',
  ADVICE_OVERRIDES: 'the purchase was declined here, and approved elsewhere',
  ADVICE_REVERSED: 'the purchase was reversed before: nothing was booked',
  REFUNDED_OVER: 'more than the purchase has left',
  REFUNDED_UNLINKED: 'no purchase to refund: given back by MCC and merchant',
  REVERSED_BEFORE_PURCHASE: 'the purchase was never seen',
  ALREADY_REVERSED: 'nothing of the purchase was left: nothing was given back',
  ORIGINAL_DECLINED: 'the purchase was declined: nothing was given back',
  ORIGINAL_NOT_REVERSIBLE: 'the original is not a purchase: nothing was given back',
  AMOUNT_OVER_REMAINDER: 'more than the purchase has left: nothing was given back',
  BALANCE_TOO_LARGE: 'the wallet cannot hold that much: nothing was given back',
  ACCOUNT_NOT_FOUND: 'the account was never opened',
}

const reasonNames = new Map<number, string>(Object.entries(Reason).map(([name, value]) => [value, name]))

/** Counts the answers to the lines of a file. */
export class ClearingTally {
  readonly #startedMs = Date.now()
  readonly #lines: number
  readonly #reasons = new Map<string, ReasonTotal>()
  readonly #noted: NotedLine[] = []
  readonly #rejected: NotedLine[] = []
  #booked = 0
  #alreadyBooked = 0

  constructor(lines: number) {
    this.#lines = lines
  }

  /** The number of lines that have an outcome. */
  get done(): number {
    return this.#booked + this.#alreadyBooked + this.#rejected.length
  }

  /** The number of lines that have none. */
  get left(): number {
    return this.#lines - this.done
  }

  /**
   * Counts a line that the service has answered. A declined line counts as rejected. When the line was sent
   * more than once, the time of its entry shows whether this command booked it.
   */
  book(line: ClearingLine, answer: Answer, { wasSentBefore }: { readonly wasSentBefore: boolean }): void {
    const { decision, replayed, decidedAt } = answer.value
    const reason = reasonNames.get(answer.value.reason) ?? 'UNKNOWN'
    const description = explanations[reason] ?? ''
    if (decision !== Decision.APPROVED) {
      this.reject(line, { reason, description })
      return
    }
    const isOld = (decidedAt?.getTime() ?? 0) < this.#startedMs - CLOCKS_APART_MS_MAX
    const isEarlier = replayed && (!wasSentBefore || isOld)
    if (isEarlier) this.#alreadyBooked += 1
    else this.#booked += 1
    const { amount, owed } = amountsOf(answer)
    const before = this.#reasons.get(reason) ?? { reason, lines: 0, amount: 0n, owed: 0n }
    this.#reasons.set(reason, {
      reason,
      lines: before.lines + 1,
      amount: before.amount + amount,
      owed: before.owed + owed,
    })
    if (!ordinary.includes(reason)) this.#noted.push(notedLine(line, { reason, description }))
  }

  /** Counts a line that the service has rejected. */
  reject(line: ClearingLine, problem: Pick<NotedLine, 'reason' | 'description'>): void {
    this.#rejected.push(notedLine(line, problem))
  }

  /** Sums up, with the number of lines that were sent and have no answer. */
  summary(unsure: number): ClearingSummary {
    return {
      booked: this.#booked,
      alreadyBooked: this.#alreadyBooked,
      reasons: [...this.#reasons.values()].sort((one, other) => (one.reason < other.reason ? -1 : 1)),
      noted: inFileOrder(this.#noted),
      rejected: inFileOrder(this.#rejected),
      unsure,
      notTried: this.left - unsure,
    }
  }
}

function notedLine(
  { line, cells }: ClearingLine,
  { reason, description }: Pick<NotedLine, 'reason' | 'description'>,
): NotedLine {
  return { line, cells, reason, description }
}

function amountsOf(answer: Answer): { readonly amount: bigint; readonly owed: bigint } {
  switch (answer.$case) {
    case 'capture':
      return { amount: answer.value.capturedAmount, owed: answer.value.owedAmount }
    case 'advice':
      return { amount: answer.value.bookedAmount, owed: answer.value.owedAmount }
    case 'refund':
      return { amount: answer.value.refundedAmount, owed: 0n }
    case 'reversal':
      return { amount: answer.value.amount, owed: 0n }
  }
}
