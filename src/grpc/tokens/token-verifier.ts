import { isUtf8 } from 'node:buffer'
import { createPublicKey, createSecretKey, type KeyObject } from 'node:crypto'
import jwt, { type Jwt } from 'jsonwebtoken'
import type { TokenAlgorithm, TokenKey } from '../../keys/token-key.js'
import type { Principal } from '../call-context.js'
import { type ClaimRules, type Claims, ownerOf, type TokenOwner } from './token-claims.js'
import type { TokenRefusal } from './token-refusal.js'

/** Longest token that is looked at, in characters. */
const TOKEN_LENGTH_MAX = 8_192
/** Verified tokens remembered. */
const CACHE_MAX = 10_000
/** Rejected tokens remembered. To find one bad again would take nearly half of what its call costs. */
const REJECTED_MAX = 1_000

export type TokenVerifierOptions = ClaimRules & {
  readonly keys: readonly TokenKey[]
  /** Wall-clock time in milliseconds. */
  readonly nowMs: () => number
}

export type TokenVerdict =
  | { readonly principal: Principal; readonly refusal?: never }
  | { readonly refusal: TokenRefusal; readonly principal?: never }

/** A key ready for use: making the object costs more than verifying. */
type ReadyKey = {
  readonly kid: string | undefined
  readonly algorithms: readonly TokenAlgorithm[]
  readonly object: KeyObject
}

/**
 * Verifies JSON Web Tokens. A token that names a key (`kid`) is verified with that key or one that has no name; a token that names none
 * with any key. No key verifies a token of an algorithm that the key is not for. A verified token is remembered until the clock shows a
 * time at which it is not valid, or the keys are replaced.
 */
export class TokenVerifier {
  readonly #options: Omit<TokenVerifierOptions, 'keys'>
  #keys: readonly ReadyKey[]
  #verified = new Map<string, TokenOwner>()
  /** Tokens that none of the keys has signed, with the reason: no time makes them good. */
  #rejected = new Map<string, TokenRefusal>()

  constructor({ keys, ...options }: TokenVerifierOptions) {
    this.#options = options
    this.#keys = keys.map(readyKey)
  }

  /** Verifies with these keys from now on, those tokens too that were verified before. */
  replaceKeys(keys: readonly TokenKey[]): void {
    this.#keys = keys.map(readyKey)
    this.#verified = new Map()
    this.#rejected = new Map()
  }

  verify(token: string): TokenVerdict {
    if (token.length > TOKEN_LENGTH_MAX) return { refusal: 'TOO_LONG' }
    const known = this.#verified.get(token)
    if (known && isValidAt(known, this.#options.nowMs())) return { principal: known.principal }
    this.#verified.delete(token)
    const rejected = this.#rejected.get(token)
    if (rejected !== undefined) return { refusal: rejected }

    const claims = claimsBy(this.#keys, token)
    if (typeof claims === 'string') return { refusal: this.#reject(token, claims) }
    const owner = ownerOf(claims, this.#options, this.#options.nowMs())
    if (typeof owner === 'string') return { refusal: owner }
    this.#remember(token, owner)
    return { principal: owner.principal }
  }

  #remember(token: string, verified: TokenOwner): void {
    this.#verified.set(token, verified)
    if (this.#verified.size > CACHE_MAX) deleteOldest(this.#verified)
  }

  #reject(token: string, refusal: TokenRefusal): TokenRefusal {
    this.#rejected.set(token, refusal)
    if (this.#rejected.size > REJECTED_MAX) deleteOldest(this.#rejected)
    return refusal
  }
}

function deleteOldest(tokens: Map<string, unknown>): void {
  const oldest = tokens.keys().next().value
  if (oldest !== undefined) tokens.delete(oldest)
}

function isValidAt({ principal, beginsAtMs }: TokenOwner, nowMs: number): boolean {
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

/** The claims of a token that one of the keys has signed, whatever they are. */
function claimsBy(keys: readonly ReadyKey[], token: string): Claims | TokenRefusal {
  const header = headerOf(token)
  if (header === undefined) return 'MALFORMED'
  const ofAlgorithm = keys.filter(({ algorithms }) => algorithms.some((one) => one === header.alg))
  if (ofAlgorithm.length === 0) return 'ALGORITHM'
  const candidates = ofAlgorithm.filter(
    ({ kid }) => header.kid === undefined || kid === undefined || kid === header.kid,
  )
  if (candidates.length === 0) return 'UNKNOWN_KEY'
  for (const { object, algorithms } of candidates) {
    try {
      const claims = jwt.verify(token, object, {
        algorithms: [...algorithms],
        complete: false,
        // `ownerOf` looks at the claims: the library says only in words which of them is wrong.
        ignoreExpiration: true,
        ignoreNotBefore: true,
      })
      return typeof claims === 'string' || !isUnicode(token) ? 'MALFORMED' : claims
    } catch {
      // Another key may have signed it.
    }
  }
  return 'BAD_SIGNATURE'
}

type Header = { readonly alg: string; readonly kid?: string }

/** The header of a token before it is verified. Undefined when the text is no token that can be understood. */
function headerOf(token: string): Header | undefined {
  const { header, payload } = decoded(token) ?? {}
  // What the issuer calls critical has to be understood, and nothing is (RFC 7515, section 4.1.11).
  if (!header || 'crit' in header || typeof payload !== 'object' || payload === null) return undefined
  const { alg, kid }: Readonly<Record<string, unknown>> = { ...header }
  if (typeof alg !== 'string') return undefined
  return { alg, ...(typeof kid === 'string' && { kid }) }
}

function decoded(token: string): Jwt | null {
  try {
    return jwt.decode(token, { complete: true })
  } catch {
    // A payload or a header that is not JSON.
    return null
  }
}

/** Whether the claims are UTF-8: jsonwebtoken reads any bytes, and makes the same text of different ones. */
function isUnicode(token: string): boolean {
  const [, claims = ''] = token.split('.')
  return isUtf8(Buffer.from(claims, 'base64url'))
}
