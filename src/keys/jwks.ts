import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto'
import { KeyFileError } from './key-file-error.js'
import { algorithmsFor, weaknessOf } from './key-strength.js'
import type { KeyFile } from './pem-keys.js'
import type { PublicKey } from './token-key.js'

/** Members that only private and secret keys have (RFC 7518, section 6). */
const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k']
/** Longest `kid` of a key, in characters. */
const KID_LENGTH_MAX = 256

type Reject = (problem: string) => KeyFileError

/**
 * Reads the keys for the allowed algorithms from a JSON Web Key Set (RFC 7517). Keys for other uses
 * (encryption, other curves and algorithms) are ignored, as the RFC recommends.
 *
 * @throws KeyFileError when the text is not a key set, has a private, secret, invalid or weak key, has two
 * keys with the same `kid`, or has no usable key.
 */
export function jwksKeysIn(file: KeyFile): readonly PublicKey[] {
  const { variable, text } = file
  const keys = keysOf(text).map((jwk, index) => {
    const kid = kidOf(jwk)
    const which = `key ${index + 1}${kid === undefined ? '' : ` (kid ${JSON.stringify(kid)})`}`
    return publicKeyOf(jwk, file, (problem) => new KeyFileError(variable, `${which} ${problem}`))
  })
  const useful = keys.filter((key) => key !== undefined)
  if (useful.length === 0) throw new KeyFileError(variable, 'has no key for an algorithm in JWT_ALGORITHMS')
  const twice = useful.find(({ kid }, index) =>
    useful.slice(0, index).some((other) => isSame(other.kid, kid)),
  )
  if (twice) throw new KeyFileError(variable, `has two keys with the kid ${JSON.stringify(twice.kid)}`)
  return useful

  function keysOf(json: string): readonly Readonly<Record<string, unknown>>[] {
    const set = parse(json)
    if (!isObject(set) || !Array.isArray(set['keys'])) {
      throw new KeyFileError(variable, 'is not a JSON Web Key Set: an object with the array "keys"')
    }
    const entries: readonly unknown[] = set['keys']
    return entries.map((entry, index) => {
      if (isObject(entry)) return entry
      throw new KeyFileError(variable, `key ${index + 1} is not an object`)
    })
  }
}

/** Returns undefined for a key with another use. */
function publicKeyOf(
  jwk: Readonly<Record<string, unknown>>,
  { allowed }: KeyFile,
  reject: Reject,
): PublicKey | undefined {
  if (jwk['kty'] === 'oct' || PRIVATE_MEMBERS.some((member) => member in jwk)) {
    throw reject('is a private key: only public keys belong here, and this key should be replaced')
  }
  const { kid, alg } = jwk
  if (kid !== undefined && (typeof kid !== 'string' || kid === '' || kid.length > KID_LENGTH_MAX)) {
    throw reject(`has a kid that is not a string of 1 to ${KID_LENGTH_MAX} characters`)
  }
  if (!isForTokens(jwk)) return undefined

  const key = keyObjectOf(jwk)
  if (!key) throw reject('is not a valid key')
  const weakness = weaknessOf(key)
  if (weakness !== undefined) throw reject(`is ${weakness}`)
  const algorithms = algorithmsFor(key).filter(
    (algorithm) => allowed.includes(algorithm) && (alg === undefined || alg === algorithm),
  )
  if (algorithms.length === 0) return undefined
  return { kid, algorithms, publicKey: key.export({ type: 'spki', format: 'pem' }).toString() }
}

function isForTokens({ kty, crv, use, key_ops: operations }: Readonly<Record<string, unknown>>): boolean {
  if (use !== undefined && use !== 'sig') return false
  if (Array.isArray(operations) && !operations.includes('verify')) return false
  return kty === 'RSA' || (kty === 'EC' && crv === 'P-256')
}

function keyObjectOf(jwk: Readonly<Record<string, unknown>>): KeyObject | undefined {
  try {
    // Node.js validates every member itself.
    return createPublicKey({ key: jwk as JsonWebKey, format: 'jwk' })
  } catch {
    return undefined
  }
}

function kidOf({ kid }: Readonly<Record<string, unknown>>): string | undefined {
  return typeof kid === 'string' ? kid.slice(0, KID_LENGTH_MAX) : undefined
}

/** Keys without a `kid` are never the same: verification tries each of them. */
function isSame(kid: string | undefined, other: string | undefined): boolean {
  return kid !== undefined && kid === other
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return undefined
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
