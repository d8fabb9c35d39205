import { ServerCredentials } from '@grpc/grpc-js'
import type { TlsMaterial } from '../../keys/tls-material.js'

/** Time for a client to finish its handshake, in milliseconds. */
const HANDSHAKE_MS_MAX = 10_000

/**
 * Ciphers that HTTP/2 requires (RFC 9113, section 9.2.2): forward secrecy and authenticated encryption. The
 * first three are those of TLS 1.3.
 */
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
 * TLS credentials whose certificate, key and authorities can be replaced while the port is open.
 *
 * Open connections keep the old ones; new connections use the new ones. Old session tickets resume nothing.
 * Whether clients must present a certificate is fixed at construction.
 */
export class TlsCredentials extends ServerCredentials {
  constructor(material: TlsMaterial) {
    const mutual = material.clientCa !== undefined
    super(
      { requestCert: mutual, rejectUnauthorized: mutual, handshakeTimeout: HANDSHAKE_MS_MAX },
      contextOf(material),
    )
  }

  /**
   * Replaces the material for new connections. It must have been checked: grpc-js only logs what OpenSSL
   * rejects.
   */
  replace(material: TlsMaterial): void {
    this.updateSecureContextOptions(contextOf(material))
  }

  override _equals(other: ServerCredentials): boolean {
    return this === other
  }
}

/** Sets every option each time: an omitted one would fall back to Node's default. */
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
