import type { Collection, Db, Filter } from 'mongodb'
import type { DueAccount, DueAccounts, DueAccountsQuery } from '../../application/expire-holds.js'
import { OPERATION_MS_MAX } from '../client.js'
import { collections } from '../collections.js'
import { mapTransientErrors } from '../errors.js'
import type { AccountDocument } from './account-document.js'

/** Accounts with due holds from MongoDB, read along an index that has only accounts with open holds. */
export class MongoDueAccounts implements DueAccounts {
  readonly #accounts: Collection<AccountDocument>

  constructor(db: Db) {
    this.#accounts = db.collection<AccountDocument>(collections.accounts)
  }

  async page(query: DueAccountsQuery): Promise<readonly DueAccount[]> {
    const documents = await mapTransientErrors('finding due holds', () =>
      this.#accounts
        .find<{ _id: string; next_expiry: Date }>(filterOf(query), {
          projection: { next_expiry: 1 },
          sort: { next_expiry: 1, _id: 1 },
          limit: query.limit,
          hint: 'next_expiry',
          maxTimeMS: OPERATION_MS_MAX,
        })
        .toArray(),
    )
    return documents.map(({ _id, next_expiry }) => ({ id: _id, dueSince: next_expiry }))
  }
}

function filterOf({ dueAt, after }: DueAccountsQuery): Filter<AccountDocument> {
  if (!after) return { next_expiry: { $lte: dueAt } }
  return {
    $or: [
      { next_expiry: after.dueSince, _id: { $gt: after.id } },
      { next_expiry: { $gt: after.dueSince, $lte: dueAt } },
    ],
  }
}
