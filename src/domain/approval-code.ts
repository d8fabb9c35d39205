import type { AccountId } from './account-status.js'

/** Number of codes: six characters of 36. */
const CODES = 36 ** 6
/** Step from one entry's code to the next one's: a prime that does not divide the number of codes. */
const STEP = 1_299_709

/**
 * Derives the approval code (ISO 8583 DE38) of an entry: six characters of 0-9 A-Z. The code is no secret.
 *
 * The account's id gives the first code, and each entry is one step further. So two of the first 36^6 (2.2
 * billion) entries of an account never have the same code. Entries of two accounts have the same code once in
 * about 2.2 billion pairs.
 */
export function approvalCodeOf(accountId: AccountId, seq: bigint): string {
  // Below 2^53: both factors of the product are small enough.
  const steps = Number(seq % BigInt(CODES)) * STEP
  return ((hashOf(accountId) + steps) % CODES).toString(36).toUpperCase().padStart(6, '0')
}

/** Hashes a text to 32 bits, by FNV-1a. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  return hash >>> 0
}
