import type { Collection, Db } from 'mongodb'
import type { AccountBooks, AuditStore, Stored } from '../application/verify.js'
import type { Account, AccountId } from '../domain/account.js'
import type { Entry } from '../domain/entry.js'
import { collections } from './collections.js'
import { type AccountDocument, accountAsStored, entryOfLedger, type LedgerDocument } from './documents.js'

/** Documents fetched at a time: what is held in memory. */
const BATCH_SIZE = 500

/** The books in MongoDB, read along the indexes from one end to the other. */
export class MongoAuditStore implements AuditStore {
  readonly #accounts: Collection<AccountDocument>
  readonly #ledger: Collection<LedgerDocument>

  constructor(db: Db) {
    this.#accounts = db.collection<AccountDocument>(collections.accounts)
    this.#ledger = db.collection<LedgerDocument>(collections.ledger)
  }

  /** Number of accounts, roughly: for a progress bar. */
  async roughCount(): Promise<number> {
    return await this.#accounts.estimatedDocumentCount()
  }

  async *accounts(): AsyncGenerator<Stored<Account>> {
    const cursor = this.#accounts.find(
      {},
      { sort: { _id: -1 }, batchSize: BATCH_SIZE, noCursorTimeout: true },
    )
    for await (const document of cursor) yield storedAccount(document)
  }

  async *entries(): AsyncGenerator<Stored<Entry>> {
    const cursor = this.#ledger.find(
      {},
      // The index of the statements, walked backwards.
      {
        sort: { '_id.account': -1, seq: 1 },
        hint: 'account_seq',
        batchSize: BATCH_SIZE,
        noCursorTimeout: true,
      },
    )
    for await (const document of cursor) yield storedEntry(document)
  }

  async account(id: AccountId): Promise<AccountBooks> {
    // In this order: an entry that is in the ledger now must be below the version that is read afterwards.
    const newest = await this.#ledger.findOne(
      { '_id.account': id },
      { sort: { seq: -1 }, hint: 'account_seq' },
    )
    const document = await this.#accounts.findOne({ _id: id })
    return {
      account: document ? storedAccount(document) : undefined,
      entries: this.#entriesOf(id, max(newest?.seq, document?.version)),
    }
  }

  async *#entriesOf(id: AccountId, throughSeq: bigint): AsyncGenerator<Stored<Entry>> {
    const cursor = this.#ledger.find(
      { '_id.account': id, seq: { $lte: throughSeq } },
      { sort: { seq: 1 }, hint: 'account_seq', batchSize: BATCH_SIZE },
    )
    for await (const document of cursor) yield storedEntry(document)
  }
}

function storedAccount(document: AccountDocument): Stored<Account> {
  try {
    return { accountId: document._id, value: accountAsStored(document) }
  } catch (error) {
    return { accountId: document._id, problem: `account: ${String(error)}` }
  }
}

function storedEntry(document: LedgerDocument): Stored<Entry> {
  const { account, transaction } = document._id
  try {
    return { accountId: account, value: entryOfLedger(document) }
  } catch (error) {
    return { accountId: account, problem: `ledger entry ${transaction}: ${String(error)}` }
  }
}

/** The larger of two numbers that may be missing, or of another type in a damaged document. */
function max(...numbers: readonly unknown[]): bigint {
  return numbers.reduce<bigint>(
    (most, number) => (typeof number === 'bigint' && number > most ? number : most),
    0n,
  )
}
