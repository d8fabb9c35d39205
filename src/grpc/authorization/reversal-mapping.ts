import { committedBy, type ReversalEntry } from '../../domain/entry.js'
import type { Reversal } from '../../domain/reverse.js'
import type { ReverseRequest, ReverseResponse } from '../../gen/benefits/v1/authorization.js'
import { answerFields } from '../reason-mapping.js'
import { RequestFields } from '../request-fields.js'

/** Reads a reversal. Throws CallError INVALID_REQUEST naming every invalid field. */
export function readReversal(request: ReverseRequest): {
  readonly accountId: string
  readonly reversal: Reversal
} {
  const fields = new RequestFields()
  const transactionId = fields.transactionId('transaction_id', request.transactionId)
  const accountId = fields.accountId('account_id', request.accountId)
  const originalId = fields.transactionId('original_transaction_id', request.originalTransactionId)
  fields.differ('original_transaction_id', originalId, 'transaction_id', transactionId)
  const { amount, original, advice } = request
  const reversal = {
    transactionId,
    originalId,
    ...(amount !== undefined && { amount: fields.amount('amount', amount) }),
    described: {
      ...(original?.amount !== undefined && { amount: fields.amount('original.amount', original.amount) }),
      ...(original?.mcc !== undefined && { mcc: fields.mcc('original.mcc', original.mcc) }),
      ...(original?.merchant !== undefined && {
        merchant: fields.merchant('original.merchant', original.merchant),
      }),
    },
    ...(advice && { advice }),
  }
  fields.close()
  return { accountId, reversal }
}

/** Writes the answer to a reversal. */
export function reverseResponse(entry: ReversalEntry, replayed: boolean): ReverseResponse {
  const { movement } = entry
  return {
    amount: movement ? -committedBy(movement) : 0n,
    releasedAmount: -(movement?.heldDelta ?? 0n),
    cancelledOwedAmount: -(movement?.owedDelta ?? 0n),
    ...answerFields(entry, replayed),
  }
}
