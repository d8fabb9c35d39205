import {
  createServer,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type Server,
  type ServerResponse,
} from 'node:http'
import { listenOn } from '../listen-on.js'
import { type Exposition, MetricsPages } from './metrics-page.js'
import { SocketBound } from './socket-bound.js'

/** Most connections at a time. */
const SOCKETS_MAX = 100

export type AdminServerOptions = {
  readonly host: string
  readonly port: number
  readonly metrics: () => Promise<Exposition>
  /** Whether the service can decide now, and if not, why. */
  readonly readiness: () => Readiness
}

export type Readiness = { readonly ready: boolean; readonly detail: string }

type Answer = {
  readonly status: number
  readonly contentType: string
  readonly body: string | Buffer
  /** Additional headers. */
  readonly headers?: OutgoingHttpHeaders
}

/** The admin port, for monitoring: /metrics, /livez and /readyz, nothing else. */
export class AdminServer {
  readonly #options: AdminServerOptions
  readonly #server: Server
  readonly #metrics: MetricsPages

  constructor(options: AdminServerOptions) {
    this.#options = options
    this.#metrics = new MetricsPages(options.metrics)
    this.#server = createServer((request, response) => {
      void this.#respond(request, response)
    })
    this.#server.requestTimeout = 5_000
    this.#server.headersTimeout = 5_000
    this.#server.keepAliveTimeout = 60_000
    new SocketBound(this.#server, SOCKETS_MAX)
  }

  /**
   * Starts to listen and returns the port. Rejects with the system's error when the port is not available.
   */
  async listen(): Promise<number> {
    return await listenOn(this.#server, this.#options)
  }

  /** Stops listening and closes open connections. */
  async close(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve())
      this.#server.closeAllConnections()
    })
  }

  async #respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { status, contentType, body, headers } = await this.#answer(request)
    response.writeHead(status, { 'content-type': contentType, 'cache-control': 'no-store', ...headers })
    response.end(request.method === 'HEAD' ? undefined : body)
  }

  async #answer(request: IncomingMessage): Promise<Answer> {
    const { url = '', method } = request
    const page = this.#pages.get(url.split('?', 1)[0] ?? '')
    if (!page) return plain(404, 'not found: the paths are /metrics, /livez and /readyz')
    if (method !== 'GET' && method !== 'HEAD') {
      return { ...plain(405, 'only GET and HEAD are allowed'), headers: { allow: 'GET, HEAD' } }
    }
    try {
      return await page(request)
    } catch {
      return plain(500, 'internal error')
    }
  }

  readonly #pages = new Map<string, (request: IncomingMessage) => Answer | Promise<Answer>>([
    ['/metrics', (request) => this.#metricsFor(request)],
    ['/livez', () => plain(200, 'ok')],
    ['/readyz', () => this.#readyz()],
  ])

  async #metricsFor({ headers }: IncomingMessage): Promise<Answer> {
    const { contentType, text, gzipped } = await this.#metrics.page()
    const isCompressed = acceptsGzip(headers['accept-encoding'])
    return {
      status: 200,
      contentType,
      body: isCompressed ? gzipped : text,
      headers: { vary: 'accept-encoding', ...(isCompressed && { 'content-encoding': 'gzip' }) },
    }
  }

  #readyz(): Answer {
    const { ready, detail } = this.#options.readiness()
    return plain(ready ? 200 : 503, detail)
  }
}

/** Whether the client accepts gzip with a weight above 0 (RFC 9110, section 12.5.3). */
function acceptsGzip(acceptEncoding: string | string[] | undefined): boolean {
  return /(^|,)\s*gzip\s*(?!\s*;\s*q=0(\.0*)?\s*(,|$))(;|,|$)/i.test(String(acceptEncoding ?? ''))
}

function plain(status: number, text: string): Answer {
  return { status, contentType: 'text/plain; charset=utf-8', body: `${text}\n` }
}
