import { createSecretKey, type KeyObject } from 'node:crypto'
import jwt, { type Algorithm, type JwtPayload } from 'jsonwebtoken'
import type { Principal } from './call-context.js'

/** Longest token that is looked at, in characters. */
const TOKEN_LENGTH_MAX = 8_192
/** Verified tokens remembered. */
const CACHE_MAX = 10_000
/** Difference between the issuer's clock and ours that is forgiven, in seconds. */
const CLOCK_TOLERANCE_S = 5

export type TokenVerifierOptions = {
  /** 32 bytes or more. */
  readonly secret: string
  readonly algorithms: readonly Algorithm[]
  readonly issuer: string | undefined
  readonly audience: string | undefined
  /** Wall-clock time in milliseconds. */
  readonly nowMs: () => number
}

/** Why a token was refused: for the log and the metric, never for the caller. */
export type TokenRefusal = 'TOO_LONG' | 'EXPIRED' | 'NOT_YET_VALID' | 'NO_EXPIRY' | 'INVALID'

export type TokenVerdict =
  | { readonly principal: Principal; readonly refusal?: never }
  | { readonly refusal: TokenRefusal; readonly principal?: never }

/** Verifies JSON Web Tokens. The key object is made once; a verified token is remembered until it expires. */
export class TokenVerifier {
  readonly #options: TokenVerifierOptions
  readonly #key: KeyObject
  readonly #verified = new Map<string, Principal>()

  constructor(options: TokenVerifierOptions) {
    this.#options = options
    this.#key = createSecretKey(options.secret, 'utf8')
  }

  verify(token: string): TokenVerdict {
    if (token.length > TOKEN_LENGTH_MAX) return { refusal: 'TOO_LONG' }
    const known = this.#verified.get(token)
    if (known && this.#options.nowMs() < known.expiresAtMs) return { principal: known }
    this.#verified.delete(token)

    const claims = this.#claimsOf(token)
    if (typeof claims === 'string') return { refusal: claims }
    const { exp } = claims
    if (exp === undefined) return { refusal: 'NO_EXPIRY' }
    const principal = principalOf(claims, (exp + CLOCK_TOLERANCE_S) * 1000)
    if (!principal) return { refusal: 'INVALID' }
    this.#remember(token, principal)
    return { principal }
  }

  #claimsOf(token: string): JwtPayload | TokenRefusal {
    const { algorithms, issuer, audience } = this.#options
    try {
      const claims = jwt.verify(token, this.#key, {
        algorithms: [...algorithms],
        clockTimestamp: Math.floor(this.#options.nowMs() / 1000),
        clockTolerance: CLOCK_TOLERANCE_S,
        complete: false,
        ignoreExpiration: false,
        ignoreNotBefore: false,
        ...(issuer !== undefined && { issuer }),
        ...(audience !== undefined && { audience }),
      })
      return typeof claims === 'string' ? 'INVALID' : claims
    } catch (error) {
      if (error instanceof jwt.TokenExpiredError) return 'EXPIRED'
      return error instanceof jwt.NotBeforeError ? 'NOT_YET_VALID' : 'INVALID'
    }
  }

  #remember(token: string, principal: Principal): void {
    this.#verified.set(token, principal)
    const oldest = this.#verified.size > CACHE_MAX ? this.#verified.keys().next().value : undefined
    if (oldest !== undefined) this.#verified.delete(oldest)
  }
}

/** Undefined when the subject is not text. A scope that is not text is no scope at all: it must not allow everything. */
function principalOf(claims: JwtPayload, expiresAtMs: number): Principal | undefined {
  const subject: unknown = claims.sub ?? ''
  if (typeof subject !== 'string') return undefined
  const scope: unknown = claims['scope']
  if (scope === undefined) return { subject, expiresAtMs }
  const scopes = new Set(typeof scope === 'string' ? scope.split(' ').filter(Boolean) : [])
  return { subject, scopes, expiresAtMs }
}
