import {
  type AnyClientBulkWriteModel,
  type ClientBulkWriteResult,
  type Collection,
  type Db,
  type Document,
  MongoClientBulkWriteError,
  MongoServerError,
} from 'mongodb'
import type { AccountChange, AccountStore, CommitResult } from '../application/account-store.js'
import type { EntryKey } from '../application/ledger.js'
import { type Account, type AccountId, balanceOf } from '../domain/account.js'
import type { Entry } from '../domain/entry.js'
import { isLimited } from '../domain/limits.js'
import { OPERATION_MS_MAX } from './client.js'
import { collections } from './collections.js'
import {
  type AccountDocument,
  accountDocument,
  accountOf,
  entryOfLedger,
  type LedgerDocument,
  ledgerKey,
} from './documents.js'
import { classified, DUPLICATE_KEY, unavailable, whileAvailable } from './errors.js'
import { MongoLedger } from './mongo-ledger.js'
import { type InSession, ReadOrder } from './read-order.js'

/** The session of a commit, on a sharded cluster. */
type CommitSession = Pick<InSession, 'session'>

type AccountsWithEntries = {
  readonly accounts: ReadonlyMap<AccountId, Account>
  readonly entries: readonly Entry[]
}

/** Accounts in MongoDB: one document each, written by conditional single-document updates only. */
export class MongoAccountStore implements AccountStore {
  readonly #accounts: Collection<AccountDocument>
  readonly #ledger: MongoLedger
  readonly #order: ReadOrder

  /** `order` is that of the ledger, where there is one. */
  constructor(db: Db, order: ReadOrder = new ReadOrder(db.client)) {
    this.#accounts = db.collection<AccountDocument>(collections.accounts)
    this.#ledger = new MongoLedger(db, order)
    this.#order = order
  }

  async load(ids: readonly AccountId[]): Promise<ReadonlyMap<AccountId, Account>> {
    const documents = await whileAvailable('loading accounts', () =>
      this.#order.noting(ids, (options) =>
        this.#accounts
          .find({ _id: { $in: [...ids] } }, { ...options, maxTimeMS: OPERATION_MS_MAX })
          .toArray(),
      ),
    )
    return new Map(documents.map((document) => [document._id, accountOf(document)]))
  }

  async loadWithEntries(ids: readonly AccountId[], keys: readonly EntryKey[]): Promise<AccountsWithEntries> {
    const isSharded = await whileAvailable('loading accounts', () => this.#order.isSharded())
    return isSharded ? await this.#loadInOrder(ids, keys) : await this.#loadAtOnce(ids, keys)
  }

  /**
   * For a sharded cluster: two commands, each to the shards of these accounts alone. An entry that left a journal before the account
   * was read is in the ledger, which is read no earlier. What the ledger has besides, from after it, is no part of the history yet.
   */
  async #loadInOrder(ids: readonly AccountId[], keys: readonly EntryKey[]): Promise<AccountsWithEntries> {
    const accounts = await this.load(ids)
    return { accounts, entries: keys.length === 0 ? [] : await this.#ledger.find(keys) }
  }

  /** For a replica set: one command for both. It reads a snapshot, so that no entry can leave a journal between the two. */
  async #loadAtOnce(ids: readonly AccountId[], keys: readonly EntryKey[]): Promise<AccountsWithEntries> {
    const inLedger = {
      coll: collections.ledger,
      pipeline: [{ $match: { _id: { $in: keys.map(ledgerKey) } } }],
    }
    const pipeline = [{ $match: { _id: { $in: ids } } }, { $unionWith: inLedger }]
    const documents = await whileAvailable('loading accounts', () =>
      this.#accounts
        .aggregate<AccountDocument | LedgerDocument>(pipeline, {
          readConcern: { level: 'snapshot' },
          maxTimeMS: OPERATION_MS_MAX,
        })
        .toArray(),
    )
    const accounts = new Map<AccountId, Account>()
    const entries: Entry[] = []
    for (const document of documents) {
      if ('journal' in document) accounts.set(document._id, accountOf(document))
      else entries.push(entryOfLedger(document))
    }
    return { accounts, entries }
  }

  async commit(changes: readonly AccountChange[]): Promise<readonly CommitResult[]> {
    const [only, ...more] = changes
    if (only === undefined) return []
    return await whileAvailable('committing accounts', () =>
      this.#order.committing(async (session) =>
        more.length === 0
          ? [await this.#commitOne(only, session)]
          : await this.#commitTogether(changes, session),
      ),
    )
  }

  async #commitOne(change: AccountChange, session: CommitSession): Promise<CommitResult> {
    if (change.before.version === 0n) return await this.#insert(change, session)
    const { matchedCount } = await this.#accounts.updateOne(filterOf(change), updateOf(change), {
      ...session,
      maxTimeMS: OPERATION_MS_MAX,
    })
    return { type: matchedCount === 1 ? 'COMMITTED' : 'CONFLICT' }
  }

  async #insert(change: AccountChange, session: CommitSession): Promise<CommitResult> {
    try {
      await this.#accounts.insertOne(accountDocument(change.after), {
        ...session,
        maxTimeMS: OPERATION_MS_MAX,
      })
      return { type: 'COMMITTED' }
    } catch (error) {
      if (error instanceof MongoServerError && error.code === DUPLICATE_KEY) return { type: 'CONFLICT' }
      throw error
    }
  }

  /** One round trip for all of them: MongoDB 8's `bulkWrite` command says of each operation what became of it. */
  async #commitTogether(
    changes: readonly AccountChange[],
    session: CommitSession,
  ): Promise<readonly CommitResult[]> {
    const namespace = this.#accounts.namespace
    const models = changes.map(
      (change): AnyClientBulkWriteModel<AccountDocument> =>
        change.before.version === 0n
          ? { namespace, name: 'insertOne', document: accountDocument(change.after) }
          : { namespace, name: 'updateOne', filter: filterOf(change), update: updateOf(change) },
    )
    const options = { ...session, ordered: false, verboseResults: true, maxTimeMS: OPERATION_MS_MAX }
    try {
      const result = await this.#accounts.db.client.bulkWrite<Record<string, AccountDocument>>(
        models,
        options,
      )
      return changes.map((_, index) => resultOf(index, result))
    } catch (error) {
      if (!(error instanceof MongoClientBulkWriteError) || error.cause !== undefined) throw error
      return changes.map((_, index) => resultIn(index, error))
    }
  }
}

/** Matches the account only as it was decided on: same version, and in every wallet that is debited enough to pay. */
function filterOf({ before, after }: AccountChange): Document {
  const filter: Document = { _id: before.id, version: before.version }
  for (const { wallet, delta } of deltasOf(before, after)) {
    if (delta < 0n) filter[`wallets.${wallet}`] = { $gte: -delta }
  }
  return filter
}

/** Changes the balances by what was added or taken, and sets whatever else is different. */
function updateOf({ before, after }: AccountChange): Document {
  const { _id, version, wallets, status, created_at, limits, ...set } = accountDocument(after)
  const $inc: Record<string, bigint> = { version: version - before.version }
  for (const { wallet, delta } of deltasOf(before, after)) $inc[`wallets.${wallet}`] = delta
  // Hardly any commit changes the account itself.
  const administrative = before.status === status ? {} : { status, ...(created_at && { created_at }) }
  const limited = before.limits === after.limits || !limits ? {} : { limits }
  // The one field that an account can lose again.
  const unlimits = !limits && isLimited(before.limits)
  return {
    $inc,
    $set: { ...set, ...administrative, ...limited },
    ...(unlimits && { $unset: { limits: true } }),
  }
}

function deltasOf(before: Account, after: Account): readonly { wallet: string; delta: bigint }[] {
  return Array.from(after.wallets, ([wallet, balance]) => ({
    wallet,
    delta: balance - balanceOf(before, wallet),
  })).filter(({ delta }) => delta !== 0n)
}

function resultOf(index: number, result: ClientBulkWriteResult): CommitResult {
  const written = result.insertResults?.has(index) || result.updateResults?.get(index)?.matchedCount === 1
  if (written) return { type: 'COMMITTED' }
  if (result.updateResults?.has(index)) return { type: 'CONFLICT' }
  return { type: 'FAILED', error: unavailable('committing accounts', undefined) }
}

/** The result of one operation when others, or the write concern, failed. */
function resultIn(index: number, error: MongoClientBulkWriteError): CommitResult {
  const failed = error.writeErrors.get(index)
  if (failed?.code === DUPLICATE_KEY) return { type: 'CONFLICT' }
  if (failed)
    return { type: 'FAILED', error: classified('committing accounts', new MongoServerError(failed)) }

  const result = error.partialResult ? resultOf(index, error.partialResult) : undefined
  // Written, but perhaps not for good: whether it was, the journal will say.
  const durable = error.writeConcernErrors.length === 0
  if (result?.type === 'CONFLICT' || (result && durable)) return result
  return { type: 'FAILED', error: unavailable('committing accounts', error) }
}
