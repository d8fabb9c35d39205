import { Random } from '../../tools/random.js'
import { accountIdAt } from './account-id.js'
import { REPEAT_DISTANCE, type RequestKind, type Workload } from './job.js'

/** What a purchase is to be answered with. */
export type Expectation = 'BENEFIT' | 'CASH' | 'DECLINED' | 'CAPTURED'

/** A request and its state. */
export type Purchase = {
  readonly kind: RequestKind
  readonly id: string
  /** The purchase that a capture is of. */
  readonly originalId: string
  readonly accountId: string
  /** In centavos; below 2^53. */
  readonly amount: number
  readonly mcc: string
  readonly merchant: string
  readonly expected: Expectation
  /** Calls for it that have not ended. */
  underWay: number
  /** What it was answered with first; undefined until then. */
  answered: string | undefined
}

/** Requests that are kept to be repeated: more than the largest distance. */
const RECENT = 4_096

/** The requests of a workload, one after another. */
export class Purchases {
  readonly #workload: Workload
  readonly #random: Random
  readonly #recent: Purchase[] = []
  #sent = 0
  #ids = 0

  constructor(workload: Workload) {
    this.#workload = workload
    this.#random = new Random(workload.seed)
  }

  /** Different requests so far. */
  get ids(): number {
    return this.#ids
  }

  next(): Purchase {
    const purchase = this.#repeated() ?? this.#new()
    this.#recent[this.#sent % RECENT] = purchase
    this.#sent++
    return purchase
  }

  #repeated(): Purchase | undefined {
    // Drawn in any case: what follows must not depend on how quickly the answers come.
    const isRepeat = this.#random.next() < this.#workload.repeatShare
    const { min, max } = this.#workload.repeatDistance ?? REPEAT_DISTANCE
    const back = min + this.#random.below(max - min + 1)
    if (!isRepeat || back > this.#sent) return undefined
    const original = this.#recent[(this.#sent - back) % RECENT]
    return original?.underWay === 0 ? original : undefined
  }

  #new(): Purchase {
    const { kind = 'PURCHASE', accounts, hotAccount, transactionPrefix, merchants } = this.#workload
    const expected = this.#expectation()
    const originalId = `${transactionPrefix}${this.#ids++}`
    const isCapture = kind === 'CAPTURE'
    return {
      kind,
      id: isCapture ? `${originalId}.capture` : originalId,
      originalId,
      accountId: accountIdAt(accounts, hotAccount ? 0 : this.#random.below(accounts.count)),
      amount: this.#amount(expected),
      mcc: this.#random.pick(expected === 'CASH' ? this.#workload.cashMccs : this.#workload.benefitMccs),
      merchant: this.#random.pick(merchants),
      expected: isCapture ? 'CAPTURED' : expected,
      underWay: 0,
      answered: undefined,
    }
  }

  #expectation(): Expectation {
    const { declineShare, cashShare } = this.#workload
    if (this.#random.next() < declineShare) return 'DECLINED'
    return this.#random.next() < cashShare ? 'CASH' : 'BENEFIT'
  }

  #amount(expected: Expectation): number {
    const { amount, declinedAmount } = this.#workload
    if (expected === 'DECLINED') return declinedAmount
    return amount.min + this.#random.below(amount.max - amount.min + 1)
  }
}
