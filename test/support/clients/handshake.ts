import { type ConnectionOptions, connect } from 'node:tls'
import { WAIT_MS_MAX } from '../eventually.js'

/** The result of a TLS handshake. */
export type Handshake =
  | {
      readonly protocol: string | null
      /** Serial number of the server's certificate, in hexadecimal digits. */
      readonly serialNumber: string
      /** A session for a later handshake. In TLS 1.3 it arrives only afterwards. */
      readonly session: Buffer | undefined
      /** Whether the given session was resumed. */
      readonly resumed: boolean
      readonly rejection?: never
    }
  | {
      readonly rejection: string
      readonly protocol?: never
      readonly serialNumber?: never
      readonly session?: never
      readonly resumed?: never
    }

/** Opens a TLS connection for HTTP/2, and closes it again at once. */
export function handshake(address: string, options: ConnectionOptions): Promise<Handshake> {
  const [host = '', port] = address.split(':')
  return new Promise((resolve) => {
    const socket = connect({ host, port: Number(port), ALPNProtocols: ['h2'], ...options }, () => {
      resolve({
        protocol: socket.getProtocol(),
        serialNumber: socket.getPeerCertificate().serialNumber,
        session: socket.getSession(),
        resumed: socket.isSessionReused(),
      })
      socket.destroy()
    })
    socket.setTimeout(WAIT_MS_MAX, () => socket.destroy(new Error('no handshake in time')))
    socket.on('error', (error: NodeJS.ErrnoException) => resolve({ rejection: error.code ?? error.message }))
  })
}
