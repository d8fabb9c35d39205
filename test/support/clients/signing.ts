import { constants, createHmac, type JsonWebKey, type KeyObject, sign } from 'node:crypto'
import { secondsFromNow } from './token.js'

/** A key pair, as its owner holds it. */
export type KeyPair = { readonly privateKey: KeyObject; readonly publicKey: KeyObject }

export type SignedToken = {
  readonly algorithm: string
  /** A private key, or the bytes of a secret. */
  readonly key: KeyObject | Buffer
  readonly header?: Readonly<Record<string, unknown>>
  readonly claims?: Readonly<Record<string, unknown>>
}

/**
 * Signs a JSON Web Token by any algorithm, sensible or not. It does not use the library that verifies tokens
 * in the service.
 */
export function signWith({ algorithm, key, header = {}, claims = {} }: SignedToken): string {
  const content = [
    { alg: algorithm, typ: 'JWT', ...header },
    { sub: 'switch', exp: secondsFromNow(3_600), ...claims },
  ]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.')
  return `${content}.${signatureOf(Buffer.from(content), algorithm, key).toString('base64url')}`
}

function signatureOf(content: Buffer, algorithm: string, key: KeyObject | Buffer): Buffer {
  const hash = `sha${algorithm.slice(2)}`
  if (algorithm.startsWith('HS')) return createHmac(hash, key).update(content).digest()
  if (Buffer.isBuffer(key)) return Buffer.alloc(0)
  switch (algorithm.slice(0, 2)) {
    case 'RS':
      return sign(hash, content, { key, padding: constants.RSA_PKCS1_PADDING })
    case 'PS':
      return sign(hash, content, {
        key,
        padding: constants.RSA_PKCS1_PSS_PADDING,
        saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
      })
    case 'ES':
      return sign(hash, content, { key, dsaEncoding: 'ieee-p1363' })
    default:
      return Buffer.alloc(0)
  }
}

export function pemOf({ publicKey }: KeyPair): string {
  return publicKey.export({ type: 'spki', format: 'pem' }).toString()
}

/** A public key in the form of key sets. */
export function jwkOf(
  { publicKey }: KeyPair,
  members: Readonly<Record<string, unknown>> = {},
): JsonWebKey & Readonly<Record<string, unknown>> {
  return { ...publicKey.export({ format: 'jwk' }), ...members }
}

/** A JSON Web Key Set of these keys. */
export function keySet(...keys: readonly unknown[]): string {
  return JSON.stringify({ keys })
}
