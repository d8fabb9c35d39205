import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { type DescMethodUnary, fromJson, type JsonObject, toJson } from '@bufbuild/protobuf'
import { Code, ConnectError, type Transport } from '@connectrpc/connect'
import { ChallengeRequestError, readChallengeRequest } from './challenge-request.js'
import { type ErrorDetails, reasonOf } from './error-details.js'
import { headersForGrpc } from './grpc-forward.js'
import { type HttpRoute, pathOf } from './http-route.js'
import { BodyError, readBody } from './request-body.js'

const FOLDER = '/v1/transactions'
const PATH = `${FOLDER}/authorizer`
/** Largest body, in bytes. A purchase has some hundred. */
const BODY_BYTES_MAX = 4 * 1024

export type ChallengeRouteOptions = {
  readonly transport: Transport
  /** The method Authorize. */
  readonly authorize: DescMethodUnary
  readonly details: ErrorDetails
  /** Called when an error is a bug of the service. */
  readonly onBug: (error: unknown) => void
}

/** The answer to a purchase: the challenge's code, and what headers say about it. */
type Answer = {
  readonly code: string
  /** Why: of the decision, or of the error. */
  readonly reason: string
  /** The error in a sentence; absent when the purchase was decided. */
  readonly error?: string
  readonly requestId?: string
}

/**
 * Creates the route of the challenge's endpoint, with the contract of its reference implementation.
 *
 * It answers 200 and a code to everything, errors included: 07 without a token, without a body, and at an
 * unknown path of the same folder. Headers say why.
 */
export function challengeRoute(options: ChallengeRouteOptions): HttpRoute {
  return {
    name: 'challenge',
    matches: (path) => path === FOLDER || path.startsWith(`${FOLDER}/`),
    handle: async (request, response) => {
      const abort = new AbortController()
      response.once('close', () => abort.abort())
      const transactionId = idOf(request)
      // After an error, too, the caller can send the purchase again under its id, or reverse it.
      response.setHeader('x-transaction-id', headerText(transactionId))
      const answer = await authorize(options, request, { transactionId, signal: abort.signal }).catch(
        (error: unknown) => failure(error, options),
      )
      if (!response.destroyed) respond(response, answer)
    },
  }
}

async function authorize(
  { transport, authorize: method }: ChallengeRouteOptions,
  request: IncomingMessage,
  { transactionId, signal }: { readonly transactionId: string; readonly signal: AbortSignal },
): Promise<Answer> {
  if (request.method !== 'POST' || pathOf(request) !== PATH) {
    throw new ChallengeRequestError(`there is nothing at this path: POST to ${PATH}`)
  }
  const fallback = fallbackOf(request)
  const { account, amount, mcc, merchant } = readChallengeRequest(await readBody(request, BODY_BYTES_MAX))
  const purchase = {
    transactionId,
    accountId: account,
    amount: String(amount),
    mcc,
    merchant,
    fallback: fallback ? 'FALLBACK_UNSPECIFIED' : 'FALLBACK_NEVER',
  }
  const headers = headersForGrpc(request.headers)
  const message = messageOf(method, purchase)
  const response = await transport.unary(method, signal, undefined, headers, message)
  // A message as JSON is an object.
  const { code, reason } = toJson(method.output, response.message) as JsonObject
  const requestId = response.header.get('x-request-id') ?? undefined
  return {
    code: String(code),
    reason: String(reason).replace('REASON_', ''),
    ...(requestId !== undefined && { requestId }),
  }
}

function messageOf(method: DescMethodUnary, purchase: JsonObject) {
  try {
    return fromJson(method.input, purchase)
  } catch (error) {
    throw new ChallengeRequestError('a text is not valid Unicode', { cause: error })
  }
}

/** Whether the free balance may pay: `?fallback=false` keeps it out. */
function fallbackOf({ url = '' }: IncomingMessage): boolean {
  const values = new URLSearchParams(url.slice(PATH.length)).getAll('fallback')
  const [value = 'true', ...more] = values.map((text) => text.toLowerCase())
  if (more.length > 0 || !['true', 'false'].includes(value)) {
    throw new ChallengeRequestError('fallback must be true or false')
  }
  return value === 'true'
}

/** The id of the purchase. Without a header that names it, each request is a purchase of its own. */
function idOf({ headers }: IncomingMessage): string {
  const key = headers['idempotency-key']
  return key === undefined || key === '' ? randomUUID() : String(key)
}

function failure(error: unknown, { details, onBug }: ChallengeRouteOptions): Answer {
  if (error instanceof ChallengeRequestError || error instanceof BodyError) {
    return { code: '07', reason: 'INVALID_REQUEST', error: error.message }
  }
  if (error instanceof ConnectError) {
    const requestId = error.metadata.get('x-request-id') ?? undefined
    const reason = reasonOf(error, details) ?? Code[error.code].toUpperCase()
    return {
      code: '07',
      reason,
      error: error.rawMessage,
      ...(requestId !== undefined && { requestId }),
    }
  }
  onBug(error)
  return { code: '07', reason: 'INTERNAL', error: 'internal error' }
}

function respond(response: ServerResponse, { code, reason, error, requestId }: Answer): void {
  response.setHeader('content-type', 'application/json')
  response.setHeader('cache-control', 'no-store')
  response.setHeader('x-reason', reason)
  if (error !== undefined) response.setHeader('x-error', headerText(error))
  if (requestId !== undefined) response.setHeader('x-request-id', requestId)
  response.end(JSON.stringify({ code }))
}

/** Makes a text safe for a header, which holds visible ASCII. */
function headerText(text: string): string {
  return text.replace(/[^ -~]/g, '?')
}
