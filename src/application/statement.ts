import type { AccountId } from '../domain/account-status.js'
import type { Entry, TransactionId } from '../domain/entry.js'
import { fitsFilter, type StatementFilter } from '../domain/statement.js'
import type { AccountStore } from './account-store.js'
import type { Ledger } from './ledger.js'
import { readPlaces } from './places.js'

/** A source of ledger entries for statements. */
export interface StatementStore {
  /**
   * Returns an account's entries below `beforeSeq` that match the filter, newest first, at most `limit`.
   *
   * @throws UndecidedError UNAVAILABLE when the store does not answer.
   */
  page(query: StatementQuery): Promise<readonly Entry[]>
}

export type StatementQuery = {
  readonly accountId: AccountId
  /** Only entries with a smaller `seq`. */
  readonly beforeSeq: bigint
  readonly filter: StatementFilter
  readonly limit: number
}

export type StatementOptions = {
  readonly accounts: AccountStore
  readonly ledger: Ledger
  readonly statements: StatementStore
}

/** Reads an account's history from its journal and the ledger together. */
export class Statement {
  readonly #options: StatementOptions
  /** For single entries. Pages are admitted by their callers. */
  readonly #places = readPlaces()

  constructor(options: StatementOptions) {
    this.#options = options
  }

  /** Returns a page of an account's history, newest first; undefined when the account was never opened. */
  async read(query: StatementQuery): Promise<readonly Entry[] | undefined> {
    const account = await this.#openedAccount(query.accountId)
    if (!account) return undefined

    const recent = account.journal
      .filter((entry) => entry.seq < query.beforeSeq && fitsFilter(entry, query.filter))
      .reverse()
      .slice(0, query.limit)
    if (recent.length === query.limit) return recent

    // All entries before the journal were in the ledger before the account was read, so none is missed in
    // between.
    const firstSeq = account.journal[0]?.seq ?? account.version + 1n
    const beforeSeq = firstSeq < query.beforeSeq ? firstSeq : query.beforeSeq
    const limit = query.limit - recent.length
    const older = beforeSeq > 1n ? await this.#options.statements.page({ ...query, beforeSeq, limit }) : []
    return [...recent, ...older]
  }

  /**
   * Finds one entry; undefined when there is none, or the account was never opened.
   *
   * @throws UndecidedError OVERLOADED when too many callers are waiting.
   */
  async find(accountId: AccountId, transactionId: TransactionId): Promise<Entry | undefined> {
    return await this.#places.run(() => this.#find(accountId, transactionId))
  }

  async #find(accountId: AccountId, transactionId: TransactionId): Promise<Entry | undefined> {
    const account = await this.#openedAccount(accountId)
    if (!account) return undefined
    const recent = account.journal.find((entry) => entry.transactionId === transactionId)
    if (recent) return recent
    const [posted] = await this.#options.ledger.find([{ accountId, transactionId }])
    return posted
  }

  async #openedAccount(id: AccountId) {
    const account = (await this.#options.accounts.load([id])).get(id)
    return account?.status === 'UNOPENED' ? undefined : account
  }
}
