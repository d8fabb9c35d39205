import type { IncomingHttpHeaders } from 'node:http'
import type { Duplex } from 'node:stream'
import {
  create,
  type DescMessage,
  type DescMethod,
  type DescMethodClientStreaming,
  type DescMethodStreaming,
  type DescMethodUnary,
  type MessageInitShape,
  type MessageShape,
} from '@bufbuild/protobuf'
import {
  Code,
  ConnectError,
  type ConnectRouter,
  type HandlerContext,
  type Transport,
} from '@connectrpc/connect'
import { createGrpcTransport } from '@connectrpc/connect-node'
import { type ErrorDetails, withReadableDetails } from './error-details.js'
import { isMethodOf } from './method-kind.js'

/** Headers of a request that the gRPC port reads. All others stay here. */
const REQUEST_HEADERS = ['authorization', 'x-request-id', 'traceparent', 'tracestate']
/** Headers of the gRPC answer that the caller gets. */
const RESPONSE_HEADERS = ['x-request-id']
/** Largest answer, in bytes. The gRPC port has the same limit. */
const RESPONSE_BYTES_MAX = 4 * 1024 * 1024

/**
 * Opens a gRPC client of the service itself. Its connections are made by `connect`.
 *
 * Everything that a call needs is checked behind it, by the same code as for a call on the gRPC port:
 * authentication, scopes, fields, limits, fairness and deadlines, logs, metrics and traces.
 */
export function openGrpcTransport(connect: () => Duplex): Transport {
  return createGrpcTransport({
    // Only names the peer: connections are made in memory.
    baseUrl: 'http://in-process',
    nodeOptions: { createConnection: connect },
    acceptCompression: [],
    readMaxBytes: RESPONSE_BYTES_MAX,
  })
}

/** Most items of a page. Writing a larger one as JSON would hold purchases up for too long. */
const PAGE_SIZE_MAX = 200

export type Forwarding = {
  readonly transport: Transport
  readonly details: ErrorDetails
}

/** Makes the router forward every call of a method to the gRPC port, with its deadline and cancellation. */
export function forwardMethod(router: ConnectRouter, method: DescMethod, to: Forwarding): void {
  if (isMethodOf('unary', method)) {
    router.rpc(method, (request, context) => forwardUnary(to, method, request, context))
  } else if (isMethodOf('server_streaming', method)) {
    router.rpc(method, (request, context) => forwardStream(to, method, only(request), context))
  } else if (isMethodOf('bidi_streaming', method)) {
    router.rpc(method, (requests, context) => forwardStream(to, method, requests, context))
  } else if (isMethodOf('client_streaming', method)) {
    router.rpc(method, (requests, context) => forwardClientStream(to, method, requests, context))
  }
}

async function forwardUnary(
  { transport, details }: Forwarding,
  method: DescMethodUnary,
  request: MessageInitShape<DescMessage>,
  context: HandlerContext,
): Promise<MessageShape<DescMessage>> {
  try {
    const { signal, requestHeader } = context
    const headers = pick(REQUEST_HEADERS, requestHeader)
    const asked = withShortPage(request)
    const response = await transport.unary(method, signal, context.timeoutMs(), headers, asked)
    copy(RESPONSE_HEADERS, response.header, context.responseHeader)
    return response.message
  } catch (error) {
    throw callersError(error, details)
  }
}

/** Limits the page that a request asks for. The token of the next page continues behind what it got. */
function withShortPage(request: MessageInitShape<DescMessage>): MessageInitShape<DescMessage> {
  const isLong = 'pageSize' in request && Number(request['pageSize']) > PAGE_SIZE_MAX
  return isLong ? { ...request, pageSize: PAGE_SIZE_MAX } : request
}

async function* forwardStream(
  { transport, details }: Forwarding,
  method: DescMethodStreaming,
  requests: AsyncIterable<MessageInitShape<DescMessage>>,
  context: HandlerContext,
): AsyncGenerator<MessageShape<DescMessage>> {
  try {
    const { signal, requestHeader } = context
    const headers = pick(REQUEST_HEADERS, requestHeader)
    const response = await transport.stream(method, signal, context.timeoutMs(), headers, requests)
    copy(RESPONSE_HEADERS, response.header, context.responseHeader)
    yield* response.message
  } catch (error) {
    throw callersError(error, details)
  }
}

/**
 * Forwards a stream of requests.
 *
 * To cancel a stream, Node.js first ends it and then resets it, and flushes the end: the gRPC port may take
 * the stream for complete. So nothing here cancels it: the gRPC port ends it at its deadline, and a body that
 * is cut off or malformed ends with a message that every method rejects.
 */
async function forwardClientStream(
  { transport, details }: Forwarding,
  method: DescMethodClientStreaming,
  requests: AsyncIterable<MessageInitShape<DescMessage>>,
  context: HandlerContext,
): Promise<MessageShape<DescMessage>> {
  try {
    const headers = pick(REQUEST_HEADERS, context.requestHeader)
    const timeoutMs = context.timeoutMs()
    if (timeoutMs !== undefined) headers.set('grpc-timeout', `${Math.max(0, Math.floor(timeoutMs))}m`)
    const whole = endingRightly(method, requests)
    const response = await transport.stream(method, undefined, undefined, headers, whole)
    copy(RESPONSE_HEADERS, response.header, context.responseHeader)
    for await (const message of response.message) return message
    throw new ConnectError('the call ended without an answer', Code.Internal)
  } catch (error) {
    throw callersError(error, details)
  }
}

/** Passes requests on. When they fail, the last one passed on is malformed. */
async function* endingRightly(
  { input }: DescMethodClientStreaming,
  requests: AsyncIterable<MessageInitShape<DescMessage>>,
): AsyncGenerator<MessageInitShape<DescMessage>> {
  try {
    yield* requests
  } catch (error) {
    const malformed = create(input)
    // No message has a field with the number 0.
    malformed.$unknown = [{ no: 0, wireType: 0, data: Uint8Array.of(0) }]
    yield malformed
    throw error
  }
}

async function* only<T>(value: T): AsyncGenerator<T> {
  yield value
}

/** Picks the headers of a request that the gRPC port reads. */
export function headersForGrpc(received: IncomingHttpHeaders): Headers {
  const headers = new Headers()
  for (const name of REQUEST_HEADERS) {
    const value = received[name]
    if (value !== undefined) headers.set(name, String(value))
  }
  return headers
}

function pick(names: readonly string[], from: Headers): Headers {
  const picked = new Headers()
  copy(names, from, picked)
  return picked
}

function copy(names: readonly string[], from: Headers, to: Headers): void {
  for (const name of names) {
    const value = from.get(name)
    if (value !== null) to.set(name, value)
  }
}

/** Returns the error with its status, text and details, and without the headers of the gRPC answer. */
function callersError(thrown: unknown, details: ErrorDetails): ConnectError {
  const error = ConnectError.from(thrown)
  const forCaller = new ConnectError(error.rawMessage, error.code, pick(RESPONSE_HEADERS, error.metadata))
  forCaller.details = error.details
  return withReadableDetails(forCaller, details)
}
