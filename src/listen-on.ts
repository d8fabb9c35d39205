import type { AddressInfo, Server } from 'node:net'

export type ListenAddress = {
  readonly host: string
  /** 0 means any free port. */
  readonly port: number
}

/** Starts to listen and returns the port. Fails with the system's error when the port is unavailable. */
export async function listenOn(server: Server, { host, port }: ListenAddress): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host, port }, () => {
      server.off('error', reject)
      resolve()
    })
  })
  // A server that listens on a host and port has an address of this kind.
  return (server.address() as AddressInfo).port
}
