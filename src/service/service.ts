import type { Config } from '../config.js'
import { HealthServer } from '../grpc/health/health-server.js'
import { AdminServer } from '../http/admin-server.js'
import type { HttpApi } from '../http-api/http-api.js'
import type { Logger } from '../observability/logging/logger.js'
import { createMetrics } from '../observability/metrics/metrics.js'
import { openTracing } from '../observability/tracing/open-tracing.js'
import { createAuthorizer } from './authorizer.js'
import { buildVersion } from './build-version.js'
import type { HttpApiWiring } from './http-api.js'
import { openKeyFiles, readingsOf, withWarning } from './key-watch.js'
import { metricLabels } from './metric-labels.js'

export type ServiceOptions = {
  readonly config: Config
  readonly logger: Logger
  /** Whether the HTTP API gives tokens to its own pages on this machine. For development only. */
  readonly givesTokens: boolean
  /** Called when the service can decide for the first time, with its ports. */
  readonly onReady: (ports: Ports) => void
}

export type Ports = {
  readonly grpcPort: number
  readonly httpPort: number
  /** The port of the HTTP API; undefined without one. */
  readonly httpApiPort: number | undefined
  /** The plaintext port for health; undefined without one. */
  readonly healthPort: number | undefined
}

/** The running service: its ports, and everything behind them. */
export type Service = Ports & {
  /** Resolves when the service can never serve and should be stopped. */
  readonly failed: Promise<Error>
  /**
   * Reports NOT_SERVING, finishes calls in progress, posts their entries, and closes everything, within the
   * configured time.
   */
  readonly stop: () => Promise<void>
}

/**
 * Builds the service and opens its ports. It answers UNAVAILABLE until the database does.
 *
 * @throws KeyFileError when a key or certificate file is unusable.
 */
export async function startService(options: ServiceOptions): Promise<Service> {
  const { config } = options
  const metrics = createMetrics({ labels: metricLabels, version: buildVersion() })
  const keyWatch = await openKeyFiles({ ...options, metrics })
  const { files } = keyWatch
  const health = createHealth(config)
  let failed = (_: Error) => {}
  const failure = new Promise<Error>((resolve) => {
    failed = resolve
  })
  const authorizer = createAuthorizer({
    ...options,
    mongodbUri: config.mongodbUri,
    metrics,
    tracing: await openTracing(config.tracing, options.logger),
    keys: files.keys,
    keyFiles: readingsOf(files),
    onServing: (serving) => health?.setServing(serving),
    onHopeless: failed,
  })
  const admin = new AdminServer({
    host: config.host,
    port: config.httpPort,
    metrics: () => metrics.expose(),
    readiness: () => ({
      ready: authorizer.serving(),
      detail: withWarning(authorizer.detail(), files),
    }),
  })

  const { connect } = authorizer
  const api = await openHttpApi({ ...options, tls: files.keys.tls, metrics, connect })

  const ports = await openPorts({ admin, health, api, openGrpc: () => authorizer.listen() })
  authorizer.start(() => options.onReady(ports))
  keyWatch.start((keys) => {
    authorizer.useKeys(keys)
    if (keys.tls) api?.useTls(keys.tls)
  })

  return {
    ...ports,
    failed: failure,
    stop: async () => {
      files.stop()
      health?.setServing(false)
      api?.leave()
      await authorizer.stop()
      api?.close()
      health?.close()
      await admin.close()
    },
  }
}

/** Creates the server of the plaintext health port, if one is configured. */
function createHealth({ host, grpcHealthPort }: Config): HealthServer | undefined {
  return grpcHealthPort === undefined ? undefined : new HealthServer({ host, port: grpcHealthPort })
}

/** Creates the HTTP API, if one is configured. Its packages are loaded only then. */
async function openHttpApi(wiring: HttpApiWiring): Promise<HttpApi | undefined> {
  if (wiring.config.httpApiPort === undefined) return undefined
  const { createHttpApi } = await import('./http-api.js')
  return createHttpApi(wiring, wiring.config.httpApiPort)
}

type PortOpeners = {
  readonly admin: AdminServer
  readonly health: HealthServer | undefined
  readonly api: HttpApi | undefined
  /** Opens the gRPC port and returns it. */
  readonly openGrpc: () => Promise<number>
}

/** Opens all ports, or none. */
async function openPorts({ admin, health, api, openGrpc }: PortOpeners): Promise<Ports> {
  const httpPort = await admin.listen()
  try {
    const healthPort = await health?.listen()
    const httpApiPort = await api?.listen()
    return { httpPort, httpApiPort, healthPort, grpcPort: await openGrpc() }
  } catch (error) {
    api?.close()
    health?.close()
    await admin.close()
    throw error
  }
}
