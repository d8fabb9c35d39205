import type { IncomingMessage } from 'node:http'
import jwt from 'jsonwebtoken'
import type { SecretAlgorithm } from '../keys/token-key.js'
import type { HttpRoute } from './http-route.js'
import { respondError } from './json-error.js'

/** Lifetime of a token, in seconds. */
const LIFETIME_S = 3_600
/** Author of the entries that a token makes. */
const SUBJECT = 'developer'
/** Headers of a proxy, whose caller may be on another machine. */
const forwardedHeaders = ['forwarded', 'via', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip']
const LOOPBACK_HOST = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?$/i

export type DevTokenOptions = {
  readonly secret: string
  readonly algorithm: SecretAlgorithm
  /** The scopes of the token. */
  readonly scopes: Iterable<string>
  readonly issuer: string | undefined
  readonly audience: string | undefined
}

/**
 * Creates the route `GET /dev/token`, which gives a token for every scope to the pages of this service.
 *
 * For development only: production must not have this route. It answers only requests that come over loopback
 * and, if a browser sends them, from a page of this service. A page of another site must not get a token, not
 * even when its name leads to this machine.
 */
export function devTokenRoute(options: DevTokenOptions): HttpRoute {
  const scope = [...new Set(options.scopes)].join(' ')
  return {
    name: 'dev_token',
    matches: (path) => path === '/dev/token',
    handle: (request, response) => {
      if (!isOwnRequest(request)) {
        const message = 'tokens are given to pages of this service on this machine only'
        respondError(response, { status: 403, code: 'permission_denied', message })
        return
      }
      const { secret, algorithm, issuer, audience } = options
      const token = jwt.sign({ scope }, secret, {
        algorithm,
        subject: SUBJECT,
        expiresIn: LIFETIME_S,
        ...(issuer !== undefined && { issuer }),
        ...(audience !== undefined && { audience }),
      })
      response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' })
      response.end(JSON.stringify({ token }))
    },
  }
}

/** Whether an address that the service listens on is reached from this machine alone. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.')
}

function isOwnRequest({ method, headers, socket }: IncomingMessage): boolean {
  const { host = '', origin } = headers
  const site = headers['sec-fetch-site'] ?? 'none'
  return (
    method === 'GET' &&
    forwardedHeaders.every((name) => headers[name] === undefined) &&
    isLoopback((socket.remoteAddress ?? '').replace('::ffff:', '')) &&
    LOOPBACK_HOST.test(host) &&
    origin === undefined &&
    (site === 'none' || site === 'same-origin')
  )
}
