import type { Statement } from '../../application/statement.js'
import type { Entry } from '../../domain/entry.js'
import type { StatementFilter } from '../../domain/statement.js'
import {
  type GetTransactionRequest,
  type GetTransactionResponse,
  type ListTransactionsRequest,
  type ListTransactionsResponse,
  Transaction,
  TransactionKind,
} from '../../gen/benefits/v1/account.js'
import { Decision } from '../../gen/benefits/v1/authorization.js'
import { CallError } from '../call-error.js'
import { type HandlerOptions, pageHandler, unaryHandler } from '../handlers.js'
import { pageOf } from '../pages/page.js'
import { pageSizeOf, readPageToken, writePageToken } from '../pages/page-token.js'
import { RequestFields } from '../request-fields.js'
import { transactionMessage } from './transaction-mapping.js'

/** The largest seq: a read before it starts at the newest entry. */
const FROM_THE_END = 2n ** 63n - 1n

/** The methods of benefits.v1.AccountService that read histories. */
export function statementHandlers(statement: Statement, handlers: HandlerOptions) {
  return {
    getTransaction: unaryHandler<GetTransactionRequest, GetTransactionResponse>(handlers, async (request) => {
      const fields = new RequestFields()
      const accountId = fields.accountId('account_id', request.accountId)
      const entryId = fields.entryId('transaction_id', request.transactionId)
      fields.close()
      const entry = await statement.find(accountId, entryId)
      if (!entry) throw new CallError('TRANSACTION_NOT_FOUND')
      return { transaction: transactionMessage(entry) }
    }),

    listTransactions: pageHandler<ListTransactionsRequest, ListTransactionsResponse>(
      handlers,
      async (request) => {
        const fields = new RequestFields()
        const accountId = fields.accountId('account_id', request.accountId)
        // An unknown enum number must not count as "any".
        const kindIsKnown = Object.values(TransactionKind).includes(request.kind)
        fields.check(kindIsKnown, 'kind', 'must be an entry kind or unset')
        const decisionIsKnown = Object.values(Decision).includes(request.decision)
        fields.check(decisionIsKnown, 'decision', 'must be APPROVED, DECLINED or unset')
        const startTime = fields.optionalTime('start_time', request.startTime)
        const endTime = fields.optionalTime('end_time', request.endTime)
        fields.close()
        const limit = pageSizeOf(request.pageSize)
        const { kind, category, decision } = request
        const tied = [accountId, startTime, endTime, kind, category, decision]
        const place = readPageToken(request.pageToken, tied)
        const beforeSeq = place === undefined ? FROM_THE_END : seqIn(place)

        const query = { accountId, beforeSeq, filter: filterOf(request), limit: limit + 1 }
        const found = await statement.read(query)
        if (!found) throw new CallError('ACCOUNT_NOT_FOUND')
        const page = { limit, write: transactionMessage, codec: Transaction, turns: handlers.pages.turns }
        const { messages, last } = await pageOf(found, page)
        return { transactions: messages, nextPageToken: last ? writePageToken(String(last.seq), tied) : '' }
      },
    ),
  }
}

const kinds = [
  'AUTHORIZATION',
  'INCREMENT',
  'CAPTURE',
  'ADVICE',
  'REFUND',
  'REVERSAL',
  'EXPIRY',
  'CREDIT',
  'ADMIN',
] as const satisfies readonly Entry['kind'][]

function seqIn(place: string): bigint {
  const seq = /^\d{1,19}$/.test(place) ? BigInt(place) : undefined
  if (seq !== undefined && seq <= FROM_THE_END) return seq
  throw new CallError('INVALID_REQUEST', { violations: [{ field: 'page_token', description: 'is damaged' }] })
}

function filterOf(request: ListTransactionsRequest): StatementFilter {
  const { startTime: startAt, endTime: endAt, category } = request
  const kind = kinds.find((name) => TransactionKind[name] === request.kind)
  const decision = (['APPROVED', 'DECLINED'] as const).find((name) => Decision[name] === request.decision)
  return {
    ...(startAt && { startAt }),
    ...(endAt && { endAt }),
    ...(kind && { kind }),
    ...(category !== '' && { wallet: category }),
    ...(decision && { decision }),
  }
}
