/**
 * Why a call is rejected for its token: in the log and as a label of the metric, never in the answer.
 *
 * - MISSING: there is no `authorization`. MORE_THAN_ONE: there are several. TOO_LONG: more than 8,192 characters.
 * - MALFORMED: no bearer token, no JSON Web Token, a claim of another type than it should have, or a header that the issuer calls critical.
 * - ALGORITHM: no key here is for the token's algorithm. UNKNOWN_KEY: no key here has the token's `kid`.
 * - BAD_SIGNATURE: none of the keys that it may be signed with has signed it.
 * - EXPIRED, NOT_YET_VALID, NO_EXPIRY: by `exp` and `nbf`. EXPIRY_TOO_FAR: `exp` is more than ten years ahead.
 * - ISSUER, AUDIENCE: `iss` or `aud` is not as configured. SCOPE_MISSING: the token is good, but not for this method.
 */
export const refusalReasons = [
  'MISSING',
  'MORE_THAN_ONE',
  'TOO_LONG',
  'MALFORMED',
  'ALGORITHM',
  'UNKNOWN_KEY',
  'BAD_SIGNATURE',
  'NOT_YET_VALID',
  'NO_EXPIRY',
  'EXPIRED',
  'EXPIRY_TOO_FAR',
  'ISSUER',
  'AUDIENCE',
  'SCOPE_MISSING',
] as const

export type RefusalReason = (typeof refusalReasons)[number]

/** Of those, why a token by itself is rejected. */
export type TokenRefusal = Exclude<RefusalReason, 'MISSING' | 'MORE_THAN_ONE' | 'SCOPE_MISSING'>
