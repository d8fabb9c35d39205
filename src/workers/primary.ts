import { buildVersion } from '../build-version.js'
import type { Config } from '../config.js'
import { probePort } from '../grpc/port-probe.js'
import { SideServer } from '../http/side-server.js'
import { metricLabels } from '../metric-labels.js'
import { MergedMetrics } from '../observability/merged-metrics.js'
import type { Service, ServiceOptions } from '../service.js'
import { Fleet } from './fleet.js'
import { CLOSE_MS_MAX } from './messages.js'

/** Longest time that a request for the metrics waits for a worker, in milliseconds; then its last ones are shown. */
const MEASURE_MS_MAX = 1_000

/**
 * Builds the service in WORKERS processes that share the gRPC port, and opens its ports. This process, the primary, has the
 * side port, hands out the connections, and replaces a worker that ends unasked.
 */
export async function startWorkers(options: ServiceOptions): Promise<Service> {
  const { config, mongodbUri, jwtSecret, logger } = options
  const metrics: MergedMetrics = new MergedMetrics({
    servingWorkers: () => fleet.serving,
    labels: metricLabels,
    version: buildVersion(),
  })
  const fleet = new Fleet({ size: config.workers, logger, metrics })
  const side = createSide(config, fleet, metrics)

  const httpPort = await side.listen()
  const start = async () => {
    // Chosen here, so that a taken port is found before there is a worker, and so that all of them, later ones too, have the same.
    const port = await probePort({ host: config.host, port: config.grpcPort })
    await fleet.start({ config: { ...config, grpcPort: port }, mongodbUri, jwtSecret })
    return port
  }
  const grpcPort = await start().catch(async (error: unknown) => {
    await side.close()
    throw error
  })
  void fleet.served.then(() => options.onReady({ grpcPort, httpPort }))

  return {
    grpcPort,
    httpPort,
    failed: fleet.failed,
    stop: async () => {
      await fleet.drain(config.shutdownTimeoutMs + CLOSE_MS_MAX)
      await side.close()
    },
  }
}

function createSide({ host, httpPort, workers }: Config, fleet: Fleet, metrics: MergedMetrics): SideServer {
  return new SideServer({
    host,
    port: httpPort,
    metrics: async () => {
      await fleet.measure(MEASURE_MS_MAX)
      return await metrics.expose()
    },
    readiness: () => ({ ready: fleet.ready, detail: `${fleet.serving} of ${workers} workers serve` }),
  })
}
