import type { IncomingMessage, ServerResponse } from 'node:http'
import { cors } from '@connectrpc/connect'

/** The origins whose pages may call the API: none by default, or all of them. */
export type CorsOrigins = readonly string[] | '*'

/** Headers of requests that pages of another origin may send. */
const requestHeaders = [...cors.allowedHeaders, 'Authorization', 'Idempotency-Key', 'X-Request-Id']
/** Headers of responses that pages of another origin may read. */
const responseHeaders = [...cors.exposedHeaders, 'X-Request-Id', 'X-Reason', 'X-Error', 'X-Transaction-Id']
/** Time for which a browser need not ask again, in seconds. */
const PREFLIGHT_S = 7_200

/** Whether a browser asks what a page of another origin may send. */
export function isPreflight({ method, headers }: IncomingMessage): boolean {
  return method === 'OPTIONS' && headers['access-control-request-method'] !== undefined
}

/**
 * Sets the headers by which a browser allows a page of another origin to call the API. No cookies are used,
 * so credentials are never allowed.
 */
export function setCorsHeaders(
  origins: CorsOrigins,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const { origin } = request.headers
  if (origins !== '*' && origins.length > 0) response.setHeader('vary', 'origin')
  if (origin === undefined || (origins !== '*' && !origins.includes(origin))) return
  response.setHeader('access-control-allow-origin', origins === '*' ? '*' : origin)
  response.setHeader('access-control-expose-headers', responseHeaders.join(', '))
  if (!isPreflight(request)) return
  response.setHeader('access-control-allow-methods', 'GET, HEAD, POST')
  response.setHeader('access-control-allow-headers', requestHeaders.join(', '))
  response.setHeader('access-control-max-age', String(PREFLIGHT_S))
}
