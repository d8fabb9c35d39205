import { type Account, type AccountHistory, applyEntry } from '../../domain/account.js'
import { decideExpiry, dueHolds } from '../../domain/expiry.js'
import { invariant } from '../../domain/invariant.js'

/**
 * Returns the account after the expiry of its due holds, the longest overdue first, and at most `entriesMax`
 * of them. Every decision on the account comes after that, so no decision sees a due hold.
 */
export function expireDue(account: Account, dueAt: Date, entriesMax: number): Account {
  return dueHolds(account, dueAt)
    .slice(0, Math.max(entriesMax, 0))
    .reduce((before, id) => {
      const verdict = decideExpiry(journalOf(before), id, dueAt)
      invariant(verdict.type === 'RECORD', 'a due hold expires')
      return applyEntry(before, verdict.entry)
    }, account)
}

/** The history that an expiry needs: as long as a hold is open, it has not expired before. */
function journalOf(account: Account): AccountHistory {
  return { account, find: () => undefined, followUpsOf: () => [] }
}
