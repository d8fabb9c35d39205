import type { Id } from './id.js'

/** Account id: 1 to 64 characters from A-Z a-z 0-9 . _ : -, starting with a letter or a digit. */
export type AccountId = Id<'account'>

/**
 * Status of an account:
 * - UNOPENED: not opened yet. Its history may hold declines of requests that named it.
 * - ACTIVE: it may pay.
 * - BLOCKED: its purchases are declined until it is unblocked.
 * - CLOSED: its purchases are declined forever.
 */
export type AccountStatus = 'UNOPENED' | 'ACTIVE' | 'BLOCKED' | 'CLOSED'
