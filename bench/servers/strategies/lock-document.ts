import { randomUUID } from 'node:crypto'
import { type Collection, type Db, MongoServerError } from 'mongodb'
import type { Budget } from '../../../src/application/budget.js'
import type { AccountId } from '../../../src/domain/account-status.js'
import { OPERATION_MS_MAX } from '../../../src/storage/client.js'
import { DUPLICATE_KEY } from '../../../src/storage/errors.js'
import { rivalCollections } from '../../dataset/rival-collections.js'
import { Queues } from './queues.js'
import { readAndWrite } from './read-and-write.js'
import type { Strategy } from './strategy.js'
import { pauseBeforeRetry, requireTime } from './turn.js'

/** Time after which a lock of a crashed process no longer holds, in milliseconds: longer than any decision. */
const EXPIRY_MS = 10_000
const UNLOCKED = new Date(0)

type LockDocument = { readonly _id: AccountId; readonly owner: string; readonly expires: Date }

/**
 * Pessimistic: takes the account's lock document, reads, computes, writes, and lets go; who finds it taken tries again. Requests of
 * one process wait for each other in memory: if all of them tried for the lock, they would take the connections from the one that
 * has it (128 callers on one account then got 2 decisions a second).
 */
export const lockDocument: Strategy = (options) => {
  const locks = new Locks(options.books.db)
  const queues = new Queues()
  return (accountId, purchase, budget) =>
    new Promise((resolve, reject) => {
      const turn = queues.inTurn(accountId, async () => {
        const owner = await locks.take(accountId, budget)
        await readAndWrite(options, accountId, purchase).then(resolve, reject)
        // The answer does not wait for that. What fails is over when the lock expires.
        await locks.release(accountId, owner).catch(() => {})
      })
      turn.catch(reject)
    })
}

class Locks {
  readonly #locks: Collection<LockDocument>

  constructor(db: Db) {
    this.#locks = db.collection<LockDocument>(rivalCollections.locks)
  }

  async take(id: AccountId, budget: Budget): Promise<string> {
    requireTime(budget)
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
