import { createHash } from 'node:crypto'
import { CallError } from '../call-error.js'

/** Default and largest page size, in items. */
const PAGE_SIZE_DEFAULT = 50
const PAGE_SIZE_MAX = 1_000

/** Longest token that is decoded, in characters. */
const TOKEN_LENGTH_MAX = 512

/** Returns the page size to use: 0 means the default, and larger values are cut to the maximum. */
export function pageSizeOf(asked: number): number {
  if (asked < 0) throw invalid('page_size', 'must not be negative')
  return asked === 0 ? PAGE_SIZE_DEFAULT : Math.min(asked, PAGE_SIZE_MAX)
}

/** Writes the place where the next page begins, bound to the filter of this page. */
export function writePageToken(place: string, filter: readonly unknown[]): string {
  return Buffer.from(`${digestOf(filter)}${place}`).toString('base64url')
}

/**
 * Reads the place where the page begins; undefined for the first page.
 *
 * @throws CallError INVALID_REQUEST when the token is malformed or belongs to another filter.
 */
export function readPageToken(token: string, filter: readonly unknown[]): string | undefined {
  if (token === '') return undefined
  if (token.length > TOKEN_LENGTH_MAX) throw invalid('page_token', 'is not a page token of this service')
  const text = Buffer.from(token, 'base64url').toString()
  const digest = digestOf(filter)
  if (!text.startsWith(digest))
    throw invalid('page_token', 'belongs to a list with another filter, or is not a page token')
  return text.slice(digest.length)
}

function digestOf(filter: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(filter)).digest('base64url').slice(0, 8)
}

function invalid(field: string, description: string): CallError {
  return new CallError('INVALID_REQUEST', { violations: [{ field, description }] })
}
