import { createHmac } from 'node:crypto'
import { secret, secretToken } from '../leaks.js'

/** The secret with which services under test verify tokens. */
export const JWT_SECRET = secret('a secret of the tests, with far more than 32 bytes')

export type TokenOptions = {
  readonly secret?: string
  /** Replaces the header's algorithm; `none` leaves the signature empty. */
  readonly algorithm?: 'HS256' | 'HS512' | 'none'
  /** Added to the claims `sub` and `exp` (an hour from now); `undefined` removes one. */
  readonly claims?: Readonly<Record<string, unknown>>
}

/**
 * Signs a JSON Web Token without the library that verifies tokens in the service. No process may print it.
 */
export function signToken(options: TokenOptions = {}): string {
  const { secret: key = JWT_SECRET, algorithm = 'HS256', claims = {} } = options
  const header = { alg: algorithm, typ: 'JWT' }
  const payload = { sub: 'switch', exp: secondsFromNow(3_600), ...claims }
  const signed = `${encode(header)}.${encode(payload)}`
  return secretToken(`${signed}.${signatureOf(signed, algorithm, key)}`)
}

/** A time in the form of tokens: seconds since 1970. */
export function secondsFromNow(seconds: number): number {
  return Math.floor(Date.now() / 1_000) + seconds
}

function signatureOf(signed: string, algorithm: string, key: string): string {
  if (algorithm === 'none') return ''
  return createHmac(algorithm.replace('HS', 'sha'), key).update(signed).digest('base64url')
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url')
}
