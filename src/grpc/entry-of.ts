import type { Entry } from '../domain/entry.js'
import type { Verdict } from '../domain/verdict.js'
import { CallError } from './call-error.js'

/**
 * Returns the entry that answers a request, and whether an earlier request made it.
 *
 * @throws CallError when another request has used the id, and the error of `errorOf` when nothing was
 *   recorded.
 */
export function entryOf<Kind extends Entry, Rejection extends string>(
  verdict: Verdict<Kind, Rejection>,
  errorOf: (rejection: Rejection) => CallError,
): { readonly entry: Kind; readonly replayed: boolean } {
  switch (verdict.type) {
    case 'RECORD':
      return { entry: verdict.entry, replayed: false }
    case 'REPLAY':
      return { entry: verdict.entry, replayed: true }
    case 'REUSED':
      throw new CallError('TRANSACTION_ID_REUSED')
    case 'REJECTED':
      throw errorOf(verdict.rejection)
  }
}
