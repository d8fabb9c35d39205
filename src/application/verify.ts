import type { Account } from '../domain/account.js'
import type { AccountId } from '../domain/account-status.js'
import { AccountAudit, type AuditResult } from '../domain/audit.js'
import { auditPurchases } from '../domain/audit-purchase.js'
import type { Discrepancy } from '../domain/discrepancy.js'
import type { Entry, TransactionId } from '../domain/entry.js'
import type { Ledger } from './ledger.js'

/** Most entries of an account that are kept for the audit of its purchases. Others are read again. */
const KEPT_MAX = 1_000
/** Most purchases per look-up. */
const LOOK_UP_MAX = 200

/** Reads the books as stored, damaged or not. */
export interface AuditStore {
  /** Reads all accounts, by falling id. */
  accounts(): AsyncIterable<Stored<Account> | Stray>
  /** Reads all entries of the ledger, by falling account id, then rising `seq`. */
  entries(): AsyncIterable<Stored<Entry> | Stray>
  /** Reads one account as it is now, and its ledger entries as of that moment or earlier, by rising `seq`. */
  account(id: AccountId): Promise<AccountBooks>
}

/** A document, or the reason why it cannot be read. */
export type Stored<T> =
  | { readonly accountId: AccountId; readonly value: T; readonly problem?: never }
  | { readonly accountId: AccountId; readonly problem: string; readonly value?: never }

/** A document that names no account, described for people. Its position in the stream has no meaning. */
export type Stray = { readonly stray: string }

export type AccountBooks = {
  /** Absent when the account does not exist. */
  readonly account: Stored<Account> | undefined
  readonly entries: AsyncIterable<Stored<Entry>>
}

export type VerifyOptions = {
  readonly store: AuditStore
  readonly ledger: Ledger
  /** Whether to post entries to the ledger that only journals hold. */
  readonly repair: boolean
  readonly onDiscrepancy: (discrepancy: Discrepancy) => void
  /** Called after each account, with the number of accounts audited so far. */
  readonly onProgress: (accounts: number) => void
}

export type VerifySummary = {
  readonly accounts: number
  /** Number of entries in the ledger. */
  readonly entries: number
  readonly discrepancies: number
  /** Entries that only journals held. Not a discrepancy. */
  readonly unposted: number
}

/**
 * Checks every invariant of the books, account by account, in bounded memory. May run beside the service: it
 * reads an account with findings once more, as of that moment, before it reports them.
 */
export class Verify {
  readonly #options: VerifyOptions
  readonly #summary = { accounts: 0, entries: 0, discrepancies: 0, unposted: 0 }

  constructor(options: VerifyOptions) {
    this.#options = options
  }

  async run(): Promise<VerifySummary> {
    const { store } = this.#options
    const entries = new LookAhead(this.#named('entries', store.entries()))
    for await (const account of this.#named('accounts', store.accounts())) {
      await this.#auditWithoutAccount(entries, account.accountId)
      await this.#audit(account.accountId, { account, entries: entries.of(account.accountId) })
    }
    await this.#auditWithoutAccount(entries, '')
    return this.#summary
  }

  /** Yields the documents that name an account. Reports all others as unreadable. */
  async *#named<T>(
    counted: 'accounts' | 'entries',
    documents: AsyncIterable<Stored<T> | Stray>,
  ): AsyncGenerator<Stored<T>> {
    for await (const document of documents) {
      if (!('stray' in document)) {
        yield document
        continue
      }
      this.#summary[counted] += 1
      this.#report({ accountId: '', kind: 'UNREADABLE', detail: document.stray })
    }
  }

  #report(discrepancy: Discrepancy): void {
    this.#summary.discrepancies += 1
    this.#options.onDiscrepancy(discrepancy)
  }

  /** Audits entries that come before the account's own: their accounts do not exist. */
  async #auditWithoutAccount(entries: LookAhead, before: AccountId): Promise<void> {
    for (let next = await entries.next(); next && next.accountId > before; next = await entries.next()) {
      await this.#audit(next.accountId, { account: undefined, entries: entries.of(next.accountId) })
    }
  }

  async #audit(id: AccountId, books: AccountBooks): Promise<void> {
    const first = await this.#addUp(id, books)
    const wrong = first.discrepancies.length > 0
    // A commit between the reads of the account and of its entries looks like a discrepancy, so read both
    // again.
    const result = wrong ? await this.#addUp(id, await this.#options.store.account(id)) : first
    this.#summary.accounts += 1
    this.#summary.entries += first.entries
    this.#summary.unposted += result.unposted.length
    for (const discrepancy of result.discrepancies) this.#report(discrepancy)
    const repairable = result.discrepancies.length === 0 && result.unposted.length > 0
    if (this.#options.repair && repairable) await this.#options.ledger.append(result.unposted)
    this.#options.onProgress(this.#summary.accounts)
  }

  async #addUp(
    id: AccountId,
    { account, entries }: AccountBooks,
  ): Promise<AuditResult & { entries: number }> {
    const audit = new AccountAudit(id, account?.value)
    const unreadable: Discrepancy[] = []
    const cannotRead = (problem: string) =>
      unreadable.push({ accountId: id, kind: 'UNREADABLE', detail: problem })
    const kept: Entry[] = []
    let count = 0
    for await (const entry of entries) {
      count += 1
      if (count <= KEPT_MAX && entry.value) kept.push(entry.value)
      if (entry.value) audit.add(entry.value)
      else cannotRead(entry.problem)
    }
    if (account?.problem !== undefined) {
      cannotRead(account.problem)
      return { discrepancies: unreadable, unposted: [], followed: new Set(), entries: count }
    }
    const result = audit.finish()
    // An unreadable purchase cannot be looked up, so report unreadable documents first.
    const readable = unreadable.length === 0
    const history = count <= KEPT_MAX ? kept : undefined
    const purchases = readable ? await this.#checkPurchases(id, account?.value, result, history) : []
    return {
      ...result,
      discrepancies: [...unreadable, ...result.discrepancies, ...purchases],
      entries: count,
    }
  }

  /**
   * Checks the purchases with later steps, with all of their entries up to the account's version. Reads these
   * entries again, unless the whole history is at hand.
   */
  async #checkPurchases(
    accountId: AccountId,
    account: Account | undefined,
    { followed }: AuditResult,
    history: readonly Entry[] | undefined,
  ): Promise<readonly Discrepancy[]> {
    const { journal = [], version = 0n } = account ?? {}
    const discrepancies: Discrepancy[] = []
    for (const ids of chunksOf(followed)) {
      const inLedger = history ?? (await this.#entriesOf(accountId, ids))
      const upToVersion = [...inLedger, ...journal].filter(({ seq }) => seq <= version)
      discrepancies.push(...auditPurchases(accountId, ids, upToVersion))
    }
    return discrepancies
  }

  /** Reads purchases and the entries that follow them from the ledger. */
  async #entriesOf(accountId: AccountId, ids: readonly TransactionId[]): Promise<readonly Entry[]> {
    const { ledger } = this.#options
    const keys = ids.map((transactionId) => ({ accountId, transactionId }))
    return [...(await ledger.find(keys)), ...(await ledger.findFollowUps(keys))]
  }
}

/** Splits the items into lots of at most {@link LOOK_UP_MAX}. */
function* chunksOf<T>(all: Iterable<T>): Generator<readonly T[]> {
  let lot: T[] = []
  for (const one of all) {
    lot.push(one)
    if (lot.length < LOOK_UP_MAX) continue
    yield lot
    lot = []
  }
  if (lot.length > 0) yield lot
}

/** A stream of entries that can return the next entry without taking it. */
class LookAhead {
  readonly #rows: AsyncIterator<Stored<Entry>>
  #next: Stored<Entry> | undefined
  #looked = false

  constructor(rows: AsyncIterable<Stored<Entry>>) {
    this.#rows = rows[Symbol.asyncIterator]()
  }

  /** Returns the next entry without taking it; undefined after the last. */
  async next(): Promise<Stored<Entry> | undefined> {
    if (!this.#looked) {
      const { done, value } = await this.#rows.next()
      this.#next = done ? undefined : value
      this.#looked = true
    }
    return this.#next
  }

  /** Takes the entries of one account, as long as they follow each other. */
  async *of(id: AccountId): AsyncGenerator<Stored<Entry>> {
    for (let next = await this.next(); next?.accountId === id; next = await this.next()) {
      this.#looked = false
      yield next
    }
  }
}
