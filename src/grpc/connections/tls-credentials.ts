import { ServerCredentials } from '@grpc/grpc-js'
import type { TlsMaterial } from '../../keys/tls-material.js'

/** Time for a client to finish its handshake, in milliseconds. */
const HANDSHAKE_MS_MAX = 10_000

/** What HTTP/2 wants (RFC 9113, section 9.2.2): forward secrecy and authenticated encryption. The first three are those of TLS 1.3. */
const ciphers = [
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
].join(':')

/**
 * TLS for a port, whose certificate, key and authorities can be replaced while it is open: connections that are open stay as they are,
 * new ones see the new. A ticket from before resumes nothing. Whether clients must show a certificate is settled at the beginning.
 */
export class TlsCredentials extends ServerCredentials {
  constructor(material: TlsMaterial) {
    const mutual = material.clientCa !== undefined
    super(
      { requestCert: mutual, rejectUnauthorized: mutual, handshakeTimeout: HANDSHAKE_MS_MAX },
      contextOf(material),
    )
  }

  /** New connections see these. They must have been checked: what OpenSSL refuses is only logged by grpc-js. */
  replace(material: TlsMaterial): void {
    this.updateSecureContextOptions(contextOf(material))
  }

  override _equals(other: ServerCredentials): boolean {
    return this === other
  }
}

/** Everything, each time: what is left out falls back to Node's defaults. */
function contextOf({ certificate, privateKey, clientCa }: TlsMaterial) {
  return {
    cert: certificate,
    key: privateKey,
    ...(clientCa !== undefined && { ca: clientCa }),
    minVersion: 'TLSv1.2' as const,
    maxVersion: 'TLSv1.3' as const,
    ciphers,
    honorCipherOrder: true,
    ecdhCurve: 'X25519:P-256:P-384:P-521',
  }
}
