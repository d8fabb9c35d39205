import { buildVersion } from '../build-version.js'
import type { Config } from '../config.js'
import { SideServer } from '../http/side-server.js'
import { openKeyFiles, readingsOf, withWarning } from '../key-watch.js'
import type { KeyFiles } from '../keys/key-files.js'
import { metricLabels } from '../metric-labels.js'
import { MergedMetrics } from '../observability/merged-metrics.js'
import { TallyLog } from '../observability/tally-log.js'
import { createHealth, openPorts, type Service, type ServiceOptions } from '../service.js'
import { Fleet } from './fleet.js'
import { CLOSE_MS_MAX } from './messages.js'
import { SharedPort } from './shared-port.js'

/** Longest time that a request for the metrics waits for a worker, in milliseconds; then its last ones are shown. */
const MEASURE_MS_MAX = 1_000

/**
 * Builds the service in WORKERS processes that share the gRPC port, and opens its ports. This process, the primary, has the
 * ports, hands out the connections, and replaces a worker that ends unasked.
 */
export async function startWorkers(options: ServiceOptions): Promise<Service> {
  const { config, mongodbUri, logger } = options
  const files: KeyFiles = await openKeyFiles({
    ...options,
    metrics: () => metrics,
    onChange: (keys) => fleet.useKeys(keys),
  })
  const metrics: MergedMetrics = new MergedMetrics({
    servingWorkers: () => fleet.serving,
    keyFiles: readingsOf(() => files),
    labels: metricLabels,
    version: buildVersion(),
  })
  const health = createHealth(config)
  const fleet: Fleet = new Fleet({
    size: config.workers,
    logger,
    metrics,
    onChange: () => {
      health?.setServing(fleet.ready)
      port.handOut()
    },
  })
  const turnedAway = new TallyLog({
    logger,
    event: 'connections were not let in: no worker takes them',
    field: 'closed',
  })
  const port = new SharedPort({
    takers: () => fleet.takers,
    waitingMax: config.grpcConnectionsMax,
    onFull: () => {
      metrics.connectionClosed('FULL')
      turnedAway.count()
    },
  })
  const side = createSide({ config, fleet, metrics, files })

  const openGrpc = async () => {
    // Before there is a worker: that the port is taken is found first.
    const grpcPort = await port.listen({ host: config.host, port: config.grpcPort })
    try {
      // A worker that takes the place of another begins with the last good keys, whatever has become of the files.
      await fleet.start(() => ({ config, mongodbUri, keys: files.keys }))
    } catch (error) {
      port.close()
      throw error
    }
    return grpcPort
  }
  const ports = await openPorts({ side, health, openGrpc })
  files.start()
  void fleet.served.then(() => options.onReady(ports))

  return {
    ...ports,
    failed: fleet.failed,
    stop: async () => {
      files.stop()
      health?.setServing(false)
      port.close()
      await fleet.drain(config.shutdownTimeoutMs + CLOSE_MS_MAX)
      health?.close()
      await side.close()
    },
  }
}

type SideOptions = {
  readonly config: Config
  readonly fleet: Fleet
  readonly metrics: MergedMetrics
  readonly files: KeyFiles
}

function createSide({ config, fleet, metrics, files }: SideOptions): SideServer {
  const { host, httpPort, workers } = config
  return new SideServer({
    host,
    port: httpPort,
    metrics: async () => {
      await fleet.measure(MEASURE_MS_MAX)
      return await metrics.expose()
    },
    readiness: () => ({
      ready: fleet.ready,
      detail: withWarning(`${fleet.serving} of ${workers} workers serve`, files),
    }),
  })
}
