import type { Duplex } from 'node:stream'
import type { DescMethod } from '@bufbuild/protobuf'
import type { Config } from '../config.js'
import { methodScopes } from '../grpc/tokens/method-scopes.js'
import { shapeOf } from '../grpc/wire/message-shape.js'
import { wireFault } from '../grpc/wire/wire-fault.js'
import { challengeRoute } from '../http-api/challenge-route.js'
import { consoleRoute } from '../http-api/console-route.js'
import { devTokenRoute, isLoopback } from '../http-api/dev-token.js'
import { docsRoute } from '../http-api/docs-route.js'
import { errorDetailsIn } from '../http-api/error-details.js'
import { openGrpcTransport } from '../http-api/grpc-forward.js'
import { type EndedRequest, HttpApi } from '../http-api/http-api.js'
import type { HttpRoute } from '../http-api/http-route.js'
import type { MessageCheck } from '../http-api/message-check.js'
import { rpcRoute } from '../http-api/rpc-route.js'
import { authorizeIn, readDescriptors, servicesIn } from '../http-api/service-descriptors.js'
import type { TlsMaterial } from '../keys/tls-material.js'
import { secretKeys } from '../keys/token-key.js'
import { LogSampler } from '../observability/logging/log-sampler.js'
import { type Logger, roundMs } from '../observability/logging/logger.js'
import type { Metrics } from '../observability/metrics/metrics.js'

export type HttpApiWiring = {
  readonly config: Config
  /** Whether pages of the service get a token on this machine. For development only. */
  readonly givesTokens: boolean
  readonly tls: TlsMaterial | undefined
  readonly logger: Logger
  readonly metrics: Pick<Metrics, 'httpRequest'>
  /** Opens a connection to the gRPC server of this process, for this many calls at a time. */
  readonly connect: (callsMax: number) => Duplex
}

/** Creates the HTTP API on a port. */
export function createHttpApi(wiring: HttpApiWiring, port: number): HttpApi {
  const { config, tls, logger, metrics, connect } = wiring
  const { host, httpApiConnectionsMax, httpApiCorsOrigins } = config
  const failures = new LogSampler({
    logger,
    linesMax: config.logFailuresPerSecond,
    event: 'failed HTTP requests without a line: more than LOG_FAILURES_PER_SECOND',
    field: 'leftOut',
  })
  const onBug = (error: unknown) => logger.error({ err: error }, 'internal error')
  return new HttpApi({
    host,
    port,
    tls,
    connectionsMax: httpApiConnectionsMax,
    corsOrigins: httpApiCorsOrigins,
    // A connection has one request at a time, so there is a place for each.
    routes: [
      ...createRoutes(() => connect(httpApiConnectionsMax), onBug),
      ...(config.console ? [consoleRoute()] : []),
      docsRoute(),
      ...devTokenRoutes(wiring),
    ],
    onEnd: (request) => {
      metrics.httpRequest(request.route, request.status)
      logRequest(request, { logger, failures })
    },
    onBug,
  })
}

/** Creates the table of routes. Another module adds a line. */
function createRoutes(connect: () => Duplex, onBug: (error: unknown) => void): readonly HttpRoute[] {
  const registry = readDescriptors()
  const services = servicesIn(registry)
  const details = errorDetailsIn(registry)
  const transport = openGrpcTransport(connect)
  return [
    rpcRoute({ services, transport, details, checkOf }),
    challengeRoute({ authorize: authorizeIn(registry), transport, details, onBug }),
  ]
}

/** The route of tokens for development. There is none where other machines reach the port. */
function devTokenRoutes({ config, givesTokens }: HttpApiWiring): readonly HttpRoute[] {
  const { jwtSecret, host, jwtAlgorithms, jwtIssuer: issuer, jwtAudience: audience } = config
  const [key] = secretKeys([jwtSecret], jwtAlgorithms)
  const [algorithm] = key?.algorithms ?? []
  if (!givesTokens || !isLoopback(host) || !key || !algorithm) return []
  const scopes = [...methodScopes.values()].flat()
  return [devTokenRoute({ secret: key.secret, algorithm, scopes, issuer, audience })]
}

/** Checks the bytes of a method's messages as the gRPC port does. Connect's decoder is more lenient. */
function checkOf({ input }: DescMethod): MessageCheck {
  const shape = shapeOf(input)
  return (bytes) => {
    const fault = wireFault(bytes, shape)
    return fault && `${fault.path || 'request'} ${fault.description}`
  }
}

/** Logs a failed request, unless the gRPC port has logged it. */
function logRequest(
  { route, status, error, wasForwarded, durationMs }: EndedRequest,
  { logger, failures }: { readonly logger: Logger; readonly failures: LogSampler },
): void {
  if (wasForwarded || (status < 400 && error === undefined)) return
  const level = failures.count()
  if (!logger.isLevelEnabled(level)) return
  const fields = { route, status, ...(error !== undefined && { error }), durationMs: roundMs(durationMs) }
  logger[level](fields, 'HTTP request rejected')
}
