import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { gzipSync } from 'node:zlib'
import { type HttpRoute, pathOf } from './http-route.js'
import { respondError } from './json-error.js'

/** The files of the console by path, with their types. */
const files: ReadonlyMap<string, { readonly name: string; readonly type: string }> = new Map([
  ['/', { name: 'index.html', type: 'text/html; charset=utf-8' }],
  ['/console.js', { name: 'console.js', type: 'text/javascript; charset=utf-8' }],
  ['/console.css', { name: 'console.css', type: 'text/css; charset=utf-8' }],
  ['/icon.svg', { name: 'icon.svg', type: 'image/svg+xml' }],
])

/** Only files of this service, nothing inline, and no text that becomes a script or markup. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ')

type File = {
  readonly type: string
  readonly etag: string
  readonly plain: Buffer
  readonly gzipped: Buffer
}

/**
 * Creates the route of the console: static files that hold no secret. The pages call the API like any other
 * client, with the token of the person.
 */
export function consoleRoute(): HttpRoute {
  const loaded = new Map<string, File>()
  return {
    name: 'console',
    matches: (path) => files.has(path),
    handle: (request, response) => {
      const path = pathOf(request) ?? '/'
      if (request.method !== 'GET' && request.method !== 'HEAD') {
        response.setHeader('allow', 'GET, HEAD')
        respondError(response, { status: 405, code: 'unimplemented', message: 'the method must be GET' })
        return
      }
      const file = loaded.get(path) ?? load(path)
      loaded.set(path, file)
      send(file, request, response)
    },
  }
}

function load(path: string): File {
  const { name, type } = files.get(path) ?? { name: 'index.html', type: 'text/html' }
  const plain = readFileSync(locate(name))
  const etag = `"${createHash('sha256').update(plain).digest('base64url')}"`
  return { type, etag, plain, gzipped: gzipSync(plain, { level: 9 }) }
}

/** Returns the built file, whether the service runs from `dist` or from its sources. */
function locate(name: string): URL {
  const built = new URL(`../console/${name}`, import.meta.url)
  return existsSync(built) ? built : new URL(`../../dist/console/${name}`, import.meta.url)
}

function send(
  { type, etag, plain, gzipped }: File,
  { method, headers }: IncomingMessage,
  response: ServerResponse,
): void {
  const isGzip = /\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))/i.test(headers['accept-encoding']?.toString() ?? '')
  const body = isGzip ? gzipped : plain
  const common = {
    'content-security-policy': CONTENT_SECURITY_POLICY,
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    // Each visit asks whether the file has changed, and gets it only then.
    'cache-control': 'no-cache',
    vary: 'accept-encoding',
    etag,
  }
  if (headers['if-none-match'] === etag) {
    response.writeHead(304, common).end()
    return
  }
  response.writeHead(200, {
    ...common,
    'content-type': type,
    'content-length': body.length,
    ...(isGzip && { 'content-encoding': 'gzip' }),
  })
  response.end(method === 'HEAD' ? undefined : body)
}
