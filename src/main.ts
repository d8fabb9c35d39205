import { type Config, findUnknownVariables, hasKeyFile, loadEnvFile, readConfig } from './config.js'
import { localSecret } from './local-secret.js'
import { createLogger, type Logger } from './observability/logging/logger.js'
import { endOnBug } from './service/end-on-bug.js'
import { type Ports, type Service, startService } from './service/service.js'
import { requireDataDir, requirePorts } from './service/startup-checks.js'

/** The database of the service. `stop` ends it when this process has started it. */
type Database = { readonly uri: string; readonly stop: () => Promise<void> }

/**
 * Time in which a second signal counts as the same Ctrl-C, in milliseconds: it arrives from the terminal and
 * from make. A later one ends the process at once.
 */
const SAME_SIGNAL_MS = 500

async function main(): Promise<void> {
  const fileNames = loadEnvFile()
  const config = readConfig(process.env)
  const logger = createLogger({ level: config.logLevel, format: config.logFormat })
  endOnBug(logger)
  for (const unknown of findUnknownVariables(process.env, fileNames)) {
    logger.warn(unknown, 'unknown variable: it has no effect')
  }

  const needsSecret = config.jwtSecret === undefined && !hasKeyFile(config)
  await requirePorts(config.host, {
    GRPC_PORT: config.grpcPort,
    GRPC_HEALTH_PORT: config.grpcHealthPort,
    HTTP_PORT: config.httpPort,
    HTTP_API_PORT: config.httpApiPort,
  })
  if (needsSecret || config.mongodbUri === undefined) await requireDataDir(config.dataDir)
  const jwtSecret = needsSecret ? await localSecret(config.dataDir) : config.jwtSecret
  const database = await openDatabase(config, logger)
  const service = await startService({
    config,
    mongodbUri: database.uri,
    jwtSecret,
    logger,
    onReady: (ports) => announce(config, ports),
  }).catch(async (error: unknown) => {
    await database.stop()
    throw error
  })
  const { grpcPort, httpPort, httpApiPort, healthPort } = service
  // Comes before the log line, because its reader may stop the service at once.
  stopInOrder(service, database, logger)
  const ports = { grpcPort, httpPort, httpApiPort, healthPort }
  logger.info({ host: config.host, ...ports, tls: tlsOf(config) }, 'listening')
}

async function openDatabase({ mongodbUri, mongodPath, dataDir }: Config, logger: Logger): Promise<Database> {
  if (mongodbUri !== undefined) return { uri: mongodbUri, stop: async () => {} }
  // Loaded here only: production does not have this module's packages.
  const { openLocalMongo } = await import('./local-mongo/local-mongo.js')
  return await openLocalMongo({
    dataDir,
    mongodPath,
    env: process.env,
    log: (message) => logger.info(message),
  })
}

function stopInOrder(service: Service, database: Database, logger: Logger): void {
  let stoppingSinceMs: number | undefined
  const stop = async (exitCode: number) => {
    stoppingSinceMs = performance.now()
    await service.stop()
    await database.stop()
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
    logger.fatal({ err: error }, 'the service cannot go on: draining')
    void stop(1)
  })
}

function announce(config: Config, { grpcPort, httpPort }: Ports): void {
  const { production, host } = config
  if (production) return
  const server = isUsual(config, grpcPort) ? '' : ` --server ${addressFor(config, grpcPort)}`
  const grpc = tlsOf(config) === 'none' ? 'gRPC' : 'gRPC with TLS'
  // Standard output carries the log alone, so that it can be piped.
  process.stderr.write(
    [
      '',
      `benefits-authorizer is ready: ${grpc} on ${host}:${grpcPort}, metrics and probes on http://${host}:${httpPort}`,
      'Try it in another terminal:',
      '',
      `  ./benefits authorize${server} --amount 10.00 --mcc 5811 --merchant "PADARIA DO ZE"`,
      `  ./benefits account show${server}`,
      '',
      '',
    ].join('\n'),
  )
}

/** Whether the command line finds the service at its default address. */
function isUsual({ host, grpcPort: configured }: Config, grpcPort: number): boolean {
  return host === '127.0.0.1' && configured === 50_051 && grpcPort === configured
}

/** Formats the address for a caller on this machine. With TLS it is the name that the certificate carries. */
function addressFor(config: Config, grpcPort: number): string {
  const { host } = config
  if (tlsOf(config) !== 'none') return `localhost:${grpcPort}`
  const callable = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host
  return `${callable.includes(':') ? `[${callable}]` : callable}:${grpcPort}`
}

function tlsOf({ grpcTlsCertFile, grpcTlsClientCaFile }: Config): 'none' | 'server' | 'mutual' {
  if (grpcTlsCertFile === undefined) return 'none'
  return grpcTlsClientCaFile === undefined ? 'server' : 'mutual'
}

main().catch((error: unknown) => {
  process.stderr.write(
    `benefits-authorizer cannot start: ${error instanceof Error ? error.message : String(error)}\n`,
  )
  process.exit(1)
})
