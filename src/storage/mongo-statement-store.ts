import type { Collection, Db, Filter } from 'mongodb'
import type { StatementQuery, StatementStore } from '../application/statement.js'
import type { Entry } from '../domain/entry.js'
import type { StatementFilter } from '../domain/statement.js'
import { OPERATION_MS_MAX } from './client.js'
import { collections } from './collections.js'
import { entryOfLedger, type LedgerDocument } from './documents.js'
import { whileAvailable } from './errors.js'

/** Statements from MongoDB, along the index of an account's entries. */
export class MongoStatementStore implements StatementStore {
  readonly #entries: Collection<LedgerDocument>

  constructor(db: Db) {
    this.#entries = db.collection<LedgerDocument>(collections.ledger)
  }

  async page({ accountId, beforeSeq, filter, limit }: StatementQuery): Promise<readonly Entry[]> {
    const documents = await whileAvailable('reading a statement', () =>
      this.#entries
        .find(
          { '_id.account': accountId, seq: { $lt: beforeSeq }, ...conditionsOf(filter) },
          { sort: { seq: -1 }, limit, hint: 'account_seq', maxTimeMS: OPERATION_MS_MAX },
        )
        .toArray(),
    )
    return documents.map(entryOfLedger)
  }
}

function conditionsOf({ startAt, endAt, kind, wallet, decision }: StatementFilter): Filter<LedgerDocument> {
  const at = { ...(startAt && { $gte: startAt }), ...(endAt && { $lt: endAt }) }
  return {
    ...((startAt || endAt) && { at }),
    ...(kind && { kind }),
    ...(wallet !== undefined && { wallet }),
    ...(decision && { decision }),
  }
}
