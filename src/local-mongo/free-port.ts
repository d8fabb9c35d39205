import { createServer } from 'node:net'

/**
 * Returns TCP ports of 127.0.0.1 that nobody listens on. They are not reserved: another process may take one before
 * the caller does.
 */
export async function freePorts(count: number): Promise<readonly number[]> {
  // All are held before the first is given up, so that they differ.
  const held = await Promise.all(Array.from({ length: count }, () => holdPort(0)))
  await Promise.all(held.map((port) => port.release()))
  return held.map((port) => port.number)
}

/** Whether nobody listens on `port` of 127.0.0.1. */
export async function isPortFree(port: number): Promise<boolean> {
  try {
    await (await holdPort(port)).release()
    return true
  } catch {
    return false
  }
}

type HeldPort = { readonly number: number; readonly release: () => Promise<void> }

function holdPort(port: number): Promise<HeldPort> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    const release = () => new Promise<void>((done) => server.close(() => done()))
    server.once('error', reject)
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      const address = server.address()
      if (address === null || typeof address === 'string')
        reject(new Error('a TCP server has no TCP address'))
      else resolve({ number: address.port, release })
    })
  })
}
