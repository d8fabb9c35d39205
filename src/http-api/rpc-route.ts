import type { IncomingMessage, ServerResponse } from 'node:http'
import type { DescMethod, DescService } from '@bufbuild/protobuf'
import { Code, ConnectError, createConnectRouter, type Transport } from '@connectrpc/connect'
import type { UniversalHandler, UniversalServerRequest } from '@connectrpc/connect/protocol'
import { universalRequestFromNodeRequest, universalResponseToNodeResponse } from '@connectrpc/connect-node'
import { addReason, type ErrorDetails } from './error-details.js'
import { forwardMethod } from './grpc-forward.js'
import { type HttpRoute, pathOf } from './http-route.js'
import { respondError } from './json-error.js'
import { checkMessages, jsonFault, type MessageCheck } from './message-check.js'
import { BODY_MS_MAX, limitBodyTime } from './request-body.js'

/** Largest request message, in bytes. A valid one has far less, even with every character escaped. */
const REQUEST_BYTES_MAX = 64 * 1024

export type RpcRouteOptions = {
  /** The services whose methods are served. */
  readonly services: readonly DescService[]
  /** The gRPC client that calls are forwarded by. */
  readonly transport: Transport
  readonly details: ErrorDetails
  /** Returns the check of a method's messages in binary form. The gRPC port makes the same one. */
  readonly checkOf: (method: DescMethod) => MessageCheck
}

/** Creates the route of all methods, by the Connect protocol and by gRPC-web. */
export function rpcRoute({ services, transport, details, checkOf }: RpcRouteOptions): HttpRoute {
  const router = createConnectRouter({
    // HTTP/1.1 cannot carry gRPC, which has a port of its own.
    grpc: false,
    acceptCompression: [],
    readMaxBytes: REQUEST_BYTES_MAX,
    jsonOptions: {
      ignoreUnknownFields: false,
      alwaysEmitImplicit: true,
      registry: details.registry,
    },
  })
  for (const method of services.flatMap(({ methods }) => methods)) {
    forwardMethod(router, method, { transport, details })
  }
  const checked = router.handlers.map((handler) => {
    const binaryFault = checkOf(handler.method)
    return [handler.requestPath, { handler, binaryFault, details }] as const
  })
  const handlers = new Map(checked)
  return {
    name: 'rpc',
    matches: (path) => handlers.has(path),
    handle: async (request, response) => {
      const found = handlers.get(pathOf(request) ?? '')
      if (found) await handle(found, request, response)
    },
  }
}

type CheckedHandler = {
  readonly handler: UniversalHandler
  readonly binaryFault: MessageCheck
  readonly details: ErrorDetails
}

async function handle(
  { handler, binaryFault, details }: CheckedHandler,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { methodKind } = handler.method
  if (methodKind === 'unary' || methodKind === 'server_streaming') {
    limitBodyTime(request, () => respondTooSlow(response))
  }
  const received = universalRequestFromNodeRequest(request, response, undefined, undefined)
  // Read so that the connection stays for the answer when the rest of the body is not read.
  const body = request.iterator({ destroyOnReturn: false })
  const answer = await handler(withChecks({ ...received, body }, binaryFault, details))
  if (!response.headersSent) await universalResponseToNodeResponse(answer, response)
}

function withChecks(
  request: UniversalServerRequest,
  binaryFault: MessageCheck,
  details: ErrorDetails,
): UniversalServerRequest {
  const { body } = request
  if (!isBytes(body)) return request
  const contentType = request.header.get('content-type') ?? ''
  const isJson = /^application\/(json|[\w-]+\+json)\b/i.test(contentType)
  const isPrefixed = /^application\/(connect\+|grpc-web)/i.test(contentType)
  return {
    ...request,
    body: checkMessages({
      body,
      isPrefixed,
      bytesMax: REQUEST_BYTES_MAX,
      check: isJson ? jsonFault : binaryFault,
      errorOf: (fault) => {
        const error = new ConnectError(`the request is malformed: ${fault}`, Code.InvalidArgument)
        return addReason(error, 'INVALID_REQUEST', details)
      },
    }),
  }
}

function isBytes(body: UniversalServerRequest['body']): body is AsyncIterable<Uint8Array> {
  return typeof body === 'object' && body !== null && Symbol.asyncIterator in body
}

function respondTooSlow(response: ServerResponse): void {
  if (response.headersSent) return
  const message = `the body took more than ${BODY_MS_MAX} ms`
  respondError(response, { status: 408, code: 'deadline_exceeded', message })
}
