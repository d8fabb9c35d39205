import { createServer } from 'node:net'
import { type ListenAddress, listenOn } from '../listen-on.js'

/** Listens for a moment and returns the port. Fails with the system's error when nobody could listen there. */
export async function probePort(address: ListenAddress): Promise<number> {
  const server = createServer()
  const port = await listenOn(server, address)
  await new Promise<void>((resolve) => server.close(() => resolve()))
  return port
}
