import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'

/**
 * Bytes after which a request must be among them: the preface of HTTP/2 has fewer, a token alone almost as
 * many.
 */
const REQUEST_BYTES = 300

/**
 * Stands between a client and the service, and cuts the first connection as soon as it has carried a request.
 */
export class CuttingGate {
  readonly #server
  #isCut = false

  /** Listens on any free port of 127.0.0.1 for connections to `targetPort`. */
  static async listen(targetPort: number): Promise<CuttingGate> {
    const gate = new CuttingGate(targetPort)
    gate.#server.listen(0, '127.0.0.1')
    await once(gate.#server, 'listening')
    return gate
  }

  private constructor(targetPort: number) {
    this.#server = createServer((client) => {
      const service = connect(targetPort, '127.0.0.1')
      const end = () => {
        client.destroy()
        service.destroy()
      }
      for (const socket of [client, service]) socket.on('error', end).on('close', end)
      let sent = 0
      client.on('data', (chunk) => {
        sent += chunk.length
        service.write(chunk)
        if (this.#isCut || sent < REQUEST_BYTES) return
        this.#isCut = true
        client.destroy()
        // The request arrives, but its caller is gone before the answer.
        service.end()
      })
      service.pipe(client)
    })
  }

  get address(): string {
    // A server that listens on TCP has such an address.
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  get isCut(): boolean {
    return this.#isCut
  }

  async close(): Promise<void> {
    this.#server.close()
    await once(this.#server, 'close')
  }
}
