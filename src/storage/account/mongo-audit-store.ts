import { BSON, type Collection, type Db, type FindCursor } from 'mongodb'
import type { AccountBooks, AuditStore, Stored, Stray } from '../../application/verify.js'
import type { Account } from '../../domain/account.js'
import type { AccountId } from '../../domain/account-status.js'
import type { Entry } from '../../domain/entry.js'
import { invariant } from '../../domain/invariant.js'
import { collections } from '../collections.js'
import { type AccountDocument, accountAsStored } from './account-document.js'
import { entryOfLedger, type LedgerDocument } from './ledger-document.js'
import { nextExpiryOf } from './open-hold-document.js'

/** Documents in one batch: bounds the memory, and the time that MongoDB spends on one piece. */
const BATCH_SIZE = 100

/** Longest excerpt of a document that names no account, in characters. */
const STRAY_LENGTH_MAX = 200

/** The books in MongoDB, read along the indexes from one end to the other. */
export class MongoAuditStore implements AuditStore {
  readonly #accounts: Collection<AccountDocument>
  readonly #ledger: Collection<LedgerDocument>
  readonly #pause: ((durationMs: number) => Promise<unknown>) | undefined

  /** @param options `pause` leaves the database to others after each batch, for as long as the batch took. */
  constructor(db: Db, { pause }: { readonly pause?: (durationMs: number) => Promise<unknown> } = {}) {
    this.#pause = pause
    this.#accounts = db.collection<AccountDocument>(collections.accounts)
    this.#ledger = db.collection<LedgerDocument>(collections.ledger)
  }

  /** Estimates the number of accounts, for a progress bar. */
  async estimatedCount(): Promise<number> {
    return await this.#accounts.estimatedDocumentCount()
  }

  async *accounts(): AsyncGenerator<Stored<Account> | Stray> {
    const cursor = this.#accounts.find(
      {},
      { sort: { _id: -1 }, batchSize: BATCH_SIZE, noCursorTimeout: true },
    )
    for await (const document of this.#piecewise(cursor))
      yield isName(document._id) ? storedAccount(document) : stray('account', document._id)
  }

  async *entries(): AsyncGenerator<Stored<Entry> | Stray> {
    const cursor = this.#ledger.find(
      {},
      // Walks the index of the statements backwards.
      {
        sort: { '_id.account': -1, seq: 1 },
        hint: 'account_seq',
        batchSize: BATCH_SIZE,
        noCursorTimeout: true,
      },
    )
    for await (const document of this.#piecewise(cursor))
      yield isName(accountIn(document)) ? storedEntry(document) : stray('ledger entry', document._id)
  }

  async *#piecewise<T>(cursor: FindCursor<T>): AsyncGenerator<T> {
    for (;;) {
      const askedAtMs = performance.now()
      if (!(await cursor.hasNext())) return
      // Not the time of the consumer, who waits for the other cursor meanwhile.
      const tookMs = performance.now() - askedAtMs
      yield* cursor.readBufferedDocuments()
      await this.#pause?.(tookMs)
    }
  }

  async account(id: AccountId): Promise<AccountBooks> {
    // The order matters: an entry that is in the ledger now is below the version that is read afterwards.
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
    // The query also matches a list that contains the id. `entries` has already reported such a document.
    for await (const document of cursor) if (accountIn(document) === id) yield storedEntry(document)
  }
}

function storedAccount(document: AccountDocument): Stored<Account> {
  try {
    const account = accountAsStored(document)
    // Decisions do not need this field. With a wrong one, the sweeper does not find the account in time.
    invariant(
      document.next_expiry?.getTime() === nextExpiryOf(account.holds)?.getTime(),
      'the next expiry of an account is that of its first hold to expire',
    )
    return { accountId: document._id, value: account }
  } catch (error) {
    return { accountId: document._id, problem: `account: ${String(error)}` }
  }
}

function storedEntry(document: LedgerDocument): Stored<Entry> {
  const { account, transaction } = document._id
  try {
    invariant(
      Object.keys(document._id).join() === 'account,transaction',
      'a key is an account and a transaction',
    )
    invariant(typeof transaction === 'string', 'the id of a transaction is text')
    return { accountId: account, value: entryOfLedger(document) }
  } catch (error) {
    const text = BSON.EJSON.stringify({ transaction }).slice(0, STRAY_LENGTH_MAX)
    return { accountId: account, problem: `ledger entry ${text}: ${String(error)}` }
  }
}

/** Reads the account's id from a key of any type: in a damaged document it may be anything. */
function accountIn(document: { readonly _id: unknown }): unknown {
  const { _id: key } = document
  return typeof key === 'object' && key !== null && 'account' in key ? key.account : undefined
}

function isName(id: unknown): boolean {
  return typeof id === 'string' && id !== ''
}

function stray(what: string, id: unknown): Stray {
  const text = BSON.EJSON.stringify({ _id: id }).slice(0, STRAY_LENGTH_MAX)
  return { stray: `${what} ${text} names no account` }
}

/** Returns the larger number. In a damaged document a number may be missing or of another type. */
function max(...numbers: readonly unknown[]): bigint {
  return numbers.reduce<bigint>(
    (most, number) => (typeof number === 'bigint' && number > most ? number : most),
    0n,
  )
}
