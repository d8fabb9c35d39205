import { createHmac } from 'node:crypto'

/** The secret that services under test verify tokens with. */
export const JWT_SECRET = 'a secret of the tests, with far more than 32 bytes'

export type TokenOptions = {
  readonly secret?: string
  /** Replaces the header's algorithm; `none` leaves the signature empty. */
  readonly algorithm?: 'HS256' | 'HS512' | 'none'
  /** Added to the claims `sub` and `exp` (an hour from now); `undefined` removes one. */
  readonly claims?: Readonly<Record<string, unknown>>
}

/** Signs a JSON Web Token by hand: not with the library that the service verifies with. */
export function signToken(options: TokenOptions = {}): string {
  const { secret = JWT_SECRET, algorithm = 'HS256', claims = {} } = options
  const header = { alg: algorithm, typ: 'JWT' }
  const payload = { sub: 'switch', exp: secondsFromNow(3_600), ...claims }
  const signed = `${encode(header)}.${encode(payload)}`
  return `${signed}.${signatureOf(signed, algorithm, secret)}`
}

/** A moment as tokens write it: seconds since 1970. */
export function secondsFromNow(seconds: number): number {
  return Math.floor(Date.now() / 1_000) + seconds
}

function signatureOf(signed: string, algorithm: string, secret: string): string {
  if (algorithm === 'none') return ''
  return createHmac(algorithm.replace('HS', 'sha'), secret).update(signed).digest('base64url')
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url')
}
