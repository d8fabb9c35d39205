import { createHash } from 'node:crypto'
import { CallError } from '../call-error.js'

/** Entries on a page when the caller does not say, and at most. */
const PAGE_SIZE_DEFAULT = 50
const PAGE_SIZE_MAX = 1_000

/** Length of a token that is looked at, in characters. */
const TOKEN_LENGTH_MAX = 512

/** The page size to use for what was asked: 0 is the default, too much is the most there is. */
export function pageSizeOf(asked: number): number {
  if (asked < 0) throw invalid('page_size', 'must not be negative')
  return asked === 0 ? PAGE_SIZE_DEFAULT : Math.min(asked, PAGE_SIZE_MAX)
}

/** Writes the place where the next page begins, tied to the filter of this one. */
export function writePageToken(place: string, filter: readonly unknown[]): string {
  return Buffer.from(`${digestOf(filter)}${place}`).toString('base64url')
}

/**
 * Reads the place where the page begins; undefined for the first page.
 *
 * @throws CallError INVALID_REQUEST when the token is not ours or belongs to another filter.
 */
export function readPageToken(token: string, filter: readonly unknown[]): string | undefined {
  if (token === '') return undefined
  if (token.length > TOKEN_LENGTH_MAX) throw invalid('page_token', 'is not a token of this service')
  const text = Buffer.from(token, 'base64url').toString()
  const digest = digestOf(filter)
  if (!text.startsWith(digest))
    throw invalid('page_token', 'belongs to a list with another filter, or is not a token')
  return text.slice(digest.length)
}

function digestOf(filter: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(filter)).digest('base64url').slice(0, 8)
}

function invalid(field: string, description: string): CallError {
  return new CallError('INVALID_REQUEST', { violations: [{ field, description }] })
}
