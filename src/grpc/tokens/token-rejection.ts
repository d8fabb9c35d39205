/**
 * Why a call is rejected for its token. The reason goes into the log and the metric's label, never into the
 * answer.
 *
 * - MISSING: there is no `authorization`. MORE_THAN_ONE: there are several. TOO_LONG: more than 8,192
 *   characters.
 * - MALFORMED: not a bearer token, not a JSON Web Token, a claim of the wrong type, or a header marked as
 *   critical.
 * - ALGORITHM: no key is for the token's algorithm. UNKNOWN_KEY: no key has the token's `kid`.
 * - BAD_SIGNATURE: the signature fits none of the keys that may have made it.
 * - EXPIRED, NOT_YET_VALID, NO_EXPIRY: by `exp` and `nbf`. EXPIRY_TOO_FAR: `exp` is more than ten years
 *   ahead.
 * - ISSUER, AUDIENCE: `iss` or `aud` is not as configured. SCOPE_MISSING: the token is valid, but not for
 *   this method.
 */
export const rejectionReasons = [
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

export type RejectionReason = (typeof rejectionReasons)[number]

/** The reasons for which a token alone is rejected. */
export type TokenRejection = Exclude<RejectionReason, 'MISSING' | 'MORE_THAN_ONE' | 'SCOPE_MISSING'>
