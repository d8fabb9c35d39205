import type { Budget } from '../../application/budget.js'
import { type CreditEntry, committedBy } from '../../domain/entry.js'
import type {
  BatchCreditRequest,
  BatchCreditResponse,
  RejectedCredit,
} from '../../gen/benefits/v1/account.js'
import { type CallError, type CallErrorKind, callErrorOf } from '../call-error.js'
import { patiently } from '../patience.js'
import { UnreadableMessage } from '../request-decoder.js'

/**
 * Most credits of one stream that are decided at a time. The engine lets that many wait, however slow
 * decisions are.
 */
const IN_FLIGHT_MAX = 128
/** Rejected items that end a stream. More of them suggest a wrong file, and the answer has to stay small. */
const REJECTIONS_MAX = 5_000
/** Longest part of an id that is repeated in a rejection, in bytes: an invalid id may have any length. */
const ECHO_BYTES_MAX = 128
/**
 * Longest description of a rejection, in characters. With the ids, all rejections of a stream fit into one
 * message.
 */
const DESCRIPTION_LENGTH_MAX = 400

type CreditOne = (
  request: BatchCreditRequest,
  budget: Budget,
) => Promise<{ entry: CreditEntry; replayed: boolean }>

/** One stream of credits: many decided at a time, in bounded memory, with a summary at the end. */
export class BatchCredit {
  readonly #creditOne: CreditOne
  readonly #budget: () => Budget
  readonly #inFlight = new Set<Promise<void>>()
  readonly #rejected: RejectedCredit[] = []
  #creditedCount = 0n
  #creditedAmount = 0n
  #replayedCount = 0n
  #failure: unknown

  constructor(creditOne: CreditOne, budget: () => Budget) {
    this.#creditOne = creditOne
    this.#budget = budget
  }

  /**
   * Credits every item of the stream and returns the summary.
   *
   * Throws when an item could not be decided or the stream fails. Items read by then are decided first and
   * stay credited, and the whole stream can be sent again.
   */
  async run(requests: AsyncIterable<BatchCreditRequest | UnreadableMessage>): Promise<BatchCreditResponse> {
    let index = 0n
    let complete = true
    try {
      for await (const request of requests) {
        if (this.#rejected.length > REJECTIONS_MAX) complete = false
        if (!complete || this.#failure !== undefined) break
        this.#begin(request, index)
        index += 1n
        if (this.#inFlight.size >= IN_FLIGHT_MAX) await Promise.race(this.#inFlight)
      }
    } catch (error) {
      this.#failure ??= error
    }
    await Promise.all(this.#inFlight)
    if (this.#failure !== undefined) throw this.#failure
    return {
      creditedCount: this.#creditedCount,
      creditedAmount: this.#creditedAmount,
      replayedCount: this.#replayedCount,
      rejectedCredits: this.#rejected.sort((a, b) => (a.index < b.index ? -1 : 1)),
      complete,
    }
  }

  #begin(request: BatchCreditRequest | UnreadableMessage, index: bigint): void {
    const item = this.#decide(request, index)
      .catch((error: unknown) => {
        this.#failure ??= error
      })
      .finally(() => this.#inFlight.delete(item))
    this.#inFlight.add(item)
  }

  async #decide(request: BatchCreditRequest | UnreadableMessage, index: bigint): Promise<void> {
    if (request instanceof UnreadableMessage) {
      this.#reject({ index, transactionId: '', accountId: '' }, request.error)
      return
    }
    try {
      const budget = this.#budget()
      const { entry, replayed } = await patiently(budget, () => this.#creditOne(request, budget))
      if (replayed) this.#replayedCount += 1n
      else this.#creditedCount += 1n
      if (!replayed) this.#creditedAmount -= committedBy(entry.movement)
    } catch (error) {
      const callError = callErrorOf(error)
      if (concerns[callError.kind] === 'STREAM') throw error
      this.#reject({ index, transactionId: request.transactionId, accountId: request.accountId }, callError)
    }
  }

  #reject(item: Pick<RejectedCredit, 'index' | 'transactionId' | 'accountId'>, error: CallError): void {
    this.#rejected.push({
      index: item.index,
      transactionId: echo(item.transactionId),
      accountId: echo(item.accountId),
      reason: error.kind,
      description: error.message.slice(0, DESCRIPTION_LENGTH_MAX),
    })
  }
}

function echo(id: string): string {
  return Buffer.from(id).subarray(0, ECHO_BYTES_MAX).toString()
}

/**
 * The scope of an item's error.
 *
 * - ITEM: the item was decided and is rejected; the stream goes on.
 * - STREAM: nothing was decided; the stream ends with the error.
 */
const concerns = {
  INVALID_REQUEST: 'ITEM',
  TRANSACTION_ID_REUSED: 'ITEM',
  ACCOUNT_NOT_FOUND: 'ITEM',
  TRANSACTION_NOT_FOUND: 'ITEM',
  ACCOUNT_EXISTS: 'ITEM',
  ACCOUNT_CLOSED: 'ITEM',
  BALANCE_TOO_LARGE: 'ITEM',
  CREDITS_CLOSED: 'ITEM',
  CATEGORY_NOT_FOUND: 'ITEM',
  CATEGORY_IN_USE: 'ITEM',
  CREDITS_OPEN: 'ITEM',
  CATALOG_CONTRADICTION: 'ITEM',
  MERCHANT_RULE_NOT_FOUND: 'ITEM',
  MERCHANT_RULE_EXISTS: 'ITEM',
  MERCHANT_RULES_TIE: 'ITEM',
  MERCHANT_RULES_FULL: 'ITEM',
  MERCHANT_RULE_CHANGED: 'ITEM',
  METADATA_TOO_LARGE: 'STREAM',
  MORE_THAN_ONE_MESSAGE: 'STREAM',
  UNAUTHENTICATED: 'STREAM',
  SCOPE_MISSING: 'STREAM',
  OVERLOADED: 'STREAM',
  UNAVAILABLE: 'STREAM',
  STREAM_ENDED: 'STREAM',
  NO_TIME_LEFT: 'STREAM',
  INTERNAL: 'STREAM',
} as const satisfies Record<CallErrorKind, 'ITEM' | 'STREAM'>
