import { createServer } from 'node:net'
import type { Settings } from '../config.js'
import { listenOn } from '../listen-on.js'

/** A setting that this machine cannot honour. The message names the variable. */
class StartupError extends Error {
  override readonly name = 'StartupError'
}

/**
 * Opens and closes each configured port, so that an unavailable port fails before anything slow begins.
 *
 * @throws StartupError for the first port or address that is unavailable.
 */
export async function requirePorts({
  host,
  grpcPort,
  grpcHealthPort,
  httpPort,
  httpApiPort,
}: Pick<Settings, 'host' | 'grpcPort' | 'grpcHealthPort' | 'httpPort' | 'httpApiPort'>): Promise<void> {
  const ports = {
    GRPC_PORT: grpcPort,
    GRPC_HEALTH_PORT: grpcHealthPort,
    HTTP_PORT: httpPort,
    HTTP_API_PORT: httpApiPort,
  }
  for (const [variable, port] of Object.entries(ports)) {
    // Port 0 means any free one.
    if (port === undefined || port === 0) continue
    const server = createServer()
    try {
      await listenOn(server, { host, port })
    } catch (error) {
      throw new StartupError(portProblem(codeOf(error), { variable, host, port }))
    }
    await new Promise((resolve) => server.close(resolve))
  }
}

function portProblem(
  code: string,
  { variable, host, port }: { readonly variable: string; readonly host: string; readonly port: number },
): string {
  switch (code) {
    case 'EADDRINUSE':
      return `${variable}: port ${port} of ${host} is in use: is the service running already?`
    case 'EACCES':
      return `${variable}: port ${port} needs privileges that this user lacks: choose a port from 1024 up`
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `HOST: ${host} is not an address of this machine`
    default:
      return `${variable}: port ${port} of ${host} cannot be opened (${code})`
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'
}
