import type { Principal } from '../call-context.js'
import type { TokenRejection } from './token-rejection.js'

/** Tolerated difference between the issuer's clock and ours, in seconds. */
const CLOCK_TOLERANCE_S = 5
/**
 * Longest time until a token expires, in seconds: ten years. A later expiry is a mistake, often milliseconds
 * for seconds.
 */
const LIFETIME_S_MAX = 10 * 366 * 24 * 3_600

/** Longest subject, in characters. The record of every change holds it. OpenID Connect allows 255. */
const SUBJECT_LENGTH_MAX = 256

/** The claims of a token, as parsed from its JSON. */
export type Claims = Readonly<Record<string, unknown>>

export type ClaimRules = {
  /** The `iss` that tokens must have. Undefined: any or none. */
  readonly issuer: string | undefined
  /** The `aud` that tokens must have, alone or in a list. Undefined: any or none. */
  readonly audience: string | undefined
}

/** The authenticated caller of a token, and from when the token is valid. */
export type TokenOwner = {
  readonly principal: Principal
  /** When the token becomes valid, clock tolerance included, in milliseconds since 1970. */
  readonly beginsAtMs: number
}

/**
 * Checks the claims of a token with a valid signature, in this order: form, `nbf`, `exp`, `iss`, `aud` (RFC
 * 7519, section 4.1). Both ends of its validity have a tolerance of five seconds. `iat` is ignored.
 */
export function ownerOf(
  claims: Claims,
  { issuer, audience }: ClaimRules,
  nowMs: number,
): TokenOwner | TokenRejection {
  const { sub = '', nbf = Number.NEGATIVE_INFINITY, exp, iss, aud } = claims
  if (typeof sub !== 'string' || !isRecordable(sub) || typeof nbf !== 'number') return 'MALFORMED'
  const nowS = Math.floor(nowMs / 1000)
  if (nbf > nowS + CLOCK_TOLERANCE_S) return 'NOT_YET_VALID'
  if (exp === undefined) return 'NO_EXPIRY'
  if (typeof exp !== 'number') return 'MALFORMED'
  if (nowS >= exp + CLOCK_TOLERANCE_S) return 'EXPIRED'
  if (exp > nowS + LIFETIME_S_MAX) return 'EXPIRY_TOO_FAR'
  if (issuer !== undefined && iss !== issuer) return 'ISSUER'
  if (audience !== undefined && ![aud].flat().includes(audience)) return 'AUDIENCE'

  const scopes = scopesOf(claims)
  const expiresAtMs = (exp + CLOCK_TOLERANCE_S) * 1000
  return {
    principal: { subject: sub, ...(scopes && { scopes }), expiresAtMs },
    beginsAtMs: Math.ceil(nbf - CLOCK_TOLERANCE_S) * 1000,
  }
}

/**
 * Reads the scopes of a token: claim `scope` (RFC 8693, section 4.2) or, without it, `scp`, as some issuers
 * call it.
 *
 * Either is a string with spaces between the scopes, or a list of strings. A claim of another form allows
 * nothing. Undefined when the token has neither.
 */
function scopesOf(claims: Claims): ReadonlySet<string> | undefined {
  if (!('scope' in claims || 'scp' in claims)) return undefined
  const claim: unknown = 'scope' in claims ? claims['scope'] : claims['scp']
  const texts = [claim].flat().filter((part): part is string => typeof part === 'string')
  return new Set(texts.flatMap((text) => text.split(' ')).filter(Boolean))
}

/**
 * Whether a subject can be recorded exactly. With half a surrogate pair, two subjects would be recorded as
 * the same.
 */
function isRecordable(subject: string): boolean {
  return Array.from(subject).length <= SUBJECT_LENGTH_MAX && !/\p{Surrogate}/u.test(subject)
}
