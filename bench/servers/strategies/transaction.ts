import type { Budget } from '../../../src/application/budget.js'
import type { AccountId } from '../../../src/domain/account-status.js'
import type { Purchase } from '../../../src/domain/decide.js'
import type { AuthorizationEntry } from '../../../src/domain/entry.js'
import { OPERATION_MS_MAX } from '../../../src/storage/client.js'
import { payOrDecline } from './pay-or-decline.js'
import { storedInstead } from './record.js'
import type { Strategy } from './strategy.js'
import { requireTime } from './turn.js'

/** Ends a transaction without a trace: the id is taken. */
class IdTaken extends Error {
  readonly entry: AuthorizationEntry

  constructor(entry: AuthorizationEntry) {
    super('the id is taken')
    this.entry = entry
  }
}

/**
 * A multi-document transaction: the account and the ledger are written together or not at all. That an id was used before is found by
 * inserting it, which saves the look-up. The driver tries again when two transactions meet, as long as the caller has time.
 */
export const transaction: Strategy = (options) => {
  const { books, catalog } = options
  const attempt = async (accountId: AccountId, purchase: Purchase, budget: Budget) =>
    await books.db.client.withSession(async (session) =>
      session.withTransaction(
        async () => {
          requireTime(budget)
          const entry = await payOrDecline(options, accountId, purchase, session)
          if (!(await books.insert(entry, session))) throw new IdTaken(entry)
          return entry
        },
        { maxCommitTimeMS: OPERATION_MS_MAX },
      ),
    )
  return async (accountId, purchase, budget) => {
    try {
      return { type: 'RECORD', entry: await attempt(accountId, purchase, budget) }
    } catch (error) {
      if (!(error instanceof IdTaken)) throw error
      return await storedInstead({ books, catalog: catalog(), purchase, entry: error.entry })
    }
  }
}
