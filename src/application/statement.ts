import type { AccountId } from '../domain/account.js'
import type { Entry, TransactionId } from '../domain/entry.js'
import { fitsFilter, type StatementFilter } from '../domain/statement.js'
import type { AccountStore } from './account-store.js'
import type { Ledger } from './ledger.js'

/** Where statements are read from, besides the accounts' journals. */
export interface StatementStore {
  /**
   * Entries of an account's history below `beforeSeq` that fit, newest first, at most `limit`.
   *
   * @throws IndecisionError UNAVAILABLE when the store does not answer.
   */
  page(query: StatementQuery): Promise<readonly Entry[]>
}

export type StatementQuery = {
  readonly accountId: AccountId
  /** Only entries with a smaller seq. */
  readonly beforeSeq: bigint
  readonly filter: StatementFilter
  readonly limit: number
}

export type StatementOptions = {
  readonly accounts: AccountStore
  readonly ledger: Ledger
  readonly statements: StatementStore
}

/** Reads histories: what the journal still holds and what the ledger has, as one. */
export class Statement {
  readonly #options: StatementOptions

  constructor(options: StatementOptions) {
    this.#options = options
  }

  /** A page of an account's history, newest first; undefined when nobody opened the account. */
  async read(query: StatementQuery): Promise<readonly Entry[] | undefined> {
    const account = await this.#openedAccount(query.accountId)
    if (!account) return undefined

    const recent = account.journal
      .filter((entry) => entry.seq < query.beforeSeq && fitsFilter(entry, query.filter))
      .reverse()
      .slice(0, query.limit)
    if (recent.length === query.limit) return recent

    // Everything before the journal was in the ledger before the account was read: nothing falls in between.
    const firstSeq = account.journal[0]?.seq ?? account.version + 1n
    const beforeSeq = firstSeq < query.beforeSeq ? firstSeq : query.beforeSeq
    const limit = query.limit - recent.length
    const older = beforeSeq > 1n ? await this.#options.statements.page({ ...query, beforeSeq, limit }) : []
    return [...recent, ...older]
  }

  /** One entry; undefined when there is none, or nobody opened the account. */
  async find(accountId: AccountId, transactionId: TransactionId): Promise<Entry | undefined> {
    const account = await this.#openedAccount(accountId)
    if (!account) return undefined
    const recent = account.journal.find((entry) => entry.transactionId === transactionId)
    if (recent) return recent
    const [settled] = await this.#options.ledger.find([{ accountId, transactionId }])
    return settled
  }

  async #openedAccount(id: AccountId) {
    const account = (await this.#options.accounts.load([id])).get(id)
    return account?.status === 'UNOPENED' ? undefined : account
  }
}
