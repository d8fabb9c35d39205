import { randomUUID } from 'node:crypto'
import { type Collection, type Db, MongoServerError } from 'mongodb'
import type { Budget } from '../../../src/application/budget.js'
import type { AccountId } from '../../../src/domain/account.js'
import { OPERATION_MS_MAX } from '../../../src/storage/client.js'
import { DUPLICATE_KEY } from '../../../src/storage/errors.js'
import { rivalCollections } from '../../dataset/rival-collections.js'
import { readAndWrite } from './read-and-write.js'
import type { Strategy } from './strategy.js'
import { pauseBeforeRetry } from './turn.js'

/** Time after which a lock of a crashed process no longer holds, in milliseconds: longer than any decision. */
const EXPIRY_MS = 10_000
const UNLOCKED = new Date(0)

type LockDocument = { readonly _id: AccountId; readonly owner: string; readonly expires: Date }

/** Pessimistic: takes the account's lock document, reads, computes, writes, and lets go. Who finds it taken tries again. */
export const lockDocument: Strategy = (options) => {
  const locks = new Locks(options.books.db)
  return async (accountId, purchase, budget) => {
    const owner = await locks.take(accountId, budget)
    try {
      return await readAndWrite(options, accountId, purchase)
    } finally {
      // Nobody waits for that. What fails is over when the lock expires.
      void locks.release(accountId, owner).catch(() => {})
    }
  }
}

class Locks {
  readonly #locks: Collection<LockDocument>

  constructor(db: Db) {
    this.#locks = db.collection<LockDocument>(rivalCollections.locks)
  }

  async take(id: AccountId, budget: Budget): Promise<string> {
    const owner = randomUUID()
    for (let attempts = 1; !(await this.#tryToTake(id, owner)); attempts++)
      await pauseBeforeRetry(attempts, budget)
    return owner
  }

  async release(id: AccountId, owner: string): Promise<void> {
    await this.#locks.updateOne({ _id: id, owner }, { $set: { expires: UNLOCKED } })
  }

  /** One write: an upsert that finds the lock taken tries to insert it a second time. */
  async #tryToTake(id: AccountId, owner: string): Promise<boolean> {
    const nowMs = Date.now()
    try {
      await this.#locks.updateOne(
        { _id: id, expires: { $lt: new Date(nowMs) } },
        { $set: { owner, expires: new Date(nowMs + EXPIRY_MS) } },
        { upsert: true, maxTimeMS: OPERATION_MS_MAX },
      )
      return true
    } catch (error) {
      if (error instanceof MongoServerError && error.code === DUPLICATE_KEY) return false
      throw error
    }
  }
}
