import { Reason } from '../../src/gen/benefits/v1/authorization.js'
import { type CallEnd, type StatusName, statusCalled, statusName } from '../h2/call-end.js'
import type { Answer } from './call.js'
import type { Expectation, Purchase } from './purchases.js'
import type { CallErrors, Outcome, Sum, WholeRun } from './result.js'

/** With these the purchase was certainly not decided by that call. */
const undecidedNames: readonly StatusName[] = [
  'INVALID_ARGUMENT',
  'PERMISSION_DENIED',
  'UNAUTHENTICATED',
  'RESOURCE_EXHAUSTED',
  'UNIMPLEMENTED',
]
const undecided = new Set(undecidedNames.map(statusCalled))

/** Ids that are named in the result. */
const NAMED_MAX = 100

const reasonNames = new Map<number, string>(Object.entries(Reason).map(([name, number]) => [number, name]))

/** What was sent and answered in a whole run, and whether the answers agree with each other and with the workload. */
export class Books {
  readonly #outcomes = new Map<string, { readonly answer: Answer; count: number }>()
  readonly #errors = new Map<number, { readonly message: string; count: number }>()
  readonly #approved = new Map<string, { count: number; centavos: bigint }>()
  readonly #unknown = new Set<Purchase>()
  #sent = 0
  #decided = 0
  #decidedTwice = 0
  #contradicted = 0
  #unexpected = 0
  #firstUnexpected: string | undefined

  sent(purchase: Purchase): void {
    purchase.underWay++
    this.#sent++
  }

  answered(purchase: Purchase, answer: Answer): void {
    purchase.underWay--
    const said = `${answer.code} ${answer.reason} ${answer.category}`
    this.#count(answer, said)
    if (answer.transactionId !== purchase.id || !isAsExpected(answer, purchase.expected)) {
      this.#unexpected++
      this.#firstUnexpected ??= `${purchase.id}, ${purchase.expected}: ${said} for ${answer.transactionId}`
    }
    if (purchase.answered === undefined) this.#answeredFirst(purchase, answer)
    else if (!answer.replayed) this.#decidedTwice++
    if (purchase.answered !== undefined && purchase.answered !== said) this.#contradicted++
    purchase.answered ??= said
  }

  failed(purchase: Purchase, { status, message }: CallEnd): void {
    purchase.underWay--
    const errors = this.#errors.get(status)
    if (errors) errors.count++
    else this.#errors.set(status, { message, count: 1 })
    if (purchase.answered === undefined && !undecided.has(status)) this.#unknown.add(purchase)
  }

  whole(ids: number): WholeRun {
    const approved = [...this.#approved.values()]
    const unknown = [...this.#unknown]
    return {
      sent: this.#sent,
      ids,
      decided: this.#decided,
      outcomes: [...this.#outcomes.values()].map(outcomeOf),
      errors: [...this.#errors].map(errorsOf),
      approved: sumOf(approved),
      approvedByCategory: Object.fromEntries([...this.#approved].map(([id, sum]) => [id, sumOf([sum])])),
      unknown: {
        ...sumOf(unknown.map(possibleDebit)),
        ids: unknown.slice(0, NAMED_MAX).map(({ id }) => id),
      },
      decidedTwice: this.#decidedTwice,
      contradicted: this.#contradicted,
      unexpected: { count: this.#unexpected, first: this.#firstUnexpected },
    }
  }

  #count(answer: Answer, said: string): void {
    const key = answer.replayed ? `${said} replayed` : said
    const outcome = this.#outcomes.get(key)
    if (outcome) outcome.count++
    else this.#outcomes.set(key, { answer, count: 1 })
  }

  /** A capture takes held money, which left the balance with its hold. Without a hold it takes the balance. */
  #answeredFirst(purchase: Purchase, { code, reason, category }: Answer): void {
    this.#unknown.delete(purchase)
    this.#decided++
    if (code !== '00') return
    const sum = this.#approved.get(category) ?? { count: 0, centavos: 0n }
    sum.count++
    sum.centavos += BigInt(reason === Reason.CAPTURED ? 0 : purchase.amount)
    this.#approved.set(category, sum)
  }
}

/** What may have been debited for a purchase of which nothing is known. */
function possibleDebit({ amount, expected }: Purchase): {
  readonly count: number
  readonly centavos: bigint
} {
  return { count: 1, centavos: expected === 'DECLINED' ? 0n : BigInt(amount) }
}

function isAsExpected({ code, category }: Answer, expected: Expectation): boolean {
  if (expected === 'DECLINED') return code === '51'
  if (expected === 'CAPTURED') return code === '00'
  return code === '00' && (category === 'CASH') === (expected === 'CASH')
}

function outcomeOf({ answer, count }: { readonly answer: Answer; readonly count: number }): Outcome {
  const { code, category, replayed } = answer
  return { code, reason: reasonNames.get(answer.reason) ?? String(answer.reason), category, replayed, count }
}

function errorsOf([status, { message, count }]: readonly [
  number,
  { readonly message: string; readonly count: number },
]): CallErrors {
  return { status: statusName(status), count, message }
}

function sumOf(parts: readonly { readonly count: number; readonly centavos: bigint }[]): Sum {
  const count = parts.reduce((sum, part) => sum + part.count, 0)
  const centavos = parts.reduce((sum, part) => sum + part.centavos, 0n)
  return { count, centavos: String(centavos) }
}
