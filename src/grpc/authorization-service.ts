import type { Authorize } from '../application/authorize.js'
import type { Purchase } from '../domain/decide.js'
import type { AuthorizationEntry } from '../domain/entry.js'
import { codesOf, type Reason as DomainReason } from '../domain/reason.js'
import {
  type AuthorizationServiceServer,
  type AuthorizeRequest,
  type AuthorizeResponse,
  Decision,
  Reason,
} from '../gen/benefits/v1/authorization.js'
import { CallError } from './call-error.js'
import { RequestFields } from './request-fields.js'
import { type UnaryOptions, unaryHandler } from './unary-handler.js'

export type AuthorizationServiceOptions = {
  readonly authorize: Authorize
  readonly unary: UnaryOptions
  /** Told of every answer. */
  readonly onDecision: (entry: AuthorizationEntry, replayed: boolean) => void
}

/** benefits.v1.AuthorizationService over the use cases. */
export function authorizationService(options: AuthorizationServiceOptions): AuthorizationServiceServer {
  const { authorize, onDecision, unary } = options
  return {
    authorize: unaryHandler<AuthorizeRequest, AuthorizeResponse>(unary, async (request, { budget }) => {
      const { accountId, purchase } = read(request)
      const verdict = await authorize(accountId, purchase, budget)
      if (verdict.type === 'REUSED') throw new CallError('TRANSACTION_ID_REUSED')
      if (verdict.type === 'REFUSED') return verdict.refusal satisfies never
      const replayed = verdict.type === 'REPLAY'
      onDecision(verdict.entry, replayed)
      return responseOf(verdict.entry, replayed)
    }),
  }
}

function read(request: AuthorizeRequest): { readonly accountId: string; readonly purchase: Purchase } {
  const fields = new RequestFields()
  const transactionId = fields.transactionId('transaction_id', request.transactionId)
  const accountId = fields.accountId('account_id', request.accountId)
  const amount = fields.amount('amount', request.amount)
  const mcc = fields.mcc('mcc', request.mcc)
  const merchant = fields.merchant('merchant', request.merchant)
  fields.close()
  return { accountId, purchase: { transactionId, amount, mcc, merchant } }
}

function responseOf(entry: AuthorizationEntry, replayed: boolean): AuthorizeResponse {
  const { code, iso8583 } = codesOf(entry.reason)
  return {
    transactionId: entry.transactionId,
    code,
    decision: entry.movement ? Decision.APPROVED : Decision.DECLINED,
    reason: reasons[entry.reason],
    iso8583Code: iso8583,
    category: entry.movement?.wallet ?? '',
    effectiveMcc: entry.effectiveMcc,
    merchantRule: entry.merchantRule ?? '',
    balance: entry.movement?.balanceAfter,
    replayed,
    decidedAt: entry.at,
  }
}

const reasons: Readonly<Record<DomainReason, Reason>> = {
  APPROVED: Reason.APPROVED,
  INSUFFICIENT_BALANCE: Reason.INSUFFICIENT_BALANCE,
  ACCOUNT_NOT_FOUND: Reason.ACCOUNT_NOT_FOUND,
  ACCOUNT_BLOCKED: Reason.ACCOUNT_BLOCKED,
  ACCOUNT_CLOSED: Reason.ACCOUNT_CLOSED,
}
