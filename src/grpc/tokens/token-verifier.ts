import { isUtf8 } from 'node:buffer'
import { createPublicKey, createSecretKey, type KeyObject } from 'node:crypto'
import jwt, { type Jwt } from 'jsonwebtoken'
import type { TokenAlgorithm, TokenKey } from '../../keys/token-key.js'
import type { Principal } from '../call-context.js'
import { type ClaimRules, type Claims, ownerOf, type TokenOwner } from './token-claims.js'
import type { TokenRejection } from './token-rejection.js'

/** Longest token that is decoded, in characters. */
const TOKEN_LENGTH_MAX = 8_192
/** Most verified tokens in the cache. */
const CACHE_MAX = 10_000
/**
 * Most rejected tokens in the cache. Rejecting one again without it would take nearly half the cost of its
 * call.
 */
const REJECTED_MAX = 1_000

export type TokenVerifierOptions = ClaimRules & {
  readonly keys: readonly TokenKey[]
  /** Wall-clock time in milliseconds. */
  readonly nowMs: () => number
}

export type TokenVerdict =
  | { readonly principal: Principal; readonly rejection?: never }
  | { readonly rejection: TokenRejection; readonly principal?: never }

/** A key ready for use: creating the key object costs more than verifying. */
type ReadyKey = {
  readonly kid: string | undefined
  readonly algorithms: readonly TokenAlgorithm[]
  readonly object: KeyObject
}

/**
 * Verifies JSON Web Tokens.
 *
 * A token with a `kid` is verified with the key of that name or with keys without a name; a token without a
 * `kid`, with every key. A key verifies only tokens of its own algorithms. Verified tokens are cached until
 * the clock shows a time at which they are not valid, or the keys are replaced.
 */
export class TokenVerifier {
  readonly #options: Omit<TokenVerifierOptions, 'keys'>
  #keys: readonly ReadyKey[]
  #verified = new Map<string, TokenOwner>()
  /** Tokens that no key has signed, with the reason. They never become valid. */
  #rejected = new Map<string, TokenRejection>()

  constructor({ keys, ...options }: TokenVerifierOptions) {
    this.#options = options
    this.#keys = keys.map(readyKey)
  }

  /** Replaces the keys and forgets every verified token. */
  replaceKeys(keys: readonly TokenKey[]): void {
    this.#keys = keys.map(readyKey)
    this.#verified = new Map()
    this.#rejected = new Map()
  }

  verify(token: string): TokenVerdict {
    if (token.length > TOKEN_LENGTH_MAX) return { rejection: 'TOO_LONG' }
    const known = this.#verified.get(token)
    if (known && isValidAt(known, this.#options.nowMs())) return { principal: known.principal }
    this.#verified.delete(token)
    const rejected = this.#rejected.get(token)
    if (rejected !== undefined) return { rejection: rejected }

    const claims = claimsBy(this.#keys, token)
    if (typeof claims === 'string') return { rejection: this.#reject(token, claims) }
    const owner = ownerOf(claims, this.#options, this.#options.nowMs())
    if (typeof owner === 'string') return { rejection: owner }
    this.#remember(token, owner)
    return { principal: owner.principal }
  }

  #remember(token: string, verified: TokenOwner): void {
    this.#verified.set(token, verified)
    if (this.#verified.size > CACHE_MAX) evictOldest(this.#verified)
  }

  #reject(token: string, rejection: TokenRejection): TokenRejection {
    this.#rejected.set(token, rejection)
    if (this.#rejected.size > REJECTED_MAX) evictOldest(this.#rejected)
    return rejection
  }
}

function evictOldest(tokens: Map<string, unknown>): void {
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

/** Returns the claims of a token that one of the keys has signed, still unchecked. */
function claimsBy(keys: readonly ReadyKey[], token: string): Claims | TokenRejection {
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
        // `ownerOf` checks the claims: the library says only in its message which of them is wrong.
        ignoreExpiration: true,
        ignoreNotBefore: true,
      })
      return typeof claims === 'string' || !isUnicode(token) ? 'MALFORMED' : claims
    } catch {
      // Try the next key.
    }
  }
  return 'BAD_SIGNATURE'
}

type Header = { readonly alg: string; readonly kid?: string }

/** Reads the header of an unverified token. Undefined when the text is not a JSON Web Token. */
function headerOf(token: string): Header | undefined {
  const { header, payload } = decoded(token) ?? {}
  // A critical extension must be understood, and none is supported (RFC 7515, section 4.1.11).
  if (!header || 'crit' in header || typeof payload !== 'object' || payload === null) return undefined
  const { alg, kid }: Readonly<Record<string, unknown>> = { ...header }
  if (typeof alg !== 'string') return undefined
  return { alg, ...(typeof kid === 'string' && { kid }) }
}

function decoded(token: string): Jwt | null {
  try {
    return jwt.decode(token, { complete: true })
  } catch {
    // The header or the payload is not JSON.
    return null
  }
}

/**
 * Whether the claims are UTF-8. jsonwebtoken reads any bytes, so different tokens could yield the same text.
 */
function isUnicode(token: string): boolean {
  const [, claims = ''] = token.split('.')
  return isUtf8(Buffer.from(claims, 'base64url'))
}
