import { type Account, unopenedAccount } from './account.js'
import type { AccountId, AccountStatus } from './account-status.js'
import { type TakenBackById, takeBack } from './audit-taken-back.js'
import { type Day, monthOf } from './calendar.js'
import type { Discrepancy, DiscrepancyKind } from './discrepancy.js'
import {
  type AuthorizationEntry,
  type Entry,
  isEarlyReversal,
  movementOf,
  type ReversalEntry,
  type TransactionId,
} from './entry.js'
import { InvariantError } from './invariant.js'
import { sameLimits, unlimited } from './limits.js'
import { isCurrencySupported } from './network.js'

/** Sums over the entries of one wallet: for its latest day, and for the month of that day. */
type Spent = { day: Day; dayAmount: bigint; monthAmount: bigint }

/**
 * Adds up one account's history and compares the sums with the account. The caller adds the ledger's entries
 * oldest first; the audit fills in entries that only the journal holds. Memory: the journal, a few numbers
 * per wallet, and a few per reversed purchase.
 */
export class AccountAudit {
  readonly #id: AccountId
  readonly #account: Account
  readonly #inJournal: ReadonlyMap<bigint, Entry>
  readonly #journalIds: ReadonlyMap<TransactionId, bigint>
  readonly #balances = new Map<string, bigint>()
  /** Difference between the last `balanceAfter` of a wallet and the sum of its entries. */
  readonly #offBy = new Map<string, bigint>()
  readonly #discrepancies: Discrepancy[] = []
  readonly #unposted: Entry[] = []
  readonly #takenBack: TakenBackById = new Map()
  #seq = 0n
  readonly #spent = new Map<string, Spent>()
  #status: AccountStatus = 'UNOPENED'
  #limits = unlimited
  #marked = false

  constructor(id: AccountId, account: Account | undefined) {
    this.#id = id
    this.#account = account ?? unopenedAccount(id)
    this.#inJournal = new Map(this.#account.journal.map((entry) => [entry.seq, entry]))
    this.#journalIds = new Map(this.#account.journal.map((entry) => [entry.transactionId, entry.seq]))
    if (!account) this.#found('ACCOUNT_MISSING', 'the ledger has entries of this account')
    else this.#checkJournal()
  }

  /** Adds the next entry of the ledger. */
  add(entry: Entry): void {
    if (entry.seq > this.#account.version) {
      if (this.#account.version > 0n)
        this.#found('ENTRY_BEYOND_VERSION', `seq ${entry.seq}, ${entry.transactionId}`)
      return
    }
    this.#fillUpTo(entry.seq - 1n)
    const inJournal = this.#inJournal.get(entry.seq)
    if (inJournal && !sameEntry(inJournal, entry)) this.#found('COPIES_DIFFER', `seq ${entry.seq}`)
    this.#checkOnce(entry.transactionId, entry.seq)
    this.#count(entry)
  }

  /** Compares the sums with the account, and returns all findings. */
  finish(): AuditResult {
    this.#fillUpTo(this.#account.version)
    const { wallets, status, hasEarlyReversal } = this.#account
    for (const wallet of new Set([...wallets.keys(), ...this.#balances.keys()])) {
      const balance = wallets.get(wallet) ?? 0n
      const sum = this.#balances.get(wallet) ?? 0n
      if (balance !== sum)
        this.#found('BALANCE_DIFFERS', `${wallet} holds ${balance}, its entries add up to ${sum}`)
    }
    if (status !== this.#status) {
      this.#found('STATUS_DIFFERS', `is ${status}, its history leads to ${this.#status}`)
    }
    if (!sameLimits(this.#account.limits, this.#limits)) {
      this.#found('LIMITS_DIFFER', 'the last change of limits set other values')
    }
    this.#compareSpending()
    if (this.#marked && !hasEarlyReversal)
      this.#found('MARK_FORGOTTEN', 'a reversal came before its purchase')
    return { discrepancies: this.#discrepancies, unposted: this.#unposted, takenBack: this.#takenBack }
  }

  #compareSpending(): void {
    const { spent } = this.#account
    for (const wallet of new Set([...spent.keys(), ...this.#spent.keys()])) {
      const found = spentText(spent.get(wallet))
      const sum = spentText(this.#spent.get(wallet))
      if (found !== sum) this.#found('SPENDING_DIFFERS', `${wallet}: ${found}; its entries add up to ${sum}`)
    }
  }

  #checkJournal(): void {
    const { journal, version } = this.#account
    const contiguous = journal.every(({ seq }, index) => seq === version - BigInt(journal.length - 1 - index))
    if (journal.length === 0 || !contiguous)
      this.#found('JOURNAL_BROKEN', `version ${version}, ${journal.length} entries`)
    for (const { transactionId, seq } of journal) this.#checkOnce(transactionId, seq)
  }

  /** Reports a transaction id that the journal holds at another `seq`. */
  #checkOnce(transactionId: TransactionId, seq: bigint): void {
    const otherSeq = this.#journalIds.get(transactionId)
    if (otherSeq === undefined || otherSeq === seq) return
    this.#found('TRANSACTION_TWICE', `${transactionId} at seq ${seq} and ${otherSeq}`)
  }

  /** Advances to this `seq`: counts entries that only the journal holds, and reports missing ones. */
  #fillUpTo(seq: bigint): void {
    while (this.#seq < seq) {
      const next = this.#inJournal.get(this.#seq + 1n)
      if (next) {
        this.#unposted.push(next)
        this.#count(next)
        continue
      }
      const gapEnd = this.#gapEnd(seq)
      this.#found('ENTRY_MISSING', `seq ${this.#seq + 1n}${gapEnd > this.#seq + 1n ? ` to ${gapEnd}` : ''}`)
      this.#seq = gapEnd
    }
  }

  /** Returns the last `seq` before the journal's next entry, at most the given one. */
  #gapEnd(seq: bigint): bigint {
    let end = seq
    for (const place of this.#inJournal.keys()) if (place > this.#seq && place - 1n < end) end = place - 1n
    return end
  }

  #count(entry: Entry): void {
    this.#seq = entry.seq
    if (entry.kind === 'ADMIN') {
      this.#status = entry.status
      this.#limits = entry.limits ?? this.#limits
    }
    this.#countSpending(entry)
    this.#marked ||= isEarlyReversal(entry)
    if (entry.kind === 'REVERSAL') takeBack(this.#takenBack, entry)
    const movement = movementOf(entry)
    const early = this.#takenBack.get(entry.transactionId)?.early
    if (!movesRightly(entry, { early: early !== undefined }))
      this.#found('MOVEMENT_WRONG', `seq ${entry.seq}, ${entry.kind}`)
    if (!movement) return

    const { wallet, delta, balanceAfter } = movement
    const before = this.#balances.get(wallet) ?? 0n
    const balance = before + delta
    this.#balances.set(wallet, balance)
    const offBy = balanceAfter - balance
    // Report a difference once, not again for every later entry: one lost credit is one discrepancy, not
    // fifty thousand.
    if (offBy !== 0n && offBy !== this.#offBy.get(wallet)) {
      this.#found(
        'BALANCE_AFTER_WRONG',
        `seq ${entry.seq}: ${wallet} records ${balanceAfter}, its entries add up to ${balance}`,
      )
    }
    this.#offBy.set(wallet, offBy)
    if (balance < 0n && before >= 0n)
      this.#found('BALANCE_NEGATIVE', `seq ${entry.seq}: ${wallet} falls to ${balance}`)
  }

  /** Adds up spending. Keeps only the latest day and its month, since the account has no other counters. */
  #countSpending(entry: Entry): void {
    const isSpending = entry.kind === 'AUTHORIZATION' || entry.kind === 'REVERSAL'
    if (!isSpending || !entry.movement || entry.day === undefined) return
    const { wallet, delta } = entry.movement
    const { day } = entry
    const known = this.#spent.get(wallet)
    const isPurchase = entry.kind === 'AUTHORIZATION'
    if (isPurchase && known && day < known.day) {
      this.#found('DAY_WRONG', `seq ${entry.seq}: ${wallet} counts for ${day}, after ${known.day}`)
    }
    const spent = isPurchase && (!known || known.day < day) ? begun(day, known) : known
    // `auditTakenBack` reports a reversal without a counted purchase.
    if (!spent) return
    if (spent.day === day) spent.dayAmount -= delta
    if (monthOf(spent.day) === monthOf(day)) spent.monthAmount -= delta
    this.#spent.set(wallet, spent)
  }

  #found(kind: DiscrepancyKind, detail: string): void {
    this.#discrepancies.push({ accountId: this.#id, kind, detail })
  }
}

export type AuditResult = {
  readonly discrepancies: readonly Discrepancy[]
  /** Entries that only the journal holds. Not a discrepancy: the next request on the account posts them. */
  readonly unposted: readonly Entry[]
  /** Reversals by purchase. The caller compares them with the purchases. */
  readonly takenBack: Readonly<TakenBackById>
}

/** Returns counters for a new day; the month's sum continues within the same month. */
function begun(day: Day, before: Spent | undefined): Spent {
  const isSameMonth = before && monthOf(before.day) === monthOf(day)
  return { day, dayAmount: 0n, monthAmount: isSameMonth ? before.monthAmount : 0n }
}

function spentText(spent: Readonly<Spent> | undefined): string {
  return spent ? `${spent.dayAmount} on ${spent.day}, ${spent.monthAmount} in its month` : 'nothing'
}

/**
 * Whether the entry moved the amount that its kind, reason and currency require. `early`: reversals of it
 * came first.
 */
function movesRightly(entry: Entry, { early }: { readonly early: boolean }): boolean {
  switch (entry.kind) {
    case 'AUTHORIZATION':
      return paysRightly(entry, early)
    case 'REVERSAL':
      if (entry.reason !== 'APPROVED') return entry.movement === undefined
      return entry.movement !== undefined && entry.movement.delta > 0n && gaveWhatWasAsked(entry)
    case 'CREDIT':
      return entry.movement.delta > 0n
    case 'ADMIN':
      return true
    case 'INCREMENT':
    case 'CAPTURE':
    case 'ADVICE':
    case 'REFUND':
    case 'EXPIRY':
      throw new InvariantError(`entries of the kind ${entry.kind} are not audited yet`)
  }
}

function paysRightly(entry: AuthorizationEntry, hasEarlyReversal: boolean): boolean {
  const { amount, reason, verification, verifiedWallet, movement, network } = entry
  if ((amount === 0n) !== (verification ?? false)) return false
  if (reason !== 'APPROVED') return movement === undefined && verifiesRightly(entry)
  if (verification || verifiedWallet !== undefined || !isCurrencySupported(network?.currency)) return false
  // Early reversals lower the debit. `auditTakenBack` checks the exact amount.
  return hasEarlyReversal ? movement !== undefined : movement?.delta === -amount
}

/** Whether the entry names the wallet of a verification exactly when it is an approved one. */
function verifiesRightly({ reason, verification, verifiedWallet, network }: AuthorizationEntry): boolean {
  if (reason !== 'VERIFIED') return verifiedWallet === undefined
  return verification === true && verifiedWallet !== undefined && isCurrencySupported(network?.currency)
}

/** Whether the reversal gave back the requested amount. Without a requested amount, any is right. */
function gaveWhatWasAsked({ amount, movement }: ReversalEntry): boolean {
  return amount === undefined || movement?.delta === amount
}

function sameEntry(a: Entry, b: Entry): boolean {
  return comparable(a) === comparable(b)
}

/** Renders a value as text with its fields sorted, for comparison. */
function comparable(value: unknown): string {
  if (value instanceof Date) return value.toISOString()
  if (typeof value !== 'object' || value === null) return `${typeof value}:${String(value)}`
  const fields = value instanceof Map ? value : new Map(Object.entries(value))
  const names = [...fields.keys()].sort()
  return `{${names.map((name) => `${name}=${comparable(fields.get(name))}`).join()}}`
}
