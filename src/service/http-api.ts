import type { Duplex } from 'node:stream'
import type { Config } from '../config.js'
import { openGrpcTransport } from '../http-api/grpc-forward.js'
import { HttpApi } from '../http-api/http-api.js'
import type { HttpRoute } from '../http-api/http-route.js'
import { rpcRoute } from '../http-api/rpc-route.js'
import { readDescriptors, servicesIn } from '../http-api/service-descriptors.js'
import type { TlsMaterial } from '../keys/tls-material.js'
import type { Logger } from '../observability/logging/logger.js'

export type HttpApiWiring = {
  readonly config: Config
  readonly tls: TlsMaterial | undefined
  readonly logger: Logger
  /** Opens a connection to the gRPC server of this process, for this many calls at a time. */
  readonly connect: (callsMax: number) => Duplex
}

/** Creates the HTTP API on a port. */
export function createHttpApi({ config, tls, logger, connect }: HttpApiWiring, port: number): HttpApi {
  const { host, httpApiConnectionsMax, httpApiCorsOrigins } = config
  return new HttpApi({
    host,
    port,
    tls,
    connectionsMax: httpApiConnectionsMax,
    corsOrigins: httpApiCorsOrigins,
    // A connection has one request at a time, so there is a place for each.
    routes: createRoutes(() => connect(httpApiConnectionsMax)),
    onEnd: () => {},
    onBug: (error) => logger.error({ err: error }, 'internal error'),
  })
}

/** Creates the table of routes. Another module adds a line. */
function createRoutes(connect: () => Duplex): readonly HttpRoute[] {
  const registry = readDescriptors()
  const transport = openGrpcTransport(connect)
  return [rpcRoute({ services: servicesIn(registry), registry, transport })]
}
