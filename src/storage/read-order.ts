import type { ClientSession, MongoClient, Timestamp } from 'mongodb'
import type { AccountId } from '../domain/account.js'

/** Places for moments: accounts share them, which at worst has a read wait for a moment that it need not. */
const PLACES = 4_096

/** Options of an operation: the session that it goes with, if any, and then the read concern as well. */
export type InSession = {
  readonly session?: ClientSession
  readonly readConcern?: { readonly level: 'majority' }
}

/**
 * Keeps reads of the ledger from being older than what is known of their accounts.
 *
 * On a replica set there is nothing to keep: account and ledger are read as of one moment. On a sharded cluster they may be on two shards,
 * whose primaries may have changed a moment ago, and a read with read concern majority may then be from before a write that was
 * acknowledged. So everything that tells that entries may have left a journal (an account that was read, entries that were
 * settled) leaves the moment when it was so, by the cluster's clock, and the ledger is read no earlier than that. A
 * shard that is not as far waits until it is.
 */
export class ReadOrder {
  readonly #client: MongoClient
  readonly #moments = new Array<Timestamp | undefined>(PLACES)
  #isSharded: boolean | undefined

  constructor(client: MongoClient) {
    this.#client = client
  }

  /** Whether the database is a sharded cluster. It is asked once. */
  async isSharded(): Promise<boolean> {
    this.#isSharded ??= await isMongos(this.#client)
    return this.#isSharded
  }

  /** Runs an operation that tells something of these accounts; later reads of their ledger are not from before it. */
  async noting<T>(
    accountIds: readonly AccountId[],
    operation: (options: InSession) => Promise<T>,
  ): Promise<T> {
    if (!(await this.isSharded())) return await operation({})
    const session = this.#client.startSession({ causalConsistency: true })
    try {
      return await operation(optionsIn(session))
    } finally {
      // After an error, too: some of the entries may be in the ledger.
      if (session.operationTime) this.#note(accountIds, session.operationTime)
      await session.endSession()
    }
  }

  /** Runs a read of these accounts' ledger, which sees everything that was noted of them. */
  async following<T>(accountIds: readonly AccountId[], read: (options: InSession) => Promise<T>): Promise<T> {
    if (!(await this.isSharded())) return await read({})
    const session = this.#client.startSession({ causalConsistency: true })
    try {
      for (const id of accountIds) {
        const moment = this.#moments[placeOf(id)]
        if (moment) session.advanceOperationTime(moment)
      }
      return await read(optionsIn(session))
    } finally {
      await session.endSession()
    }
  }

  #note(accountIds: readonly AccountId[], moment: Timestamp): void {
    for (const id of accountIds) {
      const place = placeOf(id)
      const known = this.#moments[place]
      if (!known || known.lessThan(moment)) this.#moments[place] = moment
    }
  }
}

/**
 * The driver writes the session's moment into the read concern that it is given. Without one of its own, an operation would leave it in
 * the client's, and have every later read of the client wait for that moment.
 */
function optionsIn(session: ClientSession): InSession {
  return { session, readConcern: { level: 'majority' } }
}

/** Whether the server is the front of a sharded cluster. */
export async function isMongos(client: MongoClient): Promise<boolean> {
  const { msg } = await client.db('admin').command({ hello: 1 })
  return msg === 'isdbgrid'
}

function placeOf(id: AccountId): number {
  let hash = 0
  for (let index = 0; index < id.length; index++) hash = (hash * 31 + id.charCodeAt(index)) >>> 0
  return hash % PLACES
}
