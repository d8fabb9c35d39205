import type { Budget } from '../../application/budget.js'
import { creditAccount } from '../../application/credit-account.js'
import type { Executor } from '../../application/engine/engine.js'
import type { AccountId } from '../../domain/account-status.js'
import type { Catalog } from '../../domain/catalog.js'
import type { Credit, CreditRejection } from '../../domain/credit.js'
import type {
  BatchCreditRequest,
  BatchCreditResponse,
  CreditRequest,
  CreditResponse,
} from '../../gen/benefits/v1/account.js'
import { CallError } from '../call-error.js'
import { entryOf } from '../entry-of.js'
import { clientStreamHandler, type HandlerOptions, unaryHandler } from '../handlers.js'
import { RequestFields } from '../request-fields.js'
import { lifetimeOf, requestsInTime, STREAM_AGE_MS_MAX } from '../stream-lifetime.js'
import { BatchCredit } from './batch-credit.js'
import { transactionMessage } from './transaction-mapping.js'

/**
 * Longest time for one item of a stream, in milliseconds. Nobody waits for a single item, and purchases go
 * first: on a busy machine an item takes longer than a decision may. A stream survives a failover of the
 * database, too.
 */
const ITEM_MS_MAX = 30_000

export type CreditHandlersOptions = {
  readonly engine: Executor
  readonly catalog: () => Catalog
  readonly handlers: HandlerOptions
}

/** The methods of benefits.v1.AccountService that add money to wallets. */
export function creditHandlers({ engine, catalog, handlers }: CreditHandlersOptions) {
  const creditOne = async (request: CreditRequest | BatchCreditRequest, budget: Budget) => {
    const { accountId, credit } = read(request)
    const verdict = await creditAccount({ engine, catalog }, accountId, credit, budget)
    return entryOf(verdict, (rejection) => rejectionError(rejection, catalog()))
  }

  return {
    credit: unaryHandler<CreditRequest, CreditResponse>(handlers, async (request, { budget }) => {
      const { entry, replayed } = await creditOne(request, budget)
      return { transaction: transactionMessage(entry), replayed }
    }),

    batchCredit: clientStreamHandler<BatchCreditRequest, BatchCreditResponse>(
      { ...handlers, durationMsMax: Math.max(handlers.durationMsMax, ITEM_MS_MAX) },
      async (requests, call) => {
        const inTime = requestsInTime(requests, lifetimeOf(call, STREAM_AGE_MS_MAX))
        return await new BatchCredit(creditOne, call.budget).run(inTime)
      },
    ),
  }
}

function read(request: CreditRequest | BatchCreditRequest): { accountId: AccountId; credit: Credit } {
  const fields = new RequestFields()
  const transactionId = fields.transactionId('transaction_id', request.transactionId)
  const accountId = fields.accountId('account_id', request.accountId)
  const wallet = fields.categoryId('category', request.category)
  const amount = fields.amount('amount', request.amount)
  const { paysOwed } = request
  fields.close()
  return { accountId, credit: { transactionId, wallet, amount, ...(paysOwed && { paysOwed }) } }
}

/**
 * Converts a rejected credit to its error.
 *
 * Only the decision can reject an unknown category: a repeat of a credit made before the category was deleted
 * still gets its stored answer.
 */
function rejectionError(rejection: CreditRejection, { categories }: Catalog): CallError {
  if (rejection !== 'CATEGORY_UNKNOWN') return new CallError(rejection)
  const description = `must be one of ${categories.map(({ id }) => id).join(', ')}`
  return new CallError('INVALID_REQUEST', { violations: [{ field: 'category', description }] })
}
