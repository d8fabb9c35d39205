import type { JsonObject } from '@bufbuild/protobuf'
import {
  Client,
  type ClientReadableStream,
  type ClientWritableStream,
  Metadata,
  type MethodDefinition,
  type ServiceError,
} from '@grpc/grpc-js'
import type { Configuration } from '../configuration.js'
import { Failure } from '../failure.js'
import { channelCredentials, type TlsOptions, usesTls } from './channel-credentials.js'
import { jsonCodec } from './json-codec.js'
import type { Method } from './methods.js'
import { isServiceError, serviceFailure } from './service-failure.js'
import { isExpired, type Tokens } from './tokens.js'

export type ConnectionOptions = {
  readonly config: Configuration
  /** Address of the service, as `host:port`. Absent: the address in this configuration. */
  readonly server: string | undefined
  readonly tls: TlsOptions
  readonly tokens: Tokens
  /** Longest time of a call that does not say otherwise, in milliseconds. */
  readonly timeoutMs: number
}

export type CallOptions = {
  /** Longest time, in milliseconds. */
  readonly timeoutMs?: number
}

/** A stream of requests and answers. */
export type OpenStream<Request, Response> = {
  readonly write: (request: Request) => void
  /** Sends no more requests. */
  readonly end: () => void
  readonly cancel: () => void
  /**
   * Calls back with each answer, and returns at the end of the stream.
   *
   * @throws ServiceFailure when the stream ends with an error.
   */
  readonly answers: (onAnswer: (answer: Response) => void) => Promise<void>
}

const channelOptions = {
  'grpc.initial_reconnect_backoff_ms': 100,
  'grpc.max_reconnect_backoff_ms': 1_000,
  'grpc.keepalive_time_ms': 20_000,
  'grpc.keepalive_timeout_ms': 10_000,
  // A new client gets a new connection.
  'grpc.use_local_subchannel_pool': 1,
}

/** A connection to the service: the token, the deadline and the words for errors. It reconnects by itself. */
export class Connection {
  readonly address: string
  readonly tokens: Tokens
  readonly #timeoutMs: number
  readonly #open: () => Client
  #client: Client
  #openedMs = performance.now()

  constructor({ config, server, tls, tokens, timeoutMs }: ConnectionOptions) {
    this.address = server === undefined ? addressOf(config, usesTls(config, tls)) : checkedAddress(server)
    this.tokens = tokens
    this.#timeoutMs = timeoutMs
    const credentials = channelCredentials(config, tls)
    this.#open = () => new Client(this.address, credentials, channelOptions)
    this.#client = this.#open()
  }

  /**
   * Calls a method with one request and one answer, both in the JSON mapping.
   *
   * @throws ServiceFailure
   */
  async call(
    method: Method,
    request: JsonObject,
    { timeoutMs = this.#timeoutMs }: CallOptions = {},
  ): Promise<JsonObject> {
    const { encode, decode } = jsonCodec(method)
    // Encode before the call: an encoding error does not come from the service.
    const bytes = encode(request)
    return await this.unary(
      { path: method.path, requestSerialize: (sent: Buffer) => sent, responseDeserialize: decode },
      { scope: method.scope, request: bytes, timeoutMs },
    )
  }

  /** Calls a method with one request and one answer by its generated code. */
  async unary<Request, Response>(
    method: Pick<MethodDefinition<Request, Response>, 'path' | 'requestSerialize' | 'responseDeserialize'>,
    call: { readonly scope: string; readonly request: Request; readonly timeoutMs?: number },
  ): Promise<Response> {
    const { timeoutMs = this.#timeoutMs } = call
    const token = await this.tokens.next(call.scope)
    const { path, requestSerialize, responseDeserialize } = method
    return await new Promise((resolve, reject) => {
      const deadline = Date.now() + timeoutMs
      this.#client.makeUnaryRequest(
        path,
        requestSerialize,
        responseDeserialize,
        call.request,
        bearer(token),
        { deadline },
        (error, response) => {
          if (error) reject(this.#failure(error, token, timeoutMs))
          else if (response === undefined) reject(new Failure('the service gave no answer'))
          else resolve(response)
        },
      )
    })
  }

  /** Sends a stream of requests as fast as the service takes them, and returns its one answer. */
  async sendStream<Request, Response>(
    method: MethodDefinition<Request, Response>,
    call: {
      readonly scope: string
      readonly requests: Iterable<Request>
      readonly timeoutMs: number
    },
  ): Promise<Response> {
    const { scope, requests, timeoutMs } = call
    const token = await this.tokens.next(scope)
    return await new Promise((resolve, reject) => {
      const stream = this.#client.makeClientStreamRequest(
        method.path,
        method.requestSerialize,
        method.responseDeserialize,
        bearer(token),
        { deadline: Date.now() + timeoutMs },
        (error, response) => {
          if (error) reject(this.#failure(error, token, timeoutMs))
          else if (response === undefined) reject(new Failure('the service gave no answer'))
          else resolve(response)
        },
      )
      writeAll(stream, requests).catch((error: unknown) => {
        stream.cancel()
        reject(error)
      })
    })
  }

  /** Opens a stream of requests and answers. Its caller reads all answers, and closes or cancels it. */
  async openStream<Request, Response>(
    method: MethodDefinition<Request, Response>,
    scope: string,
  ): Promise<OpenStream<Request, Response>> {
    const token = await this.tokens.next(scope)
    const stream = this.#client.makeBidiStreamRequest(
      method.path,
      method.requestSerialize,
      method.responseDeserialize,
      bearer(token),
    )
    return {
      write: (request) => stream.write(request),
      end: () => stream.end(),
      cancel: () => stream.cancel(),
      answers: async (onAnswer) => {
        try {
          for await (const answer of stream) onAnswer(answer)
        } catch (error) {
          throw isServiceError(error) ? this.#failure(error, token, this.#timeoutMs) : error
        }
      },
    }
  }

  /** Reads a stream of answers. */
  async *readStream<Request, Response>(
    method: MethodDefinition<Request, Response>,
    call: { readonly scope: string; readonly request: Request; readonly timeoutMs: number },
  ): AsyncGenerator<Response> {
    const token = await this.tokens.next(call.scope)
    const stream: ClientReadableStream<Response> = this.#client.makeServerStreamRequest(
      method.path,
      method.requestSerialize,
      method.responseDeserialize,
      call.request,
      bearer(token),
      { deadline: Date.now() + call.timeoutMs },
    )
    try {
      for await (const message of stream) yield message
    } catch (error) {
      throw isServiceError(error) ? this.#failure(error, token, call.timeoutMs) : error
    }
  }

  /**
   * Replaces the connection unless it is younger than this, in milliseconds. grpc-js waits forever for a
   * server that accepts a connection and then stays silent.
   */
  renew(ageMsMin: number): void {
    if (performance.now() - this.#openedMs < ageMsMin) return
    this.#client.close()
    this.#client = this.#open()
    this.#openedMs = performance.now()
  }

  close(): void {
    this.#client.close()
  }

  #failure(error: ServiceError, token: string, timeoutMs: number) {
    return serviceFailure(error, {
      address: this.address,
      timeoutMs,
      isTokenExpired: isExpired(token),
      tokenProblem: () => this.tokens.rejection(token),
    })
  }
}

async function writeAll<Request>(
  stream: ClientWritableStream<Request>,
  requests: Iterable<Request>,
): Promise<void> {
  let goOn = () => {}
  for (const event of ['drain', 'status', 'close']) stream.on(event, () => goOn())
  for (const request of requests) {
    if (stream.destroyed) return
    if (stream.write(request)) continue
    await new Promise<void>((resolve) => {
      goOn = resolve
    })
  }
  stream.end()
}

function bearer(token: string): Metadata {
  const metadata = new Metadata()
  metadata.set('authorization', `Bearer ${token}`)
  return metadata
}

/** The address of a service with this configuration, in the syntax of a client. */
function addressOf(config: Configuration, isTls: boolean): string {
  const host = callableHost(config.host, isTls)
  return `${host.includes(':') ? `[${host}]` : host}:${config.grpcPort}`
}

/**
 * Maps a wildcard address to loopback. With TLS, loopback becomes a name: server names are never addresses
 * (RFC 6066).
 */
function callableHost(host: string, isTls: boolean): string {
  const own = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host
  const isLoopback = own === '127.0.0.1' || own === '::1'
  return isLoopback && isTls ? 'localhost' : own
}

function checkedAddress(server: string): string {
  if (/^(?:[\w.-]+|\[[\da-fA-F:.]+\]|dns:\/{2,3}[\w.-]+):\d{1,5}$/.test(server)) return server
  throw new Failure(`--server must be host:port, for example localhost:50051: ${JSON.stringify(server)}`)
}
