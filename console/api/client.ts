import { ApiError } from './api-error.js'
import { type Detail, fieldProblemsIn, reasonIn } from './error-details.js'
import { newId } from './ids.js'
import type { Methods } from './methods.js'
import { askForToken, currentToken, isDevelopment, signOut } from './session.js'

/** Longest time of a call, in milliseconds. */
const TIMEOUT_MS = 15_000

/**
 * Calls a method of the API by the Connect protocol.
 *
 * @throws ApiError
 */
export async function call<Name extends keyof Methods>(
  method: Name,
  request: Methods[Name][0],
): Promise<Methods[Name][1]> {
  const packageName = method === 'Health/Check' ? 'grpc.health.v1' : 'benefits.v1'
  const response = await authorized(`/${packageName}.${method}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'connect-protocol-version': '1',
      'connect-timeout-ms': String(TIMEOUT_MS),
    },
    body: JSON.stringify(request),
  })
  return (await response.json()) as Methods[Name][1]
}

/**
 * Sends a request with the token. An expired development token is replaced once; any other ends the session.
 *
 * @throws ApiError
 */
async function authorized(path: string, init: RequestInit = {}): Promise<Response> {
  try {
    return await send(path, init)
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 'unauthenticated') throw error
    if (isDevelopment() && (await askForToken())) return await send(path, init)
    signOut()
    throw error
  }
}

async function send(path: string, init: RequestInit): Promise<Response> {
  const requestId = newId()
  const token = currentToken()
  const response = await fetch(path, {
    ...init,
    headers: {
      ...init.headers,
      'x-request-id': requestId,
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    },
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).catch((error: unknown) => {
    throw new ApiError({ code: 'unreachable', message: String(error), requestId })
  })
  if (response.ok) return response
  throw await errorOf(response, response.headers.get('x-request-id') ?? requestId)
}

/** What the body of an error holds, as far as it is the Connect protocol's. */
type ErrorBody = { readonly code?: string; readonly message?: string; readonly details?: readonly Detail[] }

async function errorOf(response: Response, requestId: string): Promise<ApiError> {
  const body: ErrorBody = await response.json().catch(() => ({}))
  const {
    code = codesByStatus[response.status] ?? 'unknown',
    message = response.statusText,
    details = [],
  } = body
  return new ApiError({
    code,
    reason: reasonIn(details),
    message,
    requestId,
    fields: fieldProblemsIn(details),
  })
}

/** Codes of errors that a proxy makes, which are not the Connect protocol's. */
const codesByStatus: Readonly<Record<number, string>> = {
  401: 'unauthenticated',
  403: 'permission_denied',
  404: 'unimplemented',
  429: 'resource_exhausted',
  502: 'unavailable',
  503: 'unavailable',
  504: 'deadline_exceeded',
}
