import type { Account, AccountId } from '../domain/account.js'
import { AccountAudit, type AuditResult } from '../domain/audit.js'
import { auditTakenBack } from '../domain/audit-taken-back.js'
import type { Damage } from '../domain/damage.js'
import type { Entry } from '../domain/entry.js'
import type { Ledger } from './ledger.js'

/** Purchases looked up at a time. */
const LOOK_UP_MAX = 200

/** Reads the books as they are stored, damaged or not. */
export interface AuditStore {
  /** Every account, ids falling. */
  accounts(): AsyncIterable<Stored<Account> | Stray>
  /** Every entry of the ledger, account ids falling and each account's entries rising. */
  entries(): AsyncIterable<Stored<Entry> | Stray>
  /** One account as it is now, and the entries that its ledger has had no later than that, rising. */
  account(id: AccountId): Promise<AccountBooks>
}

/** A document, or why it cannot be read. */
export type Stored<T> =
  | { readonly accountId: AccountId; readonly value: T; readonly problem?: never }
  | { readonly accountId: AccountId; readonly problem: string; readonly value?: never }

/** A document that names no account, and what it is instead. Where it stands among the others is of no meaning. */
export type Stray = { readonly stray: string }

export type AccountBooks = {
  /** Absent when there is no such account. */
  readonly account: Stored<Account> | undefined
  readonly entries: AsyncIterable<Stored<Entry>>
}

export type VerifyOptions = {
  readonly store: AuditStore
  readonly ledger: Ledger
  /** Whether to copy to the ledger what only journals hold. */
  readonly repair: boolean
  readonly onDamage: (damage: Damage) => void
  /** Told after each account how many have been looked at. */
  readonly onProgress: (accounts: number) => void
}

export type VerifySummary = {
  readonly accounts: number
  /** In the ledger. */
  readonly entries: number
  readonly damages: number
  /** Entries that only journals held. No damage. */
  readonly unsettled: number
}

/**
 * Checks every invariant of the books, account by account, in bounded memory. May run beside the service: what looks wrong is
 * looked at once more, as of that moment, before it is reported.
 */
export class Verify {
  readonly #options: VerifyOptions
  readonly #summary = { accounts: 0, entries: 0, damages: 0, unsettled: 0 }

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

  /** The documents that name an account; the others are reported, and left out. */
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

  #report(damage: Damage): void {
    this.#summary.damages += 1
    this.#options.onDamage(damage)
  }

  /** Entries that come before the account's: no account has them. */
  async #auditWithoutAccount(entries: LookAhead, before: AccountId): Promise<void> {
    for (let next = await entries.next(); next && next.accountId > before; next = await entries.next()) {
      await this.#audit(next.accountId, { account: undefined, entries: entries.of(next.accountId) })
    }
  }

  async #audit(id: AccountId, books: AccountBooks): Promise<void> {
    const first = await this.#addUp(id, books)
    const wrong = first.damages.length > 0
    // What came in between the two reads looks like damage the first time.
    const result = wrong ? await this.#addUp(id, await this.#options.store.account(id)) : first
    this.#summary.accounts += 1
    this.#summary.entries += first.entries
    this.#summary.unsettled += result.unsettled.length
    for (const damage of result.damages) this.#report(damage)
    const repairable = result.damages.length === 0 && result.unsettled.length > 0
    if (this.#options.repair && repairable) await this.#options.ledger.append(result.unsettled)
    this.#options.onProgress(this.#summary.accounts)
  }

  async #addUp(
    id: AccountId,
    { account, entries }: AccountBooks,
  ): Promise<AuditResult & { entries: number }> {
    const audit = new AccountAudit(id, account?.value)
    const unreadable: Damage[] = []
    const cannotRead = (problem: string) =>
      unreadable.push({ accountId: id, kind: 'UNREADABLE', detail: problem })
    let count = 0
    for await (const entry of entries) {
      count += 1
      if (entry.value) audit.add(entry.value)
      else cannotRead(entry.problem)
    }
    if (account?.problem !== undefined) {
      cannotRead(account.problem)
      return { damages: unreadable, unsettled: [], takenBack: new Map(), entries: count }
    }
    const result = audit.finish()
    // A purchase that cannot be read cannot be looked up either: first things first.
    const readable = unreadable.length === 0
    const reversals = readable ? await this.#checkReversals(id, account?.value, result) : []
    return { ...result, damages: [...unreadable, ...result.damages, ...reversals], entries: count }
  }

  /** Compares what was taken back with the purchases, wherever these are kept. */
  async #checkReversals(
    accountId: AccountId,
    account: Account | undefined,
    { takenBack }: AuditResult,
  ): Promise<readonly Damage[]> {
    const damages: Damage[] = []
    for (const lot of lotsOf(takenBack)) {
      const keys = lot.map(([transactionId]) => ({ accountId, transactionId }))
      const known = [...(await this.#options.ledger.find(keys)), ...(account?.journal ?? [])]
      const originals = new Map(known.map((entry) => [entry.transactionId, entry]))
      for (const [transactionId, taken] of lot)
        damages.push(...auditTakenBack({ accountId, transactionId }, taken, originals.get(transactionId)))
    }
    return damages
  }
}

/** All of them, at most {@link LOOK_UP_MAX} at a time. */
function* lotsOf<T>(all: Iterable<T>): Generator<readonly T[]> {
  let lot: T[] = []
  for (const one of all) {
    lot.push(one)
    if (lot.length < LOOK_UP_MAX) continue
    yield lot
    lot = []
  }
  if (lot.length > 0) yield lot
}

/** Entries one after another, with a look at the next one before it is taken. */
class LookAhead {
  readonly #rows: AsyncIterator<Stored<Entry>>
  #next: Stored<Entry> | undefined
  #looked = false

  constructor(rows: AsyncIterable<Stored<Entry>>) {
    this.#rows = rows[Symbol.asyncIterator]()
  }

  /** The next entry, left where it is; undefined after the last. */
  async next(): Promise<Stored<Entry> | undefined> {
    if (!this.#looked) {
      const { done, value } = await this.#rows.next()
      this.#next = done ? undefined : value
      this.#looked = true
    }
    return this.#next
  }

  /** Takes the entries of one account, as long as they come. */
  async *of(id: AccountId): AsyncGenerator<Stored<Entry>> {
    for (let next = await this.next(); next?.accountId === id; next = await this.next()) {
      this.#looked = false
      yield next
    }
  }
}
