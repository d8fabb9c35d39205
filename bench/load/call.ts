import { AuthorizeRequest, AuthorizeResponse, Fallback } from '../../src/gen/benefits/v1/authorization.js'
import { CaptureRequest, CaptureResponse } from '../../src/gen/benefits/v1/card_rail.js'
import { type CallEnd, statusCalled } from '../h2/call-end.js'
import { framedMessage } from '../h2/grpc-messages.js'
import type { StreamListener } from '../h2/grpc-stream.js'
import type { Purchase } from './purchases.js'

/** The fields of an answer that the load generator looks at. */
export type Answer = Pick<AuthorizeResponse, 'transactionId' | 'code' | 'reason' | 'category' | 'replayed'>

/** Moments are milliseconds of `performance.now()`. */
export type CallTimes = {
  /** When the request arrived: what its latency counts from. */
  readonly arrivedAt: number
  readonly sentAt: number
  /** It had to wait here because too many calls were under way. */
  readonly isLate: boolean
}

/** One sending of a purchase, or of its capture. */
export class Call implements StreamListener {
  readonly purchase: Purchase
  readonly times: CallTimes
  readonly #onEnd: (call: Call, end: CallEnd, answer: Answer | undefined) => void
  #answer: Answer | undefined

  constructor(
    purchase: Purchase,
    times: CallTimes,
    onEnd: (call: Call, end: CallEnd, answer: Answer | undefined) => void,
  ) {
    this.purchase = purchase
    this.times = times
    this.#onEnd = onEnd
  }

  /** The request as a message. */
  request(): Buffer {
    const { kind, id: transactionId, originalId, accountId, amount, mcc, merchant } = this.purchase
    const common = { transactionId, accountId, amount: BigInt(amount), mcc, merchant, network: undefined }
    if (kind === 'CAPTURE') {
      const request = { ...common, originalTransactionId: originalId, moreToCome: false }
      return framedMessage(CaptureRequest.encode(request).finish())
    }
    const hold = kind === 'HOLD' ? { expiresIn: undefined } : undefined
    const request = { ...common, fallback: Fallback.UNSPECIFIED, verification: false, hold }
    return framedMessage(AuthorizeRequest.encode(request).finish())
  }

  message(message: Buffer): void {
    const response = this.purchase.kind === 'CAPTURE' ? CaptureResponse : AuthorizeResponse
    this.#answer = response.decode(message)
  }

  /** An answer without an answer is an error, whatever the status says. */
  end(end: CallEnd): void {
    if (end.status === 0 && !this.#answer) {
      this.#onEnd(this, { status: statusCalled('INTERNAL'), message: 'OK, but without a message' }, undefined)
    } else {
      this.#onEnd(this, end, end.status === 0 ? this.#answer : undefined)
    }
  }

  /** Ends it with what came back on a stream of many. */
  answered(answer: Answer): void {
    this.#answer = answer
    this.end({ status: 0, message: '' })
  }
}
