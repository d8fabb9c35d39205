import type { SecureContextOptions } from 'node:tls'
import type { TlsMaterial } from './tls-material.js'

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
 * Returns the TLS settings of every port that uses the material. Sets every option each time: an omitted one
 * would fall back to Node's default.
 */
export function secureContextOf({ certificate, privateKey, clientCa }: TlsMaterial): SecureContextOptions {
  return {
    cert: certificate,
    key: privateKey,
    ...(clientCa !== undefined && { ca: clientCa }),
    minVersion: 'TLSv1.2',
    maxVersion: 'TLSv1.3',
    ciphers,
    honorCipherOrder: true,
    ecdhCurve: 'X25519:P-256:P-384:P-521',
  }
}
