import type { Catalog } from '../../../src/domain/catalog.js'
import type { Purchase } from '../../../src/domain/decide.js'
import type { AuthorizationEntry } from '../../../src/domain/entry.js'
import { invariant } from '../../../src/domain/invariant.js'
import type { Verdict } from '../../../src/domain/verdict.js'
import type { RivalBooks } from '../rival-books.js'
import { repeated } from './decision.js'

type Recorded = {
  readonly books: RivalBooks
  readonly catalog: Catalog
  readonly purchase: Purchase
  readonly entry: AuthorizationEntry
}

/**
 * Writes the entry of a movement that was made. When the same id was recorded in the meantime, the movement is undone and the stored
 * entry is the answer. A crash in between leaves a movement without an entry: that is in the nature of two writes.
 */
export async function record(recorded: Recorded): Promise<Verdict<AuthorizationEntry>> {
  const { books, entry } = recorded
  if (await books.insert(entry)) return { type: 'RECORD', entry }
  await books.undo(entry)
  return await storedInstead(recorded)
}

/** The answer when the id of the entry is taken. */
export async function storedInstead({
  books,
  catalog,
  purchase,
  entry,
}: Recorded): Promise<Verdict<AuthorizationEntry>> {
  const earlier = await books.entry(entry.accountId, entry.transactionId)
  invariant(earlier !== undefined, 'an id that is taken has an entry')
  return repeated(earlier, purchase, catalog)
}
