import type { Collection, Db, Filter } from 'mongodb'
import { type BackgroundTurns, freeTurns } from '../../application/engine/background-turns.js'
import type { StatementQuery, StatementStore } from '../../application/statement.js'
import type { Entry } from '../../domain/entry.js'
import type { StatementFilter } from '../../domain/statement.js'
import { OPERATION_MS_MAX } from '../client.js'
import { collections } from '../collections.js'
import { mapTransientErrors } from '../errors.js'
import { BACKGROUND_BATCH, gathered } from '../gathered.js'
import { entryOfLedger, type LedgerDocument } from './ledger-document.js'
import { ReadOrder } from './read-order.js'

/**
 * Statements from MongoDB, read along the index of an account's entries. On a sharded cluster, entries that
 * have left the account's journal may be on another shard: the ledger is read no earlier than the account.
 */
export class MongoStatementStore implements StatementStore {
  readonly #entries: Collection<LedgerDocument>
  readonly #order: ReadOrder
  readonly #turns: BackgroundTurns

  /** @param order shared with the account store, where there is one. */
  constructor(db: Db, order: ReadOrder = new ReadOrder(db.client), turns = freeTurns) {
    this.#turns = turns
    this.#entries = db.collection<LedgerDocument>(collections.ledger)
    this.#order = order
  }

  async page({ accountId, beforeSeq, filter, limit }: StatementQuery): Promise<readonly Entry[]> {
    return await mapTransientErrors('reading a statement', () =>
      this.#order.readAfter([accountId], (options) =>
        gathered(
          this.#entries.find(
            { '_id.account': accountId, seq: { $lt: beforeSeq }, ...conditionsOf(filter) },
            {
              ...options,
              sort: { seq: -1 },
              limit,
              batchSize: BACKGROUND_BATCH,
              hint: 'account_seq',
              maxTimeMS: OPERATION_MS_MAX,
            },
          ),
          entryOfLedger,
          this.#turns,
        ),
      ),
    )
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
