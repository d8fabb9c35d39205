import { type Collection, type Db, MongoBulkWriteError } from 'mongodb'
import type { EntryKey, Ledger } from '../application/ledger.js'
import type { Entry, ReversalEntry } from '../domain/entry.js'
import { OPERATION_MS_MAX } from './client.js'
import { collections } from './collections.js'
import { entryOfLedger, type LedgerDocument, ledgerDocument, ledgerKey } from './documents.js'
import { DUPLICATE_KEY, whileAvailable } from './errors.js'
import { ReadOrder } from './read-order.js'

/** The ledger in MongoDB: one document per entry, its key the account and the transaction id. */
export class MongoLedger implements Ledger {
  readonly #entries: Collection<LedgerDocument>
  readonly #order: ReadOrder

  /** `order` is that of the account store, where there is one. */
  constructor(db: Db, order: ReadOrder = new ReadOrder(db.client)) {
    this.#entries = db.collection<LedgerDocument>(collections.ledger)
    this.#order = order
  }

  async find(keys: readonly EntryKey[]): Promise<readonly Entry[]> {
    const documents = await whileAvailable('reading the ledger', () =>
      this.#order.following(accountsOf(keys), (options) =>
        this.#entries
          .find(filterOf(keys), { ...options, hint: { _id: 1 }, maxTimeMS: OPERATION_MS_MAX })
          .toArray(),
      ),
    )
    return documents.map(entryOfLedger)
  }

  async findReversals(originals: readonly EntryKey[]): Promise<readonly ReversalEntry[]> {
    const wanted = originals.map(({ accountId, transactionId }) => ({
      '_id.account': accountId,
      original: transactionId,
    }))
    const documents = await whileAvailable('reading reversals', () =>
      this.#order.following(accountsOf(originals), (options) =>
        this.#entries.find({ $or: wanted }, { ...options, maxTimeMS: OPERATION_MS_MAX }).toArray(),
      ),
    )
    return documents.map(entryOfLedger).filter((entry) => entry.kind === 'REVERSAL')
  }

  async append(entries: readonly Entry[]): Promise<readonly Entry[]> {
    if (entries.length === 0) return []
    const duplicates = await whileAvailable('writing the ledger', () => this.#insert(entries))
    return duplicates.length === 0 ? [] : await this.missing(duplicates)
  }

  async missing(entries: readonly Entry[]): Promise<readonly Entry[]> {
    const kept = await whileAvailable('reading the ledger', () =>
      this.#order.noting(accountsOf(entries), (options) =>
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

  /** Inserts what is not there and returns the entries whose key, or whose place in the history, was taken. */
  async #insert(entries: readonly Entry[]): Promise<readonly Entry[]> {
    try {
      await this.#order.noting(accountsOf(entries), (options) =>
        this.#entries.insertMany(entries.map(ledgerDocument), {
          ...options,
          ordered: false,
          maxTimeMS: OPERATION_MS_MAX,
        }),
      )
      return []
    } catch (error) {
      if (!(error instanceof MongoBulkWriteError) || hasOtherErrors(error)) throw error
      const taken = new Set(writeErrorsOf(error).map(({ index }) => index))
      return entries.filter((_, index) => taken.has(index))
    }
  }
}

/** The account stands alone too: it is the shard key, and sends the query to the shards that may hold it. */
function filterOf(keys: readonly EntryKey[]) {
  return { '_id.account': { $in: accountsOf(keys) }, _id: { $in: keys.map(ledgerKey) } }
}

/** An entry with its place in the history; an account id has no slash. */
function placeOf(accountId: string, transactionId: string, seq: bigint): string {
  return `${accountId}/${seq}/${transactionId}`
}

function accountsOf(keys: readonly EntryKey[]): readonly string[] {
  return [...new Set(keys.map(({ accountId }) => accountId))]
}

function hasOtherErrors(error: MongoBulkWriteError): boolean {
  const other = writeErrorsOf(error).some(({ code }) => code !== DUPLICATE_KEY)
  return other || error.result.getWriteConcernError() !== undefined || writeErrorsOf(error).length === 0
}

function writeErrorsOf(error: MongoBulkWriteError) {
  return [error.writeErrors].flat()
}
