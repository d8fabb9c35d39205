import type { Duplex } from 'node:stream'
import type {
  DescMessage,
  DescMethod,
  DescMethodBiDiStreaming,
  DescMethodClientStreaming,
  DescMethodServerStreaming,
  DescMethodStreaming,
  DescMethodUnary,
  MessageInitShape,
  MessageShape,
} from '@bufbuild/protobuf'
import {
  Code,
  ConnectError,
  type ConnectRouter,
  type HandlerContext,
  type Transport,
} from '@connectrpc/connect'
import { createGrpcTransport } from '@connectrpc/connect-node'

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

/** Makes the router forward every call of a method to the gRPC port, with its deadline and cancellation. */
export function forwardMethod(router: ConnectRouter, method: DescMethod, transport: Transport): void {
  if (isOf('unary', method)) {
    router.rpc(method, (request, context) => forwardUnary(transport, method, request, context))
  } else if (isOf('server_streaming', method)) {
    router.rpc(method, (request, context) => forwardStream(transport, method, only(request), context))
  } else if (isOf('bidi_streaming', method)) {
    router.rpc(method, (requests, context) => forwardStream(transport, method, requests, context))
  } else if (isOf('client_streaming', method)) {
    router.rpc(method, async (requests, context) => {
      for await (const response of forwardStream(transport, method, requests, context)) return response
      throw new ConnectError('the call ended without an answer', Code.Internal)
    })
  }
}

/** A method of one kind. `DescMethod` itself is no union that a switch could narrow. */
type MethodOf = {
  readonly unary: DescMethodUnary
  readonly server_streaming: DescMethodServerStreaming
  readonly client_streaming: DescMethodClientStreaming
  readonly bidi_streaming: DescMethodBiDiStreaming
}

function isOf<Kind extends keyof MethodOf>(kind: Kind, method: DescMethod): method is MethodOf[Kind] {
  return method.methodKind === kind
}

async function forwardUnary(
  transport: Transport,
  method: DescMethodUnary,
  request: MessageInitShape<DescMessage>,
  context: HandlerContext,
): Promise<MessageShape<DescMessage>> {
  try {
    const { signal } = context
    const response = await transport.unary(
      method,
      signal,
      context.timeoutMs(),
      requestHeaders(context.requestHeader),
      request,
    )
    copyHeaders(response.header, context.responseHeader)
    return response.message
  } catch (error) {
    throw callersError(error)
  }
}

async function* forwardStream(
  transport: Transport,
  method: DescMethodStreaming,
  requests: AsyncIterable<MessageInitShape<DescMessage>>,
  context: HandlerContext,
): AsyncGenerator<MessageShape<DescMessage>> {
  try {
    const { signal } = context
    const response = await transport.stream(
      method,
      signal,
      context.timeoutMs(),
      requestHeaders(context.requestHeader),
      requests,
    )
    copyHeaders(response.header, context.responseHeader)
    yield* response.message
  } catch (error) {
    throw callersError(error)
  }
}

async function* only<T>(value: T): AsyncGenerator<T> {
  yield value
}

/** Picks the headers of a request that the gRPC port reads. */
function requestHeaders(received: Headers): Headers {
  const headers = new Headers()
  for (const name of REQUEST_HEADERS) {
    const value = received.get(name)
    if (value !== null) headers.set(name, value)
  }
  return headers
}

function copyHeaders(from: Headers, to: Headers): void {
  for (const name of RESPONSE_HEADERS) {
    const value = from.get(name)
    if (value !== null) to.set(name, value)
  }
}

/** Returns the error with its status, text and details, and without the headers of the gRPC answer. */
function callersError(thrown: unknown): ConnectError {
  const error = ConnectError.from(thrown)
  const metadata = new Headers()
  copyHeaders(error.metadata, metadata)
  const callersError = new ConnectError(error.rawMessage, error.code, metadata)
  callersError.details = error.details
  return callersError
}
