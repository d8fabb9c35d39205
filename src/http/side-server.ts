import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { listenOn } from '../listen-on.js'

export type SideServerOptions = {
  readonly host: string
  readonly port: number
  /** Everything in the Prometheus text format. */
  readonly metrics: () => Promise<Page>
  /** Whether the service can decide now; if not, why. */
  readonly readiness: () => Readiness
}

export type Page = { readonly contentType: string; readonly text: string }
export type Readiness = { readonly ready: boolean; readonly detail: string }

type Answer = Page & { readonly status: number }

/** The port beside gRPC, for machines that watch the service: /metrics, /livez and /readyz, nothing else. */
export class SideServer {
  readonly #options: SideServerOptions
  readonly #server: Server

  constructor(options: SideServerOptions) {
    this.#options = options
    this.#server = createServer((request, response) => {
      void this.#respond(request, response)
    })
    this.#server.requestTimeout = 5_000
    this.#server.headersTimeout = 5_000
    this.#server.keepAliveTimeout = 60_000
    this.#server.maxConnections = 100
  }

  /** Starts to listen and returns the port. Fails with the system's error when it cannot be had. */
  async listen(): Promise<number> {
    return await listenOn(this.#server, this.#options)
  }

  /** Stops listening and ends what is open. */
  async close(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve())
      this.#server.closeAllConnections()
    })
  }

  async #respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { status, contentType, text } = await this.#answer(request)
    const allow = status === 405 ? { allow: 'GET, HEAD' } : {}
    response.writeHead(status, { 'content-type': contentType, 'cache-control': 'no-store', ...allow })
    response.end(request.method === 'HEAD' ? undefined : text)
  }

  async #answer({ url = '', method }: IncomingMessage): Promise<Answer> {
    const page = this.#pages.get(url.split('?', 1)[0] ?? '')
    if (!page) return plain(404, 'not found: there are /metrics, /livez and /readyz')
    if (method !== 'GET' && method !== 'HEAD') return plain(405, 'only GET and HEAD are allowed')
    try {
      return await page()
    } catch {
      return plain(500, 'internal error')
    }
  }

  readonly #pages: ReadonlyMap<string, () => Promise<Answer>> = new Map([
    ['/metrics', async () => ({ status: 200, ...(await this.#options.metrics()) })],
    ['/livez', async () => plain(200, 'ok')],
    [
      '/readyz',
      async () => {
        const { ready, detail } = this.#options.readiness()
        return plain(ready ? 200 : 503, detail)
      },
    ],
  ])
}

function plain(status: number, text: string): Answer {
  return { status, contentType: 'text/plain; charset=utf-8', text: `${text}\n` }
}
