import type { IncomingMessage, ServerResponse } from 'node:http'
import type { DescService, Registry } from '@bufbuild/protobuf'
import { createConnectRouter, type Transport } from '@connectrpc/connect'
import type { UniversalHandler } from '@connectrpc/connect/protocol'
import { universalRequestFromNodeRequest, universalResponseToNodeResponse } from '@connectrpc/connect-node'
import { forwardMethod } from './grpc-forward.js'
import { type HttpRoute, pathOf } from './http-route.js'

/** Largest request message, in bytes. A valid one has far less, even with every character escaped. */
const REQUEST_BYTES_MAX = 64 * 1024

export type RpcRouteOptions = {
  /** The services whose methods are served. */
  readonly services: readonly DescService[]
  /** The types that errors carry as details. */
  readonly registry: Registry
  /** The gRPC client that calls are forwarded by. */
  readonly transport: Transport
}

/** Creates the route of all methods, by the Connect protocol and by gRPC-web. */
export function rpcRoute({ services, registry, transport }: RpcRouteOptions): HttpRoute {
  const router = createConnectRouter({
    // HTTP/1.1 cannot carry gRPC, which has a port of its own.
    grpc: false,
    acceptCompression: [],
    readMaxBytes: REQUEST_BYTES_MAX,
    jsonOptions: { ignoreUnknownFields: false, registry },
  })
  for (const method of services.flatMap(({ methods }) => methods)) forwardMethod(router, method, transport)
  const handlers = new Map(router.handlers.map((handler) => [handler.requestPath, handler]))
  return {
    name: 'rpc',
    matches: (path) => handlers.has(path),
    handle: async (request, response) => {
      const handler = handlers.get(pathOf(request) ?? '')
      if (handler) await handle(handler, request, response)
    },
  }
}

async function handle(
  handler: UniversalHandler,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const answer = await handler(universalRequestFromNodeRequest(request, response, undefined, undefined))
  await universalResponseToNodeResponse(answer, response)
}
