import {
  type ClientSession,
  type ClusterTime,
  type MongoClient,
  MongoServerError,
  type Timestamp,
} from 'mongodb'
import type { AccountId } from '../../domain/account.js'
import { unavailable } from '../errors.js'

/** Places for moments: accounts share them, which at worst has a read wait for a moment that it need not. */
const PLACES = 4_096
/** The server's code InvalidOptions. A read that names a moment gets it from whoever has not heard of that moment. */
const INVALID_OPTIONS = 72

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
 *
 * Each server has that clock as far as it has heard of it. A shard that is reached through another mongos may not have heard
 * of a moment: it would refuse a read that names it, and give a commit an earlier one than the settling that the commit relies on. So every
 * operation tells the latest cluster time that this process knows, signed as the cluster gave it, and servers set their clocks by it.
 */
export class ReadOrder {
  readonly #client: MongoClient
  readonly #moments = new Array<Timestamp | undefined>(PLACES)
  #isSharded: boolean | undefined
  #latest: ClusterTime | undefined

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
    return await this.#inSession(async (session) => {
      try {
        return await operation(optionsIn(session))
      } finally {
        // After an error, too: some of the entries may be in the ledger.
        if (session.operationTime) this.#note(accountIds, session.operationTime)
      }
    })
  }

  /** Runs a read of these accounts' ledger, which sees everything that was noted of them. */
  async following<T>(accountIds: readonly AccountId[], read: (options: InSession) => Promise<T>): Promise<T> {
    if (!(await this.isSharded())) return await read({})
    return await this.#inSession(async (session) => {
      for (const id of accountIds) {
        const moment = this.#moments[placeOf(id)]
        if (moment) session.advanceOperationTime(moment)
      }
      const hasMoment = session.operationTime !== undefined
      return hasMoment ? await inOrder(() => read(optionsIn(session))) : await read(optionsIn(session))
    })
  }

  /**
   * Runs a commit. It gets a moment after everything that this process has heard of, so also after the settling of what it drops from a
   * journal, whichever mongos and shard it goes to. It waits for nothing: servers only set their clocks forward.
   */
  async committing<T>(commit: (options: Pick<InSession, 'session'>) => Promise<T>): Promise<T> {
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
    // One without a signature is told to nobody: the driver refuses it.
    if (!heard?.signature) return
    if (!this.#latest || heard.clusterTime.greaterThan(this.#latest.clusterTime)) this.#latest = heard
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

/**
 * Runs reads that name the moment which they are not to be from before; they may be tried again when a server has not heard of it.
 *
 * @throws IndecisionError UNAVAILABLE then.
 */
export async function inOrder<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read()
  } catch (error) {
    throw isAhead(error) ? unavailable('reading in order', error) : error
  }
}

/**
 * Whether a server has not heard of the moment that a read names: the driver tells a cluster time only on connections that have
 * been told one.
 */
function isAhead(error: unknown): boolean {
  return error instanceof MongoServerError && error.code === INVALID_OPTIONS
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
