import {
  type ClientSession,
  type ClusterTime,
  type MongoClient,
  MongoServerError,
  type Timestamp,
} from 'mongodb'
import type { AccountId } from '../../domain/account-status.js'
import { unavailable } from '../errors.js'

/** Slots for operation times. Accounts share them; at worst, a read waits for a time that it need not. */
const PLACES = 4_096
/** Server code InvalidOptions: a server rejects a read after a cluster time that it has not heard of. */
const INVALID_OPTIONS = 72

/** The options of an operation: its session, if any, and with it the read concern. */
export type InSession = {
  readonly session?: ClientSession
  readonly readConcern?: { readonly level: 'majority' }
}

/**
 * Keeps reads of the ledger from being older than the known state of their accounts.
 *
 * On a replica set nothing is needed, because one snapshot covers account and ledger. On a sharded cluster
 * the two may be on two shards, whose primaries may have just changed. A read with read concern majority may
 * then miss an acknowledged write. Two operations show that entries may have left a journal: reading an
 * account, and posting entries. Each leaves its operation time, by the cluster's clock, and the ledger is
 * read no earlier than that. A shard that lags behind waits until it has caught up.
 *
 * A server knows that clock only as far as it has heard. A shard behind another mongos may not have heard of
 * an operation time: it would reject a read after it, and give a commit an earlier time than the posting that
 * the commit relies on. So every operation carries the latest cluster time that this process knows, signed by
 * the cluster, and servers advance their clocks to it.
 */
export class ReadOrder {
  readonly #client: MongoClient
  readonly #operationTimes = new Array<Timestamp | undefined>(PLACES)
  #isSharded: boolean | undefined
  #latest: ClusterTime | undefined

  constructor(client: MongoClient) {
    this.#client = client
  }

  /** Whether the database is a sharded cluster. Only the first call asks the server. */
  async isSharded(): Promise<boolean> {
    this.#isSharded ??= await isMongos(this.#client)
    return this.#isSharded
  }

  /**
   * Runs an operation on these accounts and records its operation time. Later reads of their ledger are not
   * older.
   */
  async readAndRecord<T>(
    accountIds: readonly AccountId[],
    operation: (options: InSession) => Promise<T>,
  ): Promise<T> {
    if (!(await this.isSharded())) return await operation({})
    return await this.#inSession(async (session) => {
      try {
        return await operation(optionsIn(session))
      } finally {
        // After an error too: some of the entries may be in the ledger.
        if (session.operationTime) this.#record(accountIds, session.operationTime)
      }
    })
  }

  /** Runs a read of these accounts' ledger, no earlier than any recorded operation on them. */
  async readAfter<T>(accountIds: readonly AccountId[], read: (options: InSession) => Promise<T>): Promise<T> {
    if (!(await this.isSharded())) return await read({})
    return await this.#inSession(async (session) => {
      for (const id of accountIds) {
        const operationTime = this.#operationTimes[placeOf(id)]
        if (operationTime) session.advanceOperationTime(operationTime)
      }
      const hasOperationTime = session.operationTime !== undefined
      return hasOperationTime ? await inOrder(() => read(optionsIn(session))) : await read(optionsIn(session))
    })
  }

  /**
   * Runs a commit. Its cluster time is after everything that this process has heard of, whichever mongos and
   * shard it goes to. That includes the posting of the entries that it drops from a journal. It never waits:
   * servers only advance their clocks.
   */
  async commit<T>(commit: (options: Pick<InSession, 'session'>) => Promise<T>): Promise<T> {
    if (!(await this.isSharded())) return await commit({})
    return await this.#inSession((session) => commit({ session }))
  }

  async #inSession<T>(operation: (session: ClientSession) => Promise<T>): Promise<T> {
    const session = this.#client.startSession({ causalConsistency: true })
    if (this.#latest) session.advanceClusterTime(this.#latest)
    try {
      return await operation(session)
    } finally {
      this.#learn(session.clusterTime)
      await session.endSession()
    }
  }

  #learn(heard: ClusterTime | undefined): void {
    // The driver rejects a cluster time without a signature.
    if (!heard?.signature) return
    if (!this.#latest || heard.clusterTime.greaterThan(this.#latest.clusterTime)) this.#latest = heard
  }

  #record(accountIds: readonly AccountId[], operationTime: Timestamp): void {
    for (const id of accountIds) {
      const place = placeOf(id)
      const known = this.#operationTimes[place]
      if (!known || known.lessThan(operationTime)) this.#operationTimes[place] = operationTime
    }
  }
}

/**
 * Gives each operation its own read concern. The driver writes the session's operation time into it; in the
 * client's shared read concern, that time would make every later read of the client wait.
 */
function optionsIn(session: ClientSession): InSession {
  return { session, readConcern: { level: 'majority' } }
}

/**
 * Runs reads that follow an operation time. The caller may retry when a server has not heard of that time.
 *
 * @throws UndecidedError UNAVAILABLE when a server has not.
 */
export async function inOrder<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read()
  } catch (error) {
    throw isAhead(error) ? unavailable('reading in order', error) : error
  }
}

/**
 * Whether a server has not heard of the cluster time that a read names. The driver sends a cluster time only
 * on connections that have received one.
 */
function isAhead(error: unknown): boolean {
  return error instanceof MongoServerError && error.code === INVALID_OPTIONS
}

/** Whether the server is a mongos, the router of a sharded cluster. */
export async function isMongos(client: MongoClient): Promise<boolean> {
  const { msg } = await client.db('admin').command({ hello: 1 })
  return msg === 'isdbgrid'
}

function placeOf(id: AccountId): number {
  let hash = 0
  for (let index = 0; index < id.length; index++) hash = (hash * 31 + id.charCodeAt(index)) >>> 0
  return hash % PLACES
}
