import { decide } from '../../../src/domain/decide.js'
import type { AuthorizationEntry } from '../../../src/domain/entry.js'
import type { Verdict } from '../../../src/domain/verdict.js'
import { calendar } from '../../dataset/calendar.js'
import { record } from './record.js'
import type { Strategy } from './strategy.js'
import { pauseBeforeRetry } from './turn.js'

/**
 * Optimistic: read, compute, write the new balance where the revision is still the one that was read, and else again. What the
 * reference implementation means to do, made right: the check guards the read that the balance was computed from, ids are remembered,
 * and it tries until the caller's time is over.
 */
export const revisionCheck: Strategy = ({ books, catalog, clock }) => {
  return async (accountId, purchase, budget): Promise<Verdict<AuthorizationEntry>> => {
    for (let attempts = 1; ; attempts++) {
      const history = await books.history(accountId, purchase.transactionId)
      const verdict = decide(history, purchase, catalog(), clock.now(), calendar)
      if (verdict.type !== 'RECORD') return verdict
      if (await books.moveAtRevision(verdict.entry)) {
        return await record({ books, catalog: catalog(), purchase, entry: verdict.entry })
      }
      await pauseBeforeRetry(attempts, budget)
    }
  }
}
