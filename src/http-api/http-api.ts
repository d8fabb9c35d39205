import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https'
import { SocketBound } from '../http/socket-bound.js'
import { secureContextOf } from '../keys/secure-context.js'
import type { TlsMaterial } from '../keys/tls-material.js'
import { listenOn } from '../listen-on.js'
import { type CorsOrigins, isPreflight, setCorsHeaders } from './cors.js'
import { type HttpRoute, pathOf, type RouteName } from './http-route.js'
import { respondError } from './json-error.js'
import { RequestTurns } from './request-turns.js'

/** Time for the headers of a request, in milliseconds. */
const HEADERS_MS_MAX = 5_000
/** Time for a whole request, in milliseconds: that of the longest stream, and a little more. */
const REQUEST_MS_MAX = 300_000
/** Time that a connection may stay open without a request, in milliseconds. */
const KEEP_ALIVE_MS = 60_000
/** Time for a client to finish its TLS handshake, in milliseconds. */
const HANDSHAKE_MS_MAX = 10_000
/** Interval in which the two times above are enforced, in milliseconds. */
const TIME_CHECK_MS = 1_000
/** Largest headers of a request, in bytes. The metadata of a gRPC call has the same limit. */
const HEADER_BYTES_MAX = 16 * 1024
/** Time in which the rest of an answered request is still read, in milliseconds. */
const REST_MS_MAX = 1_000

/** A request that was answered, or whose client left. */
export type EndedRequest = {
  readonly route: RouteName
  /** Status of the response. */
  readonly status: number
  /** Whether the gRPC port has answered, and so logged and counted the call. */
  readonly wasForwarded: boolean
  /** The error behind a response with status 200. */
  readonly error?: string
  /** Time since the headers of the request, in milliseconds. */
  readonly durationMs: number
}

export type HttpApiOptions = {
  readonly host: string
  readonly port: number
  /** Absent: the port is plaintext. */
  readonly tls: TlsMaterial | undefined
  /** Most connections at a time. When one more arrives, another one makes room. */
  readonly connectionsMax: number
  /** The web origins whose pages may call the API. */
  readonly corsOrigins: CorsOrigins
  /** The first route that matches a path answers. */
  readonly routes: readonly HttpRoute[]
  /** Called when a response has ended. */
  readonly onEnd: (request: EndedRequest) => void
  /** Called when a route fails. */
  readonly onBug: (error: unknown) => void
}

/** The port of the HTTP API, over HTTP/1.1: a table of routes, and the limits that hold for all of them. */
export class HttpApi {
  readonly #options: HttpApiOptions
  readonly #server: Server | TlsServer
  #isClosing = false

  constructor(options: HttpApiOptions) {
    this.#options = options
    this.#server = createHttpServer(options.tls)
    this.#server.headersTimeout = HEADERS_MS_MAX
    this.#server.requestTimeout = REQUEST_MS_MAX
    this.#server.keepAliveTimeout = KEEP_ALIVE_MS
    // With TLS, connections that do not finish the handshake make room, too.
    new SocketBound(this.#server, options.connectionsMax)
    const turns = new RequestTurns((request, response) => this.#respond(request, response))
    this.#server.on('request', (request, response) => turns.add(request, response))
  }

  /**
   * Starts to listen and returns the port. Rejects with the system's error when the port is not available.
   */
  async listen(): Promise<number> {
    return await listenOn(this.#server, this.#options)
  }

  /** Replaces the certificate, key and authorities for new connections. */
  useTls(material: TlsMaterial): void {
    if ('setSecureContext' in this.#server) this.#server.setSecureContext(secureContextOf(material))
  }

  /** Accepts no more connections, and closes each open one after its current request. */
  leave(): void {
    this.#isClosing = true
    this.#server.close()
    this.#server.closeIdleConnections()
  }

  /** Closes all connections. */
  close(): void {
    this.leave()
    this.#server.closeAllConnections()
  }

  #respond(request: IncomingMessage, response: ServerResponse): void {
    const { corsOrigins, onEnd } = this.#options
    const startedMs = performance.now()
    const path = pathOf(request)
    const route = path === undefined ? undefined : this.#options.routes.find((each) => each.matches(path))
    response.once('close', () => {
      const error = response.getHeader('x-error')
      onEnd({
        route: route?.name ?? 'none',
        status: response.statusCode,
        wasForwarded: response.hasHeader('x-request-id'),
        durationMs: performance.now() - startedMs,
        ...(typeof error === 'string' && { error }),
      })
      endRequest(request)
    })
    if (this.#isClosing) response.setHeader('connection', 'close')
    response.setHeader('x-content-type-options', 'nosniff')
    setCorsHeaders(corsOrigins, request, response)
    if (isPreflight(request)) response.writeHead(204).end()
    else if (route) void this.#handle(route, request, response)
    else respondError(response, { status: 404, code: 'not_found', message: 'there is nothing at this path' })
  }

  async #handle(route: HttpRoute, request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      await route.handle(request, response)
    } catch (error) {
      // The client has left, or the answer was given before the route ended.
      if (response.destroyed || response.writableEnded) return
      this.#options.onBug(error)
      if (response.headersSent) response.destroy()
      else respondError(response, { status: 500, code: 'internal', message: 'internal error' })
    }
  }
}

function createHttpServer(tls: TlsMaterial | undefined): Server | TlsServer {
  const options = {
    connectionsCheckingInterval: TIME_CHECK_MS,
    maxHeaderSize: HEADER_BYTES_MAX,
    // The default drops the second of two tokens. Two are rejected, as on the gRPC port.
    joinDuplicateHeaders: true,
  }
  if (tls === undefined) return createServer(options)
  const isMutual = tls.clientCa !== undefined
  return createTlsServer({
    ...options,
    ...secureContextOf(tls),
    requestCert: isMutual,
    rejectUnauthorized: isMutual,
    handshakeTimeout: HANDSHAKE_MS_MAX,
  })
}

/** Reads the rest of an answered request for a moment, then closes its connection. */
function endRequest(request: IncomingMessage): void {
  if (request.readableEnded || request.socket.destroyed) return
  // A route that stopped in the middle of the body has left its listener, which would keep the rest waiting.
  request.removeAllListeners('readable')
  // Node.js stops the flow in the next tick, because the last such listener is gone.
  setImmediate(() => request.resume())
  if (request.complete) return
  const timer = setTimeout(() => request.socket.destroy(), REST_MS_MAX).unref()
  request.once('end', () => clearTimeout(timer))
}
