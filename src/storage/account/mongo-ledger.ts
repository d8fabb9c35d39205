import type { Collection, Db, Document } from 'mongodb'
import type { EntryKey, Ledger } from '../../application/ledger.js'
import { type Entry, type FollowUpEntry, isFollowUp } from '../../domain/entry.js'
import { OPERATION_MS_MAX } from '../client.js'
import { collections } from '../collections.js'
import { runRead, runWrite, throwWriteErrors, type WriteReply } from '../commands.js'
import { DUPLICATE_KEY, isTransientCode, mapTransientErrors } from '../errors.js'
import { byName, type CollectionIdentities } from '../known-collections.js'
import { entryOfLedger, type LedgerDocument, ledgerDocument, ledgerKey } from './ledger-document.js'
import { type InSession, ReadOrder } from './read-order.js'

/**
 * The ledger in MongoDB: one document per entry, keyed by account and transaction id.
 *
 * The commands of decisions name the collection by UUID. A missing ledger must not count as an empty one, and
 * the next entry must not create a new one.
 */
export class MongoLedger implements Ledger {
  readonly #db: Db
  readonly #entries: Collection<LedgerDocument>
  readonly #order: ReadOrder
  readonly #known: CollectionIdentities

  /**
   * @param order shared with the account store, where there is one.
   * @param known shared with the account store, where there is one.
   */
  constructor(db: Db, order: ReadOrder = new ReadOrder(db.client), known: CollectionIdentities = byName) {
    this.#db = db
    this.#entries = db.collection<LedgerDocument>(collections.ledger)
    this.#order = order
    this.#known = known
  }

  async find(keys: readonly EntryKey[]): Promise<readonly Entry[]> {
    const query = { filter: filterOf(keys), hint: { _id: 1 } }
    const documents = await mapTransientErrors('reading the ledger', () =>
      this.#order.readAfter(accountsOf(keys), (options) => this.#find(query, options)),
    )
    return documents.map(entryOfLedger)
  }

  async findFollowUps(originals: readonly EntryKey[]): Promise<readonly FollowUpEntry[]> {
    const wanted = originals.map(({ accountId, transactionId }) => ({
      '_id.account': accountId,
      original: transactionId,
    }))
    const documents = await mapTransientErrors('reading follow-ups', () =>
      this.#order.readAfter(accountsOf(originals), (options) =>
        this.#find({ filter: { $or: wanted } }, options),
      ),
    )
    return documents.map(entryOfLedger).filter(isFollowUp)
  }

  async #find(
    query: Document,
    { session, readConcern = { level: 'majority' } }: InSession,
  ): Promise<readonly LedgerDocument[]> {
    const command = { find: collections.ledger, ...query, readConcern, ...this.#known.on('ledger') }
    return await runRead<LedgerDocument>(this.#db, command, { ...(session && { session }) })
  }

  async append(entries: readonly Entry[]): Promise<readonly Entry[]> {
    if (entries.length === 0) return []
    const duplicates = await mapTransientErrors('writing the ledger', () => this.#insert(entries))
    return duplicates.length === 0 ? [] : await this.missing(duplicates)
  }

  async missing(entries: readonly Entry[]): Promise<readonly Entry[]> {
    const kept = await mapTransientErrors('reading the ledger', () =>
      this.#order.readAndRecord(accountsOf(entries), (options) =>
        this.#entries
          .find(filterOf(entries), {
            ...options,
            hint: { _id: 1 },
            projection: { seq: 1 },
            maxTimeMS: OPERATION_MS_MAX,
          })
          .toArray(),
      ),
    )
    const places = new Set(kept.map(({ _id, seq }) => placeOf(_id.account, _id.transaction, seq)))
    return entries.filter(
      ({ accountId, transactionId, seq }) => !places.has(placeOf(accountId, transactionId, seq)),
    )
  }

  /** Inserts missing entries, and returns those whose key or `seq` was taken. */
  async #insert(entries: readonly Entry[]): Promise<readonly Entry[]> {
    const command = {
      insert: collections.ledger,
      documents: entries.map(ledgerDocument),
      ordered: false,
      ...this.#known.on('ledger'),
    }
    const reply = await this.#order.readAndRecord(accountsOf(entries), ({ session }) =>
      runWrite(this.#db, command, { ...(session && { session }) }),
    )
    throwUnlessTaken(reply)
    const taken = new Set(reply.writeErrors?.map(({ index }) => index))
    return entries.filter((_, index) => taken.has(index))
  }
}

/** Throws the worst error of a reply, unless every failure was a duplicate key. */
function throwUnlessTaken({ writeErrors = [], writeConcernError }: WriteReply): void {
  const others = writeErrors.filter(({ code }) => code !== DUPLICATE_KEY)
  // A permanent error prevents a retry of all of them.
  const worst = others.find(({ code }) => !isTransientCode(code)) ?? others[0]
  throwWriteErrors({
    ...(worst && { writeErrors: [worst] }),
    ...(writeConcernError && { writeConcernError }),
  })
}

/** The account stands alone too: it is the shard key, and routes the query to the shards that may hold it. */
function filterOf(keys: readonly EntryKey[]) {
  return { '_id.account': { $in: accountsOf(keys) }, _id: { $in: keys.map(ledgerKey) } }
}

/** Builds a text that identifies an entry and its `seq`. An account id contains no slash. */
function placeOf(accountId: string, transactionId: string, seq: bigint): string {
  return `${accountId}/${seq}/${transactionId}`
}

function accountsOf(keys: readonly EntryKey[]): readonly string[] {
  return [...new Set(keys.map(({ accountId }) => accountId))]
}
