import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto'
import type { KeyPair } from '../../support/clients/signing.js'

// Generated once for all tests, because RSA keys are slow.
export const rsa: KeyPair = generateKeyPairSync('rsa', { modulusLength: 2_048 })
export const weakRsa: KeyPair = generateKeyPairSync('rsa', { modulusLength: 1_024 })
export const rsaPss: KeyPair = restrictedRsa()
export const ec: KeyPair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
export const otherEc: KeyPair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
export const ec384: KeyPair = generateKeyPairSync('ec', { namedCurve: 'P-384' })
export const secp256k1: KeyPair = generateKeyPairSync('ec', { namedCurve: 'secp256k1' })
export const ed25519: KeyPair = generateKeyPairSync('ed25519')

/** RSA for PSS with SHA-256 only. Converted by way of text, because Node's types allow no other. */
function restrictedRsa(): KeyPair {
  const { privateKey, publicKey } = generateKeyPairSync('rsa-pss', {
    modulusLength: 2_048,
    hashAlgorithm: 'sha256',
    mgf1HashAlgorithm: 'sha256',
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  })
  return { privateKey: createPrivateKey(privateKey), publicKey: createPublicKey(publicKey) }
}
