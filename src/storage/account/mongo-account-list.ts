import type { Collection, Db, Filter } from 'mongodb'
import type { AccountList, AccountListQuery, ListedAccount } from '../../application/account-list.js'
import { OPERATION_MS_MAX } from '../client.js'
import { collections } from '../collections.js'
import { whileAvailable } from '../errors.js'
import { type AccountDocument, listedAccountOf } from './documents.js'

/** Accounts in one batch. Reading a thousand at once would delay purchases. */
const BATCH_SIZE = 100

/** Account lists from MongoDB, read along the index on the account id. */
export class MongoAccountList implements AccountList {
  readonly #accounts: Collection<AccountDocument>

  constructor(db: Db) {
    this.#accounts = db.collection<AccountDocument>(collections.accounts)
  }

  async page({ afterId, status, limit }: AccountListQuery): Promise<readonly ListedAccount[]> {
    const filter: Filter<AccountDocument> = { _id: { $gt: afterId }, status: status ?? { $ne: 'UNOPENED' } }
    return await whileAvailable('listing accounts', () =>
      this.#accounts
        .find<Omit<AccountDocument, 'journal'>>(filter, {
          sort: { _id: 1 },
          limit,
          batchSize: BATCH_SIZE,
          projection: { journal: 0 },
          maxTimeMS: OPERATION_MS_MAX,
        })
        .map(listedAccountOf)
        .toArray(),
    )
  }
}
