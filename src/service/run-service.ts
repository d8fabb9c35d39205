import type { Config, Settings } from '../config.js'
import { createLogger, type Logger } from '../observability/logging/logger.js'
import type { UnknownVariable } from '../unknown-variables.js'
import { endOnBug } from './end-on-bug.js'
import { type Ports, type Service, startService } from './service.js'

/**
 * Time in which a second signal counts as the same Ctrl-C, in milliseconds: it arrives from the terminal and
 * from make. A later one ends the process at once.
 */
const SAME_SIGNAL_MS = 500

export type RunOptions = {
  readonly config: Config
  readonly logger: Logger
  /** Whether the HTTP API gives tokens to its own pages on this machine: for development. Default: false. */
  readonly givesTokens?: boolean
  /** Called when the service can decide for the first time, with its ports. */
  readonly onReady?: (ports: Ports) => void
  /** Called when the service has stopped or cannot start, before the process ends. */
  readonly onEnd?: () => Promise<void>
}

/**
 * Opens the log of this process. An uncaught error ends the process from then on.
 *
 * @param unknown the variables that have no effect: the log begins with a warning for each.
 */
export function openLog(
  { logLevel, logFormat }: Settings,
  { unknown }: { readonly unknown: readonly UnknownVariable[] },
): Logger {
  const logger = createLogger({ level: logLevel, format: logFormat })
  endOnBug(logger)
  for (const variable of unknown) logger.warn(variable, 'unknown variable: it has no effect')
  return logger
}

/**
 * Runs the service in this process until a signal arrives or the service can never serve. It then stops in
 * order and ends the process.
 *
 * @throws Error when the service cannot start.
 */
export async function runService(options: RunOptions): Promise<void> {
  const { config, logger, givesTokens = false, onReady = () => {}, onEnd = async () => {} } = options
  const service = await startService({ config, logger, givesTokens, onReady }).catch(
    async (error: unknown) => {
      await onEnd()
      throw error
    },
  )
  const { grpcPort, httpPort, httpApiPort, healthPort } = service
  // Comes before the log line, because its reader may stop the service at once.
  stopInOrder(service, onEnd, logger)
  const ports = { grpcPort, httpPort, httpApiPort, healthPort }
  logger.info({ host: config.host, ...ports, tls: tlsOf(config) }, 'listening')
}

/** How the gRPC port uses TLS. */
export function tlsOf({ grpcTlsCertFile, grpcTlsClientCaFile }: Settings): 'none' | 'server' | 'mutual' {
  if (grpcTlsCertFile === undefined) return 'none'
  return grpcTlsClientCaFile === undefined ? 'server' : 'mutual'
}

function stopInOrder(service: Service, onEnd: () => Promise<void>, logger: Logger): void {
  let stoppingSinceMs: number | undefined
  const stop = async (exitCode: number) => {
    stoppingSinceMs = performance.now()
    await service.stop()
    await onEnd()
    logger.info('stopped')
    process.exit(exitCode)
  }
  const onSignal = (signal: NodeJS.Signals) => {
    if (stoppingSinceMs !== undefined) {
      if (performance.now() - stoppingSinceMs > SAME_SIGNAL_MS) process.exit(1)
      return
    }
    logger.info({ signal }, 'draining')
    void stop(0)
  }
  process.on('SIGTERM', onSignal)
  process.on('SIGINT', onSignal)
  void service.failed.then((error) => {
    if (stoppingSinceMs !== undefined) return
    logger.fatal({ err: error }, 'the service cannot continue: draining')
    void stop(1)
  })
}
