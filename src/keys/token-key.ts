/** Algorithms of secrets: whoever can verify can sign. */
export const secretAlgorithms = ['HS256', 'HS384', 'HS512'] as const
/** Algorithms of public keys: only who has the private key can sign. */
export const publicKeyAlgorithms = ['RS256', 'PS256', 'ES256'] as const
export const tokenAlgorithms = [...secretAlgorithms, ...publicKeyAlgorithms] as const

export type SecretAlgorithm = (typeof secretAlgorithms)[number]
export type PublicKeyAlgorithm = (typeof publicKeyAlgorithms)[number]
export type TokenAlgorithm = (typeof tokenAlgorithms)[number]

/**
 * A key that tokens are verified with, and the algorithms that it is for: it verifies no token of another. Plain data, because it
 * goes to other processes.
 */
export type TokenKey = SecretKey | PublicKey

export type SecretKey = {
  readonly kid?: never
  readonly algorithms: readonly SecretAlgorithm[]
  /** 32 bytes or more. */
  readonly secret: string
}

export type PublicKey = {
  /** Its name, by which tokens may ask for it. A key of a PEM file has none. */
  readonly kid: string | undefined
  readonly algorithms: readonly PublicKeyAlgorithm[]
  /** PEM. */
  readonly publicKey: string
}

/** The secrets as keys, for those of the algorithms that are for secrets. None when there is no such algorithm. */
export function secretKeys(
  secrets: readonly (string | undefined)[],
  allowed: readonly TokenAlgorithm[],
): readonly SecretKey[] {
  const algorithms = secretAlgorithms.filter((algorithm) => allowed.includes(algorithm))
  if (algorithms.length === 0) return []
  return secrets.filter((secret) => secret !== undefined).map((secret) => ({ algorithms, secret }))
}
