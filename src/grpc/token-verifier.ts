import { createPublicKey, createSecretKey, type KeyObject } from 'node:crypto'
import jwt, { type JwtPayload } from 'jsonwebtoken'
import type { TokenAlgorithm, TokenKey } from '../keys/token-key.js'
import type { Principal } from './call-context.js'

/** Longest token that is looked at, in characters. */
const TOKEN_LENGTH_MAX = 8_192
/** Verified tokens remembered. */
const CACHE_MAX = 10_000
/** Tokens remembered that no time makes valid. To find one invalid again would take nearly half of what its call costs. */
const INVALID_MAX = 1_000
/** Difference between the issuer's clock and ours that is forgiven, in seconds. */
const CLOCK_TOLERANCE_S = 5

export type TokenVerifierOptions = {
  readonly keys: readonly TokenKey[]
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

/** A key ready for use: making the object costs more than verifying. */
type ReadyKey = {
  readonly kid: string | undefined
  readonly algorithms: readonly TokenAlgorithm[]
  readonly object: KeyObject
}

/** A token that was verified. Its times are looked at again and again, because the wall clock may jump either way. */
type VerifiedToken = {
  readonly principal: Principal
  /** When it begins, with what is forgiven: in milliseconds since 1970. */
  readonly beginsAtMs: number
}

/**
 * Verifies JSON Web Tokens. A token that names a key (`kid`) is verified with that key or one that has no name; a token that names none
 * with any key. No key verifies a token of an algorithm that the key is not for. A verified token is remembered until the clock shows a
 * time at which it is not valid, or the keys are replaced.
 */
export class TokenVerifier {
  readonly #options: Omit<TokenVerifierOptions, 'keys'>
  #keys: readonly ReadyKey[]
  #verified = new Map<string, VerifiedToken>()
  #invalid = new Set<string>()

  constructor({ keys, ...options }: TokenVerifierOptions) {
    this.#options = options
    this.#keys = keys.map(readyKey)
  }

  /** Verifies with these keys from now on, those tokens too that were verified before. */
  replaceKeys(keys: readonly TokenKey[]): void {
    this.#keys = keys.map(readyKey)
    this.#verified = new Map()
    this.#invalid = new Set()
  }

  verify(token: string): TokenVerdict {
    if (token.length > TOKEN_LENGTH_MAX) return { refusal: 'TOO_LONG' }
    const known = this.#verified.get(token)
    if (known && isValidAt(known, this.#options.nowMs())) return { principal: known.principal }
    this.#verified.delete(token)
    if (this.#invalid.has(token)) return { refusal: 'INVALID' }

    const claims = this.#claimsOf(token)
    if (claims === 'INVALID') this.#rememberInvalid(token)
    if (typeof claims === 'string') return { refusal: claims }
    const { exp, nbf = Number.NEGATIVE_INFINITY } = claims
    if (exp === undefined) return { refusal: 'NO_EXPIRY' }
    const principal = principalOf(claims, (exp + CLOCK_TOLERANCE_S) * 1000)
    if (!principal) return { refusal: 'INVALID' }
    this.#remember(token, { principal, beginsAtMs: Math.ceil(nbf - CLOCK_TOLERANCE_S) * 1000 })
    return { principal }
  }

  /** What the first key says that does not find the token invalid. */
  #claimsOf(token: string): JwtPayload | TokenRefusal {
    const { kid, crit } = headerOf(token)
    // What the issuer calls critical has to be understood, and nothing is (RFC 7515, section 4.1.11).
    if (crit !== undefined) return 'INVALID'
    for (const key of this.#keys) {
      if (kid !== undefined && key.kid !== undefined && kid !== key.kid) continue
      const claims = this.#claimsBy(key, token)
      if (claims !== 'INVALID') return claims
    }
    return 'INVALID'
  }

  #claimsBy({ object, algorithms }: ReadyKey, token: string): JwtPayload | TokenRefusal {
    const { issuer, audience } = this.#options
    try {
      const claims = jwt.verify(token, object, {
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

  #remember(token: string, verified: VerifiedToken): void {
    this.#verified.set(token, verified)
    if (this.#verified.size > CACHE_MAX) deleteOldest(this.#verified)
  }

  #rememberInvalid(token: string): void {
    this.#invalid.add(token)
    if (this.#invalid.size > INVALID_MAX) deleteOldest(this.#invalid)
  }
}

function deleteOldest(tokens: Map<string, unknown> | Set<string>): void {
  const oldest = tokens.keys().next().value
  if (oldest !== undefined) tokens.delete(oldest)
}

function isValidAt({ principal, beginsAtMs }: VerifiedToken, nowMs: number): boolean {
  return nowMs >= beginsAtMs && nowMs < principal.expiresAtMs
}

function readyKey(key: TokenKey): ReadyKey {
  const { kid, algorithms } = key
  const object =
    'secret' in key
      ? createSecretKey(key.secret, 'utf8')
      : createPublicKey({ key: key.publicKey, format: 'pem' })
  return { kid, algorithms, object }
}

type Header = { readonly kid?: string; readonly crit?: unknown }

/** Of a token's header, before it is verified: the key that it asks for. Empty when it is no token. */
function headerOf(token: string): Header {
  const [text = ''] = token.split('.', 1)
  try {
    const { kid, crit }: Readonly<Record<string, unknown>> = JSON.parse(
      Buffer.from(text, 'base64url').toString(),
    )
    return { ...(typeof kid === 'string' && { kid }), crit }
  } catch {
    return {}
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
