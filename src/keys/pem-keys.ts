import { createPublicKey, type KeyObject } from 'node:crypto'
import { KeyFileError } from './key-file-error.js'
import { algorithmsFor, weaknessOf } from './key-strength.js'
import { type NamedText, type PemBlock, pemBlocksIn } from './pem-blocks.js'
import type { PublicKey, TokenAlgorithm } from './token-key.js'

export type KeyFile = NamedText & {
  /** Allowed algorithms. Each key is used for those that fit it. */
  readonly allowed: readonly TokenAlgorithm[]
}

/**
 * Reads the public keys of a PEM file. They have no `kid`.
 *
 * @throws KeyFileError when there is no key, or anything else: a private key above all.
 */
export function pemKeysIn({ variable, text, allowed }: KeyFile): readonly PublicKey[] {
  // Checked before the blocks: a private key that is cut off would be a leak, too.
  if (text.includes('PRIVATE KEY-----')) {
    throw new KeyFileError(
      variable,
      'has a private key: only public keys belong here, and this key should be replaced',
    )
  }
  return pemBlocksIn({ variable, text }).map((block, index) => {
    const reject = (problem: string) => new KeyFileError(variable, `key ${index + 1} ${problem}`)
    const key = publicKeyOf(block)
    if (!key) throw reject('is not a public key')
    const weakness = weaknessOf(key)
    if (weakness !== undefined) throw reject(`is ${weakness}`)
    const fitting = algorithmsFor(key)
    if (fitting.length === 0) throw reject('is neither an RSA nor an EC P-256 key')
    const algorithms = fitting.filter((algorithm) => allowed.includes(algorithm))
    if (algorithms.length === 0)
      throw reject(`is for ${fitting.join(' and ')}, which JWT_ALGORITHMS does not list`)
    return { kid: undefined, algorithms, publicKey: block.text }
  })
}

function publicKeyOf({ label, text }: PemBlock): KeyObject | undefined {
  // Certificates are rejected: their expiry would not be checked.
  if (label !== 'PUBLIC KEY' && label !== 'RSA PUBLIC KEY') return undefined
  try {
    return createPublicKey(text)
  } catch {
    return undefined
  }
}
