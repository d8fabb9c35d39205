import type { AccountId } from '../../domain/account-status.js'
import type { Advice } from '../../domain/advice.js'
import type { Capture } from '../../domain/capture.js'
import type { Increment } from '../../domain/increment.js'
import { isCurrencySupported, type NetworkData } from '../../domain/network.js'
import type { Refund } from '../../domain/refund.js'
import type {
  AdviseRequest,
  CaptureRequest,
  IncrementRequest,
  RefundRequest,
} from '../../gen/benefits/v1/card_rail.js'
import type { NetworkData as NetworkMessage } from '../../gen/benefits/v1/network.js'
import { networkIn } from '../network-mapping.js'
import { RequestFields } from '../request-fields.js'

/** Reads an increment. Like all functions here, it throws INVALID_REQUEST naming every invalid field. */
export function readIncrement(request: IncrementRequest): {
  readonly accountId: AccountId
  readonly increment: Increment
} {
  const fields = new RequestFields()
  const { transactionId, accountId } = readIds(fields, request)
  const originalId = readOriginalId(fields, request)
  const amount = fields.amount('amount', request.amount)
  const network = networkIn(fields, 'network', request.network)
  fields.close()
  return { accountId, increment: { transactionId, originalId, amount, ...(network && { network }) } }
}

/** Reads a capture. */
export function readCapture(request: CaptureRequest): {
  readonly accountId: AccountId
  readonly capture: Capture
} {
  const fields = new RequestFields()
  const { transactionId, accountId } = readIds(fields, request)
  const originalId = readOriginalId(fields, request)
  const { moreToCome } = request
  const amount = fields.amount('amount', request.amount)
  const mcc = fields.mcc('mcc', request.mcc)
  const merchant = fields.merchant('merchant', request.merchant)
  const network = bookedNetwork(fields, request.network)
  fields.close()
  return {
    accountId,
    capture: {
      transactionId,
      originalId,
      amount,
      ...(moreToCome && { moreToCome }),
      mcc,
      merchant,
      ...(network && { network }),
    },
  }
}

/** Reads an advice. */
export function readAdvice(request: AdviseRequest): {
  readonly accountId: AccountId
  readonly advice: Advice
} {
  const fields = new RequestFields()
  const { transactionId, accountId } = readIds(fields, request)
  const originalId = readOptionalOriginalId(fields, request)
  const amount = fields.amount('amount', request.amount)
  const mcc = fields.mcc('mcc', request.mcc)
  const merchant = fields.merchant('merchant', request.merchant)
  const fallback = fields.fallback('fallback', request.fallback)
  const network = bookedNetwork(fields, request.network)
  fields.close()
  return {
    accountId,
    advice: {
      transactionId,
      ...(originalId !== undefined && { originalId }),
      amount,
      mcc,
      merchant,
      ...(fallback && { fallback }),
      ...(network && { network }),
    },
  }
}

/** Reads a refund. */
export function readRefund(message: RefundRequest): {
  readonly accountId: AccountId
  readonly refund: Refund
} {
  const fields = new RequestFields()
  const { transactionId, accountId } = readIds(fields, message)
  const originalId = readOptionalOriginalId(fields, message)
  const { request } = message
  const amount = fields.amount('amount', message.amount)
  const mcc = fields.mcc('mcc', message.mcc)
  const merchant = fields.merchant('merchant', message.merchant)
  const network = bookedNetwork(fields, message.network)
  fields.close()
  return {
    accountId,
    refund: {
      transactionId,
      ...(originalId !== undefined && { originalId }),
      amount,
      mcc,
      merchant,
      ...(network && { network }),
      ...(request && { request }),
    },
  }
}

type Ids = { readonly transactionId: string; readonly accountId: string }
type FollowUpIds = Ids & { readonly originalTransactionId: string }

function readIds(fields: RequestFields, { transactionId, accountId }: Ids) {
  return {
    transactionId: fields.transactionId('transaction_id', transactionId),
    accountId: fields.accountId('account_id', accountId),
  }
}

function readOriginalId(
  fields: RequestFields,
  { originalTransactionId, transactionId }: FollowUpIds,
): string {
  fields.differ('original_transaction_id', originalTransactionId, 'transaction_id', transactionId)
  return fields.transactionId('original_transaction_id', originalTransactionId)
}

/** Reads the id of a purchase that the request need not name. */
function readOptionalOriginalId(fields: RequestFields, ids: FollowUpIds): string | undefined {
  return ids.originalTransactionId === '' ? undefined : readOriginalId(fields, ids)
}

/** Reads the network data of a booking. Nothing can decline it later for its currency. */
function bookedNetwork(fields: RequestFields, message: NetworkMessage | undefined): NetworkData | undefined {
  const network = networkIn(fields, 'network', message)
  fields.check(
    isCurrencySupported(network?.currency),
    'network.currency',
    'must be empty, BRL or 986: the amount is what the cardholder is charged, in centavos of BRL',
  )
  return network
}
