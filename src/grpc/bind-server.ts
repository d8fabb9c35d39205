import type { Server, ServerCredentials } from '@grpc/grpc-js'
import type { PortProbe } from './port-probe.js'

/**
 * Starts to listen and returns the port. When it cannot be had, grpc-js keeps the system's error to itself and prints a line of its own:
 * probe the port first.
 */
export async function bindServer(
  server: Server,
  { host, port }: PortProbe,
  credentials: ServerCredentials,
): Promise<number> {
  const address = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
  return await new Promise<number>((resolve, reject) => {
    server.bindAsync(address, credentials, (error, bound) => {
      if (error) reject(error)
      else resolve(bound)
    })
  })
}
