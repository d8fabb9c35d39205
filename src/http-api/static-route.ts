import { createHash } from 'node:crypto'
import { access, readFile } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { type HttpRoute, pathOf, type RouteName } from './http-route.js'
import { respondError } from './json-error.js'

/** A file that the service sends to browsers. */
export type StaticFile = {
  /** Its media type. */
  readonly type: string
  /** The file that the build makes. */
  readonly built: URL
  /** The file to send when the sources run without that build. */
  readonly original: URL
}

export type StaticRouteOptions = {
  readonly name: RouteName
  /** The files by path. */
  readonly files: ReadonlyMap<string, StaticFile>
  /** Directives of the content security policy, beyond those that hold for every page. */
  readonly policy: readonly string[]
}

/** Directives of every page: nothing inline, and nothing from another host. */
const commonPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
]

/** A file as it is sent. */
type Content = {
  readonly etag: string
  readonly plain: Buffer
  readonly gzipped: Buffer
}

/** Creates a route of files that hold no secret. Each is read and compressed once, on its first request. */
export function staticRoute({ name, files, policy }: StaticRouteOptions): HttpRoute {
  const contents = new Map<string, Promise<Content>>()
  const contentSecurityPolicy = [...commonPolicy, ...policy].join('; ')
  return {
    name,
    matches: (path) => files.has(path),
    handle: async (request, response) => {
      const path = pathOf(request) ?? ''
      const file = files.get(path)
      if (!file || (request.method !== 'GET' && request.method !== 'HEAD')) {
        response.setHeader('allow', 'GET, HEAD')
        respondError(response, { status: 405, code: 'unimplemented', message: 'the method must be GET' })
        return
      }
      const content = contents.get(path) ?? load(file)
      contents.set(path, content)
      response.setHeader('content-security-policy', contentSecurityPolicy)
      response.setHeader('content-type', file.type)
      send(await content, request, response)
    },
  }
}

async function load({ built, original }: StaticFile): Promise<Content> {
  const isBuilt = await access(built).then(
    () => true,
    () => false,
  )
  const plain = await readFile(isBuilt ? built : original)
  return {
    etag: `"${createHash('sha256').update(plain).digest('base64url')}"`,
    plain,
    gzipped: await promisify(gzip)(plain, { level: 9 }),
  }
}

function send(
  { etag, plain, gzipped }: Content,
  { method, headers }: IncomingMessage,
  response: ServerResponse,
): void {
  response.setHeader('cross-origin-opener-policy', 'same-origin')
  response.setHeader('cross-origin-resource-policy', 'same-origin')
  response.setHeader('x-content-type-options', 'nosniff')
  response.setHeader('referrer-policy', 'no-referrer')
  // Each visit asks whether the file has changed, and gets it only then.
  response.setHeader('cache-control', 'no-cache')
  response.setHeader('etag', etag)
  response.appendHeader('vary', 'accept-encoding')
  if (headers['if-none-match'] === etag) {
    response.writeHead(304).end()
    return
  }
  const isGzip = /\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))/i.test(headers['accept-encoding']?.toString() ?? '')
  if (isGzip) response.setHeader('content-encoding', 'gzip')
  const body = isGzip ? gzipped : plain
  response.setHeader('content-length', body.length)
  response.end(method === 'HEAD' ? undefined : body)
}
