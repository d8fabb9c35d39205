/** Algorithms with a shared secret: a verifier can also sign. */
export const secretAlgorithms = ['HS256', 'HS384', 'HS512'] as const
/** Algorithms with a public key: only the holder of the private key can sign. */
export const publicKeyAlgorithms = ['RS256', 'PS256', 'ES256'] as const
export const tokenAlgorithms = [...secretAlgorithms, ...publicKeyAlgorithms] as const

export type SecretAlgorithm = (typeof secretAlgorithms)[number]
export type PublicKeyAlgorithm = (typeof publicKeyAlgorithms)[number]
export type TokenAlgorithm = (typeof tokenAlgorithms)[number]

/** A key that verifies tokens, with its algorithms. It verifies no token of another algorithm. */
export type TokenKey = SecretKey | PublicKey

export type SecretKey = {
  readonly kid?: never
  readonly algorithms: readonly SecretAlgorithm[]
  /** The shared secret, 32 bytes or more. */
  readonly secret: string
}

export type PublicKey = {
  /** Name of the key, which a token's `kid` may refer to. Keys of a PEM file have none. */
  readonly kid: string | undefined
  readonly algorithms: readonly PublicKeyAlgorithm[]
  /** The public key as PEM. */
  readonly publicKey: string
}

/**
 * Makes keys of the secrets, for the allowed algorithms with a shared secret. Empty when there is no such
 * algorithm.
 */
export function secretKeys(
  secrets: readonly (string | undefined)[],
  allowed: readonly TokenAlgorithm[],
): readonly SecretKey[] {
  const algorithms = secretAlgorithms.filter((algorithm) => allowed.includes(algorithm))
  if (algorithms.length === 0) return []
  return secrets.filter((secret) => secret !== undefined).map((secret) => ({ algorithms, secret }))
}
