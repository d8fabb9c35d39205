import { access, constants, mkdir } from 'node:fs/promises'
import { createServer } from 'node:net'
import { listenOn } from '../listen-on.js'

/** A setting that this machine cannot honour. The message names the variable. */
class StartupError extends Error {
  override readonly name = 'StartupError'
}

/** Ports by the variable that sets each. Undefined means no port, and 0 any free one. */
export type PortVariables = Readonly<Record<string, number | undefined>>

/**
 * Opens and closes each port, so that an unavailable port fails before anything slow begins.
 *
 * @throws StartupError for the first port or address that is unavailable.
 */
export async function requirePorts(host: string, ports: PortVariables): Promise<void> {
  for (const [variable, port] of Object.entries(ports)) {
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

/**
 * Creates the folder of DATA_DIR if it does not exist.
 *
 * @throws StartupError when the folder cannot be created or written to.
 */
export async function requireDataDir(dataDir: string): Promise<void> {
  try {
    await mkdir(dataDir, { recursive: true })
    await access(dataDir, constants.W_OK | constants.X_OK)
  } catch (error) {
    throw new StartupError(
      `DATA_DIR: ${dataDir} cannot be used (${codeOf(error)}): name a folder that may be written to`,
    )
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
      return `${variable}: port ${port} needs more rights than this user has: choose one from 1024`
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `HOST: ${host} is no address of this machine`
    default:
      return `${variable}: port ${port} of ${host} cannot be opened (${code})`
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'
}
