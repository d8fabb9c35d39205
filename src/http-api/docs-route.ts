import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { type HttpRoute, pathOf } from './http-route.js'
import { respondError } from './json-error.js'

type Page = {
  readonly file: string
  /** Folder of the file in the repository. The build copies the file beside the page. */
  readonly source: string
  readonly type: string
}

const page = { source: 'src/http-api/docs' }
const swagger = { source: 'node_modules/swagger-ui-dist' }
const script = { type: 'text/javascript; charset=utf-8' }
const html = { ...page, file: 'index.html', type: 'text/html; charset=utf-8' }

const pages: ReadonlyMap<string, Page> = new Map([
  ['/docs', html],
  ['/docs/', html],
  ['/docs/start.js', { ...page, ...script, file: 'start.js' }],
  ['/docs/swagger-ui-bundle.js', { ...swagger, ...script, file: 'swagger-ui-bundle.js' }],
  ['/docs/swagger-ui.css', { ...swagger, file: 'swagger-ui.css', type: 'text/css; charset=utf-8' }],
  ['/openapi.json', { source: '.docs', file: 'openapi.json', type: 'application/json' }],
])

/** The page loads nothing from other hosts. Swagger UI has its icons in `data:` URLs. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** Creates the route of the OpenAPI document and of the page that shows it. */
export function docsRoute(): HttpRoute {
  const contents = new Map<string, { readonly body: Buffer; readonly etag: string }>()
  const contentOf = (path: string, { file, source }: Page) => {
    const known = contents.get(path)
    if (known) return known
    const body = readFileSync(locate(file, source))
    const content = { body, etag: `"${createHash('sha256').update(body).digest('base64url')}"` }
    contents.set(path, content)
    return content
  }
  return {
    name: 'docs',
    matches: (path) => pages.has(path),
    handle: (request, response) => {
      const path = pathOf(request) ?? ''
      const wanted = pages.get(path)
      if (!wanted || !['GET', 'HEAD'].includes(request.method ?? '')) {
        response.setHeader('allow', 'GET, HEAD')
        respondError(response, { status: 405, code: 'unimplemented', message: 'the method must be GET' })
        return
      }
      const { body, etag } = contentOf(path, wanted)
      const headers = {
        'content-type': wanted.type,
        'content-security-policy': CONTENT_SECURITY_POLICY,
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cache-control': 'no-cache',
        etag,
      }
      if (request.headers['if-none-match'] === etag) response.writeHead(304, headers).end()
      else response.writeHead(200, { ...headers, 'content-length': body.length }).end(body)
    },
  }
}

/** Returns the file that the build has copied or, when the sources run without a build, the original. */
function locate(file: string, source: string): URL {
  const built = new URL(`./docs/${file}`, import.meta.url)
  return existsSync(built) ? built : new URL(`../../${source}/${file}`, import.meta.url)
}
