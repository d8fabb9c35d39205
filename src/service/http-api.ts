import type { Duplex } from 'node:stream'
import type { Config } from '../config.js'
import { methodScopes } from '../grpc/tokens/method-scopes.js'
import { devTokenRoute, isLoopback } from '../http-api/dev-token.js'
import { docsRoute } from '../http-api/docs-route.js'
import { openGrpcTransport } from '../http-api/grpc-forward.js'
import { HttpApi } from '../http-api/http-api.js'
import type { HttpRoute } from '../http-api/http-route.js'
import { rpcRoute } from '../http-api/rpc-route.js'
import { readDescriptors, servicesIn } from '../http-api/service-descriptors.js'
import type { TlsMaterial } from '../keys/tls-material.js'
import { secretKeys } from '../keys/token-key.js'
import type { Logger } from '../observability/logging/logger.js'

export type HttpApiWiring = {
  readonly config: Config
  /** The secret that signs tokens; undefined when only public keys verify them. */
  readonly jwtSecret: string | undefined
  readonly tls: TlsMaterial | undefined
  readonly logger: Logger
  /** Opens a connection to the gRPC server of this process, for this many calls at a time. */
  readonly connect: (callsMax: number) => Duplex
}

/** Creates the HTTP API on a port. */
export function createHttpApi(wiring: HttpApiWiring, port: number): HttpApi {
  const { config, tls, logger, connect } = wiring
  const { host, httpApiConnectionsMax, httpApiCorsOrigins } = config
  return new HttpApi({
    host,
    port,
    tls,
    connectionsMax: httpApiConnectionsMax,
    corsOrigins: httpApiCorsOrigins,
    // A connection has one request at a time, so there is a place for each.
    routes: createRoutes(() => connect(httpApiConnectionsMax), wiring),
    onEnd: () => {},
    onBug: (error) => logger.error({ err: error }, 'internal error'),
  })
}

/** Creates the table of routes. Another module adds a line. */
function createRoutes(connect: () => Duplex, wiring: HttpApiWiring): readonly HttpRoute[] {
  const registry = readDescriptors()
  const transport = openGrpcTransport(connect)
  return [
    rpcRoute({ services: servicesIn(registry), registry, transport }),
    docsRoute(),
    ...devTokenRoutes(wiring),
  ]
}

/** The route of tokens for development. None in production, and none where other machines reach the port. */
function devTokenRoutes({ config, jwtSecret }: HttpApiWiring): readonly HttpRoute[] {
  const { production, host, jwtAlgorithms, jwtIssuer: issuer, jwtAudience: audience } = config
  const [key] = secretKeys([jwtSecret], jwtAlgorithms)
  const [algorithm] = key?.algorithms ?? []
  if (production || !isLoopback(host) || !key || !algorithm) return []
  return [devTokenRoute({ secret: key.secret, algorithm, scopes: methodScopes.values(), issuer, audience })]
}
