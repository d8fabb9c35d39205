import { type AddressInfo, createServer } from 'node:net'

export type PortProbe = {
  readonly host: string
  /** 0 asks for any free port. */
  readonly port: number
}

/** Listens for a moment and returns the port. Fails with the system's error when nobody could listen there. */
export async function probePort({ host, port }: PortProbe): Promise<number> {
  return await new Promise<number>((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen({ host, port }, () => {
      // A server that listens on a host and port has an address of this kind.
      const { port: free } = server.address() as AddressInfo
      server.close(() => resolve(free))
    })
  })
}
