import { type Collection, type Db, type Document, MongoServerError, MongoWriteConcernError } from 'mongodb'
import type { AccountChange, AccountStore, CommitResult } from '../../application/account-store.js'
import type { EntryKey } from '../../application/ledger.js'
import type { Account } from '../../domain/account.js'
import type { AccountId } from '../../domain/account-status.js'
import type { Entry } from '../../domain/entry.js'
import { isLimited } from '../../domain/limits.js'
import { OPERATION_MS_MAX } from '../client.js'
import { collections } from '../collections.js'
import {
  type BulkReply,
  type OperationResult,
  runBulkWrite,
  runRead,
  runWrite,
  throwWriteErrors,
} from '../commands.js'
import { classified, DUPLICATE_KEY, mapTransientErrors, unavailable } from '../errors.js'
import { byName, type CollectionIdentities } from '../known-collections.js'
import {
  type AccountDocument,
  accountDocument,
  accountFields,
  accountOf,
  holdFields,
} from './account-document.js'
import { entryOfLedger, type LedgerDocument, ledgerKey } from './ledger-document.js'
import { MongoLedger } from './mongo-ledger.js'
import { type InSession, ReadOrder } from './read-order.js'

/** The session of a commit on a sharded cluster; empty on a replica set. */
type CommitSession = Pick<InSession, 'session'>

type AccountsWithEntries = {
  readonly accounts: ReadonlyMap<AccountId, Account>
  readonly entries: readonly Entry[]
}

/**
 * Most journal entries in one command. A command holds at most 16 MiB and an entry a few hundred bytes. A
 * group is split only when the ledger has been away for so long that the journals have grown.
 */
const ENTRIES_MAX = 4_096

/**
 * Accounts in MongoDB: one document each, written only by conditional single-document updates.
 *
 * Every write names its collection by UUID. A read that does not find an account fails unless the right
 * collection answered.
 */
export class MongoAccountStore implements AccountStore {
  readonly #db: Db
  readonly #accounts: Collection<AccountDocument>
  readonly #ledger: MongoLedger
  readonly #order: ReadOrder
  readonly #known: CollectionIdentities

  /**
   * @param order shared with the ledger, where there is one.
   * @param known shared with the ledger, where there is one.
   */
  constructor(db: Db, order: ReadOrder = new ReadOrder(db.client), known: CollectionIdentities = byName) {
    this.#db = db
    this.#accounts = db.collection<AccountDocument>(collections.accounts)
    this.#ledger = new MongoLedger(db, order, known)
    this.#order = order
    this.#known = known
  }

  async load(ids: readonly AccountId[]): Promise<ReadonlyMap<AccountId, Account>> {
    const documents = await mapTransientErrors('loading accounts', () =>
      this.#order.readAndRecord(ids, (options) =>
        this.#accounts
          .find({ _id: { $in: [...ids] } }, { ...options, maxTimeMS: OPERATION_MS_MAX })
          .toArray(),
      ),
    )
    const accounts = new Map(documents.map((document) => [document._id, accountOf(document)]))
    await this.#confirmMissing(ids, accounts)
    return accounts
  }

  async loadWithEntries(ids: readonly AccountId[], keys: readonly EntryKey[]): Promise<AccountsWithEntries> {
    const isSharded = await mapTransientErrors('loading accounts', () => this.#order.isSharded())
    return isSharded ? await this.#loadInOrder(ids, keys) : await this.#loadAtOnce(ids, keys)
  }

  /**
   * Reads from a sharded cluster, with two commands that go only to the shards of these accounts.
   *
   * An entry that left the journal before the account was read is in the ledger, which is read no earlier.
   * Entries that reached the ledger later are not part of this history yet.
   */
  async #loadInOrder(ids: readonly AccountId[], keys: readonly EntryKey[]): Promise<AccountsWithEntries> {
    const accounts = await this.load(ids)
    return { accounts, entries: keys.length === 0 ? [] : await this.#ledger.find(keys) }
  }

  /**
   * Reads from a replica set, with one command for both collections. It reads a snapshot, so no entry can
   * leave a journal between the two.
   */
  async #loadAtOnce(ids: readonly AccountId[], keys: readonly EntryKey[]): Promise<AccountsWithEntries> {
    const inAccounts = { coll: collections.accounts, pipeline: [{ $match: { _id: { $in: ids } } }] }
    const command = {
      // The ledger comes first because only the first collection can be named by UUID. An entry missing from
      // it would count as new.
      aggregate: collections.ledger,
      pipeline: [{ $match: { _id: { $in: keys.map(ledgerKey) } } }, { $unionWith: inAccounts }],
      cursor: {},
      readConcern: { level: 'snapshot' },
    }
    const documents = await mapTransientErrors('loading accounts', () =>
      runRead<AccountDocument | LedgerDocument>(this.#db, { ...command, ...this.#known.on('ledger') }),
    )
    const accounts = new Map<AccountId, Account>()
    const entries: Entry[] = []
    for (const document of documents) {
      if ('journal' in document) accounts.set(document._id, accountOf(document))
      else entries.push(entryOfLedger(document))
    }
    await this.#confirmMissing(ids, accounts)
    return { accounts, entries }
  }

  /**
   * Confirms that the right collection lacks the accounts that were not found, and fails otherwise. A UUID is
   * never reused, so a collection that has it now also had it during the read. Costs a round trip, and only
   * when an account was not found.
   */
  async #confirmMissing(ids: readonly AccountId[], found: ReadonlyMap<AccountId, Account>): Promise<void> {
    const missing = ids.find((id) => !found.has(id))
    const { collectionUUID } = this.#known.on('accounts')
    if (missing === undefined || !collectionUUID) return
    const command = {
      find: collections.accounts,
      filter: { _id: missing },
      projection: { _id: 1 },
      singleBatch: true,
      readConcern: { level: 'majority' },
      collectionUUID,
    }
    await mapTransientErrors('finding an account', () => runRead(this.#db, command))
  }

  async commit(changes: readonly AccountChange[]): Promise<readonly CommitResult[]> {
    const [only, ...more] = changes
    if (only === undefined) return []
    return await mapTransientErrors('committing accounts', () =>
      this.#order.commit(async (session) =>
        more.length === 0
          ? [await this.#commitOne(only, session)]
          : await this.#commitTogether(changes, session),
      ),
    )
  }

  async #commitOne(change: AccountChange, session: CommitSession): Promise<CommitResult> {
    const write =
      change.before.version === 0n
        ? { insert: collections.accounts, documents: [accountDocument(change.after)] }
        : { update: collections.accounts, updates: [{ q: filterOf(change), u: updateOf(change) }] }
    const reply = await runWrite(this.#db, { ...write, ...this.#known.on('accounts') }, session)
    if (reply.writeErrors?.[0]?.code === DUPLICATE_KEY) return { type: 'CONFLICT' }
    throwWriteErrors(reply)
    return { type: reply.n === 1 ? 'COMMITTED' : 'CONFLICT' }
  }

  async #commitTogether(
    changes: readonly AccountChange[],
    session: CommitSession,
  ): Promise<readonly CommitResult[]> {
    const results: CommitResult[] = []
    for (const part of partsOf(changes)) results.push(...(await this.#commitPart(part, session)))
    return results
  }

  /**
   * Commits a part in one round trip: MongoDB 8's `bulkWrite` command reports the result of each operation.
   */
  async #commitPart(
    changes: readonly AccountChange[],
    session: CommitSession,
  ): Promise<readonly CommitResult[]> {
    const command = {
      bulkWrite: 1,
      ops: changes.map((change) =>
        change.before.version === 0n
          ? { insert: 0, document: accountDocument(change.after) }
          : { update: 0, filter: filterOf(change), updateMods: updateOf(change), multi: false },
      ),
      nsInfo: [{ ns: this.#accounts.namespace, ...this.#known.on('accounts') }],
      ordered: false,
      errorsOnly: false,
    }
    const reply = await runBulkWrite(this.#db, command, session)
    return resultsOf(reply, changes.length)
  }
}

/** Splits the changes into parts that fit into one command; nearly always one. */
function partsOf(changes: readonly AccountChange[]): readonly (readonly AccountChange[])[] {
  const parts: AccountChange[][] = []
  let entries = Number.POSITIVE_INFINITY
  for (const change of changes) {
    entries += change.after.journal.length
    if (entries > ENTRIES_MAX) {
      parts.push([])
      entries = change.after.journal.length
    }
    parts.at(-1)?.push(change)
  }
  return parts
}

/** Matches the account only as decided on: the same version, and enough money in every debited wallet. */
function filterOf({ before, after }: AccountChange): Document {
  const filter: Document = { _id: before.id, version: before.version }
  for (const { wallet, delta } of deltasOf(before.wallets, after.wallets)) {
    if (delta < 0n) filter[`wallets.${wallet}`] = { $gte: -delta }
  }
  return filter
}

/** Increments the amounts by what was added or taken, and sets every other field that changed. */
function updateOf({ before, after }: AccountChange): Document {
  const { _id, version, wallets, status, created_at, limits, ...set } = accountFields(after)
  const $inc: Record<string, bigint> = { version: version - before.version }
  for (const part of ['wallets', 'held', 'owed'] as const) {
    for (const { wallet, delta } of deltasOf(before[part], after[part])) $inc[`${part}.${wallet}`] = delta
  }
  // Hardly any commit changes the account itself.
  const administrative = before.status === status ? {} : { status, ...(created_at && { created_at }) }
  const limited = before.limits === after.limits || !limits ? {} : { limits }
  const held = before.holds === after.holds ? {} : holdFields(after)
  // Limits and holds are the only fields that an account can lose.
  const $unset = {
    ...(!limits && isLimited(before.limits) && { limits: true }),
    ...(before.holds.length > 0 && after.holds.length === 0 && { holds: true, next_expiry: true }),
  }
  return {
    $inc,
    $set: { ...set, ...administrative, ...limited, ...held },
    ...(Object.keys($unset).length > 0 && { $unset }),
  }
}

type Amounts = Account['wallets']

/** Returns the difference of each wallet that changed. */
function deltasOf(before: Amounts, after: Amounts): readonly { wallet: string; delta: bigint }[] {
  // Most commits leave the held and the owed money as they were.
  if (before === after) return []
  return Array.from(after, ([wallet, amount]) => ({
    wallet,
    delta: amount - (before.get(wallet) ?? 0n),
  })).filter(({ delta }) => delta !== 0n)
}

/** Reads the result of each operation from the reply. */
function resultsOf({ cursor, writeConcernError }: BulkReply, count: number): readonly CommitResult[] {
  const byIndex = new Map(cursor.firstBatch.map((result) => [result.idx, result]))
  // The writes are applied but may be rolled back. The journal will tell.
  const doubt = writeConcernError && new MongoWriteConcernError({ ok: 1, writeConcernError })
  return Array.from({ length: count }, (_, index) => resultOf(byIndex.get(index), doubt))
}

function resultOf(result: OperationResult | undefined, doubt: Error | undefined): CommitResult {
  if (result?.code === DUPLICATE_KEY) return { type: 'CONFLICT' }
  if (result && result.ok !== 1)
    return { type: 'FAILED', error: classified('committing accounts', new MongoServerError(result)) }
  if (result?.n === 0) return { type: 'CONFLICT' }
  if (result && !doubt) return { type: 'COMMITTED' }
  return { type: 'FAILED', error: unavailable('committing accounts', doubt) }
}
