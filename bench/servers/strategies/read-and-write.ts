import { UndecidedError } from '../../../src/application/errors.js'
import type { AccountId } from '../../../src/domain/account-status.js'
import { decide, type Purchase } from '../../../src/domain/decide.js'
import type { AuthorizationEntry } from '../../../src/domain/entry.js'
import type { Verdict } from '../../../src/domain/verdict.js'
import { calendar } from '../../dataset/calendar.js'
import { storedInstead } from './record.js'
import type { StrategyOptions } from './strategy.js'

/**
 * What is done while nobody else may touch the account: the account and the id are read side by side, then the balance and the ledger
 * are written side by side. Two round trips.
 */
export async function readAndWrite(
  { books, catalog, clock }: StrategyOptions,
  accountId: AccountId,
  purchase: Purchase,
): Promise<Verdict<AuthorizationEntry>> {
  const history = await books.history(accountId, purchase.transactionId)
  const verdict = decide(history, purchase, catalog(), clock.now(), calendar)
  if (verdict.type !== 'RECORD') return verdict
  const { entry } = verdict
  const [moved, inserted] = await Promise.all([books.moveAtRevision(entry), books.insert(entry)])
  if (moved && inserted) return verdict
  // Only where somebody touched the account who was not allowed to.
  if (!moved) throw new UndecidedError('UNAVAILABLE', 'the account changed while it was locked')
  await books.undo(entry)
  return await storedInstead({ books, catalog: catalog(), purchase, entry })
}
