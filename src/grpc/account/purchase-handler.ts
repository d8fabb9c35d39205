import type { PurchaseOverview, Purchases } from '../../application/purchase.js'
import {
  type GetPurchaseRequest,
  type GetPurchaseResponse,
  type Purchase,
  PurchaseState,
} from '../../gen/benefits/v1/account.js'
import { CallError } from '../call-error.js'
import { type HandlerOptions, unaryHandler } from '../handlers.js'
import { RequestFields } from '../request-fields.js'
import { transactionMessage } from './transaction-mapping.js'

/** Most entries in an answer, which then stays below the largest message. */
const ENTRIES_MAX = 1_000

/** The method of benefits.v1.AccountService that reads a purchase. */
export function purchaseHandler(purchases: Pick<Purchases, 'find'>, handlers: HandlerOptions) {
  return {
    getPurchase: unaryHandler<GetPurchaseRequest, GetPurchaseResponse>(handlers, async (request) => {
      const fields = new RequestFields()
      const accountId = fields.accountId('account_id', request.accountId)
      const transactionId = fields.transactionId('transaction_id', request.transactionId)
      fields.close()
      const reading = await purchases.find(accountId, transactionId)
      if ('purchase' in reading)
        return { purchase: purchaseMessage({ accountId, transactionId }, reading.purchase) }
      if (reading.missing === 'ACCOUNT') throw new CallError('ACCOUNT_NOT_FOUND')
      throw new CallError('TRANSACTION_NOT_FOUND', { detail: 'no purchase has it, and no step names it' })
    }),
  }
}

function purchaseMessage(
  ids: Pick<Purchase, 'accountId' | 'transactionId'>,
  { sums, rest, state, entries }: PurchaseOverview,
): Purchase {
  return {
    ...ids,
    state: state === undefined ? PurchaseState.UNSPECIFIED : PurchaseState[state],
    category: sums.wallet ?? '',
    authorizedAmount: sums.authorized,
    incrementedAmount: sums.incremented,
    capturedAmount: sums.captured,
    excessAmount: sums.excess,
    releasedAmount: sums.released,
    expiredAmount: sums.expired,
    reversedAmount: sums.reversed,
    refundedAmount: sums.refunded,
    owedAmount: sums.owed,
    restAmount: rest,
    transactionCount: BigInt(entries.length),
    transactions: entries.slice(0, ENTRIES_MAX).map(transactionMessage),
  }
}
