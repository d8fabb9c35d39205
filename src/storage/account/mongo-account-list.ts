import type { Collection, Db, Filter } from 'mongodb'
import type { AccountList, AccountListQuery, ListedAccount } from '../../application/account-list.js'
import { type BackgroundTurns, freeTurns } from '../../application/engine/background-turns.js'
import { OPERATION_MS_MAX } from '../client.js'
import { collections } from '../collections.js'
import { mapTransientErrors } from '../errors.js'
import { BACKGROUND_BATCH, gathered } from '../gathered.js'
import { type AccountDocument, listedAccountOf } from './account-document.js'

/** Account lists from MongoDB, read along the index on the account id. */
export class MongoAccountList implements AccountList {
  readonly #accounts: Collection<AccountDocument>
  readonly #turns: BackgroundTurns

  constructor(db: Db, turns = freeTurns) {
    this.#turns = turns
    this.#accounts = db.collection<AccountDocument>(collections.accounts)
  }

  async page({ afterId, status, limit }: AccountListQuery): Promise<readonly ListedAccount[]> {
    const filter: Filter<AccountDocument> = { _id: { $gt: afterId }, status: status ?? { $ne: 'UNOPENED' } }
    return await mapTransientErrors('listing accounts', () =>
      gathered(
        this.#accounts.find<Omit<AccountDocument, 'journal'>>(filter, {
          sort: { _id: 1 },
          limit,
          batchSize: BACKGROUND_BATCH,
          projection: { journal: 0 },
          maxTimeMS: OPERATION_MS_MAX,
        }),
        listedAccountOf,
        this.#turns,
      ),
    )
  }
}
