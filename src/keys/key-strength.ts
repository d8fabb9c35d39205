import type { KeyObject } from 'node:crypto'
import type { PublicKeyAlgorithm } from './token-key.js'

/** Fewest bits of an RSA key (RFC 7518, section 3.3). */
const RSA_BITS_MIN = 2_048
/** Most bits of an RSA key: a larger one makes each verification slow. */
const RSA_BITS_MAX = 8_192

/** Describes a key of the wrong size. Undefined when the size is right. */
export function weaknessOf({ asymmetricKeyType, asymmetricKeyDetails = {} }: KeyObject): string | undefined {
  if (asymmetricKeyType !== 'rsa' && asymmetricKeyType !== 'rsa-pss') return undefined
  const { modulusLength = 0, publicExponent = 0n } = asymmetricKeyDetails
  if (modulusLength < RSA_BITS_MIN) return `an RSA key of ${modulusLength} bits, fewer than ${RSA_BITS_MIN}`
  if (modulusLength > RSA_BITS_MAX) return `an RSA key of ${modulusLength} bits, more than ${RSA_BITS_MAX}`
  if (publicExponent < 3n) return 'an RSA key whose exponent is less than 3'
  return undefined
}

/** The algorithms that a public key of this kind can verify. Empty for unsupported kinds. */
export function algorithmsFor(key: KeyObject): readonly PublicKeyAlgorithm[] {
  const { asymmetricKeyType, asymmetricKeyDetails = {} } = key
  const { namedCurve, hashAlgorithm = 'sha256', mgf1HashAlgorithm = 'sha256' } = asymmetricKeyDetails
  if (asymmetricKeyType === 'rsa') return ['RS256', 'PS256']
  if (asymmetricKeyType === 'ec') return namedCurve === 'prime256v1' ? ['ES256'] : []
  if (asymmetricKeyType !== 'rsa-pss') return []
  return hashAlgorithm === 'sha256' && mgf1HashAlgorithm === 'sha256' ? ['PS256'] : []
}
