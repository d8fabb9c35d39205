import { type Collection, type Db, MongoBulkWriteError } from 'mongodb'
import type { EntryKey, Ledger } from '../application/ledger.js'
import type { Entry, ReversalEntry } from '../domain/entry.js'
import { OPERATION_MS_MAX } from './client.js'
import { collections } from './collections.js'
import { entryOfLedger, type LedgerDocument, ledgerDocument, ledgerKey } from './documents.js'
import { DUPLICATE_KEY, whileAvailable } from './errors.js'

/** The ledger in MongoDB: one document per entry, its key the account and the transaction id. */
export class MongoLedger implements Ledger {
  readonly #entries: Collection<LedgerDocument>

  constructor(db: Db) {
    this.#entries = db.collection<LedgerDocument>(collections.ledger)
  }

  async find(keys: readonly EntryKey[]): Promise<readonly Entry[]> {
    const documents = await whileAvailable('reading the ledger', () =>
      this.#entries
        .find(
          // The account stands alone too: it is the shard key, and sends the query to the shards that may hold it.
          { '_id.account': { $in: accountsOf(keys) }, _id: { $in: keys.map(ledgerKey) } },
          { hint: { _id: 1 }, maxTimeMS: OPERATION_MS_MAX },
        )
        .toArray(),
    )
    return documents.map(entryOfLedger)
  }

  async findReversals(originals: readonly EntryKey[]): Promise<readonly ReversalEntry[]> {
    const wanted = originals.map(({ accountId, transactionId }) => ({
      '_id.account': accountId,
      original: transactionId,
    }))
    const documents = await whileAvailable('reading reversals', () =>
      this.#entries.find({ $or: wanted }, { maxTimeMS: OPERATION_MS_MAX }).toArray(),
    )
    return documents.map(entryOfLedger).filter((entry) => entry.kind === 'REVERSAL')
  }

  async append(entries: readonly Entry[]): Promise<readonly Entry[]> {
    if (entries.length === 0) return []
    const duplicates = await whileAvailable('writing the ledger', () => this.#insert(entries))
    if (duplicates.length === 0) return []

    const kept = await this.find(duplicates)
    return duplicates.filter(
      ({ accountId, transactionId, seq }) =>
        !kept.some(
          (entry) =>
            entry.accountId === accountId && entry.transactionId === transactionId && entry.seq === seq,
        ),
    )
  }

  /** Inserts what is not there and returns the entries whose key, or whose place in the history, was taken. */
  async #insert(entries: readonly Entry[]): Promise<readonly Entry[]> {
    try {
      await this.#entries.insertMany(entries.map(ledgerDocument), {
        ordered: false,
        maxTimeMS: OPERATION_MS_MAX,
      })
      return []
    } catch (error) {
      if (!(error instanceof MongoBulkWriteError) || hasOtherErrors(error)) throw error
      const taken = new Set(writeErrorsOf(error).map(({ index }) => index))
      return entries.filter((_, index) => taken.has(index))
    }
  }
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
