import { ServerCredentials } from '@grpc/grpc-js'
import { secureContextOf } from '../../keys/secure-context.js'
import type { TlsMaterial } from '../../keys/tls-material.js'

/** Time for a client to finish its handshake, in milliseconds. */
const HANDSHAKE_MS_MAX = 10_000

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
      secureContextOf(material),
    )
  }

  /**
   * Replaces the material for new connections. It must have been checked: grpc-js only logs what OpenSSL
   * rejects.
   */
  replace(material: TlsMaterial): void {
    this.updateSecureContextOptions(secureContextOf(material))
  }

  override _equals(other: ServerCredentials): boolean {
    return this === other
  }
}
