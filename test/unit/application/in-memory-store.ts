import type { AccountChange, AccountStore, CommitResult } from '../../../src/application/account-store.js'
import { UndecidedError } from '../../../src/application/errors.js'
import type { EntryKey, Ledger } from '../../../src/application/ledger.js'
import { type Account, JOURNAL_MAX } from '../../../src/domain/account.js'
import type { AccountId } from '../../../src/domain/account-status.js'
import { type Entry, type FollowUpEntry, isFollowUp } from '../../../src/domain/entry.js'
import { type Fault, StoreOperation } from './store-operation.js'

/** The fault of the next commit: one for all of its changes, or one for each named account. */
type CommitFault = ChangeFault | ReadonlyMap<AccountId, ChangeFault>
type ChangeFault = Fault | 'CONFLICT'

/**
 * The engine's ports in memory, with exactly their contract, and faults on demand. Violations of the rules of
 * a commit go into `violations`: the engine might take a thrown error for an answer.
 */
export class InMemoryStore implements AccountStore, Ledger {
  readonly loading = new StoreOperation<readonly AccountId[]>()
  readonly committing = new StoreOperation<readonly AccountChange[], CommitFault>()
  readonly finding = new StoreOperation<readonly EntryKey[]>()
  readonly appending = new StoreOperation<readonly Entry[]>()
  /** The keys of entries read together with accounts, by call. */
  readonly looked: (readonly EntryKey[])[] = []
  /** The calls in order. */
  readonly calls: ('load' | 'commit' | 'find' | 'findFollowUps' | 'append' | 'missing')[] = []
  readonly violations: string[] = []
  /** Every committed entry, in order. */
  readonly committed: Entry[] = []
  /** Accounts with unreadable documents: every load that includes one fails. */
  readonly damaged = new Set<AccountId>()
  /**
   * An event between the next read of accounts and the read of their entries, as is possible on a sharded
   * cluster.
   */
  betweenReads: (() => Promise<void>) | undefined
  readonly #accounts = new Map<AccountId, Account>()
  readonly #ledger = new Map<string, Entry>()
  /** The same entries by their place in the history of their account. */
  readonly #places = new Map<string, Entry>()

  async load(ids: readonly AccountId[]): Promise<ReadonlyMap<AccountId, Account>> {
    this.calls.push('load')
    await this.loading.run(ids, throwFault)
    const damaged = ids.find((id) => this.damaged.has(id))
    if (damaged !== undefined) throw new TypeError(`account ${damaged} cannot be read`)
    return new Map(
      ids.flatMap((id) => {
        const account = this.#accounts.get(id)
        return account ? [[id, account] as const] : []
      }),
    )
  }

  async loadWithEntries(
    ids: readonly AccountId[],
    keys: readonly EntryKey[],
  ): Promise<{ readonly accounts: ReadonlyMap<AccountId, Account>; readonly entries: readonly Entry[] }> {
    this.looked.push(keys)
    const accounts = await this.load(ids)
    const { betweenReads } = this
    this.betweenReads = undefined
    await betweenReads?.()
    return { accounts, entries: this.#inLedger(keys) }
  }

  async commit(changes: readonly AccountChange[]): Promise<readonly CommitResult[]> {
    this.calls.push('commit')
    const ids = changes.map(({ before }) => before.id)
    if (new Set(ids).size !== ids.length) this.violations.push('an account stands twice in one commit')

    let results: readonly CommitResult[] = []
    await this.committing.run(changes, (fault) => {
      if (fault === 'OUTAGE' || fault instanceof Error) throwFault(fault)
      const faultOf = (id: AccountId) => (fault instanceof Map ? fault.get(id) : fault)
      results = changes.map((change) => this.#commitOne(change, faultOf(change.before.id)))
      if (fault === 'LOST_REPLY') throwFault(fault)
    })
    return results
  }

  async find(keys: readonly EntryKey[]): Promise<readonly Entry[]> {
    this.calls.push('find')
    await this.finding.run(keys, throwFault)
    return this.#inLedger(keys)
  }

  async findFollowUps(originals: readonly EntryKey[]): Promise<readonly FollowUpEntry[]> {
    this.calls.push('findFollowUps')
    await this.finding.run(originals, throwFault)
    const isWanted = (entry: FollowUpEntry) =>
      originals.some((key) => key.accountId === entry.accountId && key.transactionId === entry.originalId)
    return [...this.#ledger.values()].filter(isFollowUp).filter(isWanted)
  }

  async append(entries: readonly Entry[]): Promise<readonly Entry[]> {
    this.calls.push('append')
    let damaged: readonly Entry[] = []
    await this.appending.run(entries, (fault) => {
      if (fault !== undefined && fault !== 'LOST_REPLY') throwFault(fault)
      damaged = entries.filter((entry) => !this.#appendOne(entry))
      throwFault(fault)
    })
    return damaged
  }

  async missing(entries: readonly Entry[]): Promise<readonly Entry[]> {
    this.calls.push('missing')
    return entries.filter((entry) => this.#ledger.get(ledgerKey(entry))?.seq !== entry.seq)
  }

  /**
   * Stores an account as if it had been committed long ago. The ledger must already hold the entries that its
   * journal lacks.
   */
  put(...accounts: readonly Account[]): void {
    for (const account of accounts) this.#accounts.set(account.id, account)
  }

  /** Adds entries to the ledger as if they had been posted long ago. */
  putInLedger(...entries: readonly Entry[]): void {
    for (const entry of entries) {
      this.#ledger.set(ledgerKey(entry), entry)
      this.#places.set(placeOf(entry), entry)
    }
  }

  account(id: AccountId): Account {
    const account = this.#accounts.get(id)
    if (!account) throw new RangeError(`no account ${id}`)
    return account
  }

  /** The ledger's entries of an account, oldest first. */
  posted(id: AccountId): readonly Entry[] {
    const entries = [...this.#ledger.values()].filter((entry) => entry.accountId === id)
    return entries.sort((a, b) => Number(a.seq - b.seq))
  }

  /** Every entry of an account, in the ledger or in the journal, oldest first. */
  history(id: AccountId): readonly Entry[] {
    const bySeq = new Map(this.posted(id).map((entry) => [entry.seq, entry]))
    for (const entry of this.#accounts.get(id)?.journal ?? []) bySeq.set(entry.seq, entry)
    return [...bySeq.values()].sort((a, b) => Number(a.seq - b.seq))
  }

  #inLedger(keys: readonly EntryKey[]): readonly Entry[] {
    return keys.flatMap((key) => this.#ledger.get(ledgerKey(key)) ?? [])
  }

  #commitOne(change: AccountChange, fault: ChangeFault | undefined): CommitResult {
    if (fault instanceof Error) return { type: 'FAILED', error: fault }
    if (fault === 'OUTAGE') return { type: 'FAILED', error: unavailable() }
    const { before, after } = change
    // The real store never writes such a change, matching or not.
    if (after.journal.at(-1)?.seq !== after.version) this.violations.push('the latest entry is missing')
    const stored = this.#accounts.get(before.id)
    if (fault === 'CONFLICT' || (stored?.version ?? 0n) !== before.version) return { type: 'CONFLICT' }
    this.#check(change)
    this.#accounts.set(after.id, after)
    this.committed.push(...after.journal.filter(({ seq }) => seq > before.version))
    return fault === 'LOST_REPLY' ? { type: 'FAILED', error: unavailable() } : { type: 'COMMITTED' }
  }

  #check({ before, after }: AccountChange): void {
    const seqs = after.journal.map(({ seq }) => seq)
    const gapless = seqs.every((seq, index) => seq === after.version - BigInt(seqs.length - 1 - index))
    const left = before.journal.filter(({ seq }) => !seqs.includes(seq))
    const lost = left.filter((entry) => this.#ledger.get(ledgerKey(entry))?.seq !== entry.seq)
    if (after.version <= before.version) this.violations.push('a commit made no new version')
    if (BigInt(seqs.length) < after.version - before.version) this.violations.push('a new entry is missing')
    if (!gapless) this.violations.push(`a journal with gaps: ${seqs}`)
    if (seqs.length > JOURNAL_MAX) this.violations.push('a journal is too long')
    if (lost.length > 0) this.violations.push(`left the journal unposted: ${lost.map(({ seq }) => seq)}`)
    const amounts = [after.wallets, after.held, after.owed].flatMap((part) => [...part.values()])
    if (amounts.some((amount) => amount < 0n)) this.violations.push('a balance below 0')
  }

  /**
   * Adds the entry and returns true, even when it exists; false when another entry has its id or its place.
   */
  #appendOne(entry: Entry): boolean {
    const kept = this.#ledger.get(ledgerKey(entry))
    if (kept) return kept.seq === entry.seq
    if (this.#places.has(placeOf(entry))) return false
    this.putInLedger(entry)
    return true
  }
}

function throwFault(fault: Fault | undefined): void {
  if (fault === undefined) return
  throw fault instanceof Error ? fault : unavailable()
}

function unavailable(): UndecidedError {
  return new UndecidedError('UNAVAILABLE', 'the store in memory does as if it did not answer')
}

function placeOf({ accountId, seq }: Entry): string {
  return `${accountId}/${seq}`
}

function ledgerKey({ accountId, transactionId }: EntryKey): string {
  return `${accountId}/${transactionId}`
}
