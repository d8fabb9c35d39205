import { randomUUID } from 'node:crypto'
import type { status } from '@grpc/grpc-js'
import type { Authorize } from '../../application/authorize.js'
import type { Reverse } from '../../application/reverse.js'
import type { Simulate } from '../../application/simulate.js'
import type { Purchase } from '../../domain/decide.js'
import type { AnsweredEntry, AuthorizationEntry } from '../../domain/entry.js'
import type {
  AuthorizationServiceServer,
  AuthorizeRequest,
  AuthorizeResponse,
  ReverseRequest,
  ReverseResponse,
  SimulateRequest,
  SimulateResponse,
} from '../../gen/benefits/v1/authorization.js'
import type { StreamLimits } from '../answered-stream.js'
import type { CallContext } from '../call-context.js'
import type { CallError } from '../call-error.js'
import { entryOf } from '../entry-of.js'
import { type HandlerOptions, unaryHandler } from '../handlers.js'
import { networkIn } from '../network-mapping.js'
import { answerFields } from '../reason-mapping.js'
import { RequestFields } from '../request-fields.js'
import { BOOK, REVERSE } from '../tokens/method-scopes.js'
import { mustHaveScope } from '../tokens/required-scope.js'
import { type AuthorizeOne, authorizeStreamHandler } from './authorize-stream.js'
import { holdIn } from './hold-mapping.js'
import { readReversal, reverseResponse } from './reversal-mapping.js'
import { traceMessage } from './trace-mapping.js'

export type AuthorizationServiceOptions = {
  readonly authorize: Authorize
  readonly simulate: Simulate
  readonly reverse: Reverse
  readonly handlers: HandlerOptions
  readonly streams: StreamLimits
  /** Called with every decision. */
  readonly onDecision: OnDecision
  /** Called when a purchase of a stream is answered with an error. */
  readonly onItemError: (code: status, call: CallContext) => void
}

/** A callback with a decision, and whether an earlier request made it. */
export type OnDecision = (entry: AnsweredEntry, replayed: boolean, asked: AskedDecision) => void

/** The call that asked for a decision, and the time to decide it. */
export type AskedDecision = { readonly call: CallContext; readonly durationMs: number }

/** Implements benefits.v1.AuthorizationService over the use cases. */
export function authorizationService(options: AuthorizationServiceOptions): AuthorizationServiceServer {
  const { authorize, simulate, reverse, onDecision, onItemError, handlers, streams } = options
  const { monotonicMs } = handlers.clock
  const authorizeOne: AuthorizeOne = async (request, budget, call) => {
    const startedMs = monotonicMs()
    const { accountId, purchase } = readPurchase(request)
    const verdict = await authorize(accountId, purchase, budget)
    const { entry, replayed } = entryOf(verdict, neverRejected)
    onDecision(entry, replayed, { call, durationMs: monotonicMs() - startedMs })
    return authorizeResponse(entry, replayed)
  }

  return {
    authorize: unaryHandler<AuthorizeRequest, AuthorizeResponse>(handlers, (request, call) =>
      authorizeOne(request, call.budget, call),
    ),

    authorizeStream: authorizeStreamHandler({ handlers, limits: streams, authorizeOne, onItemError }),

    simulate: unaryHandler<SimulateRequest, SimulateResponse>(handlers, async (request, { budget }) => {
      const transactionId = request.transactionId === '' ? randomUUID() : request.transactionId
      const { accountId, purchase } = readPurchase({ ...request, transactionId })
      const { verdict, trace } = await simulate(accountId, purchase, budget)
      if (verdict.type === 'REJECTED') return verdict.rejection satisfies never
      const isReused = verdict.type === 'REUSED'
      const answer = isReused ? undefined : authorizeResponse(verdict.entry, verdict.type === 'REPLAY')
      return { answer, mcc: purchase.mcc, ...traceMessage(trace) }
    }),

    reverse: unaryHandler<ReverseRequest, ReverseResponse>(handlers, async (request, call) => {
      const startedMs = monotonicMs()
      mustHaveScope(call, request.advice ? BOOK : REVERSE)
      const { accountId, reversal } = readReversal(request)
      const verdict = await reverse(accountId, reversal, call.budget)
      const { entry, replayed } = entryOf(verdict, neverRejected)
      onDecision(entry, replayed, { call, durationMs: monotonicMs() - startedMs })
      return reverseResponse(entry, replayed)
    }),
  }
}

/** Purchases and reversals are answered with an entry, also when they are declined. */
function neverRejected(rejection: never): CallError {
  return rejection
}

function readPurchase(request: AuthorizeRequest): {
  readonly accountId: string
  readonly purchase: Purchase
} {
  const fields = new RequestFields()
  const transactionId = fields.transactionId('transaction_id', request.transactionId)
  const accountId = fields.accountId('account_id', request.accountId)
  const { verification } = request
  fields.check(!verification || !request.hold, 'hold', 'must be absent with verification')
  const hold = holdIn(fields, 'hold', request.hold)
  const amount = fields.purchaseAmount('amount', request.amount, verification)
  const mcc = fields.mcc('mcc', request.mcc)
  const merchant = fields.merchant('merchant', request.merchant)
  const fallback = fields.fallback('fallback', request.fallback)
  const network = networkIn(fields, 'network', request.network)
  fields.close()
  return {
    accountId,
    purchase: {
      transactionId,
      amount,
      mcc,
      merchant,
      ...(verification && { verification }),
      ...(fallback && { fallback }),
      ...(network && { network }),
      ...(hold && { hold }),
    },
  }
}

function authorizeResponse(entry: AuthorizationEntry, replayed: boolean): AuthorizeResponse {
  return {
    effectiveMcc: entry.effectiveMcc,
    merchantRule: entry.merchantRule ?? '',
    approvalCode: entry.approvalCode ?? '',
    approvedAmount: entry.movement ? -entry.movement.delta : 0n,
    held: entry.heldUntil !== undefined,
    heldUntil: entry.heldUntil,
    ...answerFields(entry, replayed),
  }
}
