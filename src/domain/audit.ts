import { type Account, unopenedAccount } from './account.js'
import type { AccountId, AccountStatus } from './account-status.js'
import { HoldAudit } from './audit-holds.js'
import { movedBy, movesRightly } from './audit-movement.js'
import { SpendingAudit } from './audit-spending.js'
import { WalletAudit } from './audit-wallets.js'
import type { Discrepancy, DiscrepancyKind } from './discrepancy.js'
import { type Entry, isEarlyCapture, isEarlyReversal, type TransactionId } from './entry.js'
import { sameLimits, unlimited } from './limits.js'
import { smaller } from './money.js'

/**
 * Adds up one account's history and compares the sums with the account. The caller adds the ledger's entries
 * oldest first; the audit fills in entries that only the journal holds. It never calls the functions by which
 * the service decides.
 *
 * Memory: the journal, some numbers per wallet, the open holds, and the id of each purchase with later steps.
 * The caller reads the entries of those purchases again, a few at a time, and gives them to `auditPurchases`.
 */
export class AccountAudit {
  readonly #id: AccountId
  readonly #account: Account
  readonly #inJournal: ReadonlyMap<bigint, Entry>
  readonly #journalIds: ReadonlyMap<TransactionId, bigint>
  readonly #wallets = new WalletAudit()
  readonly #spending = new SpendingAudit()
  readonly #holds = new HoldAudit()
  readonly #discrepancies: Discrepancy[] = []
  readonly #unposted: Entry[] = []
  readonly #followed = new Set<TransactionId>()
  #seq = 0n
  #status: AccountStatus = 'UNOPENED'
  #limits = unlimited
  #hasEarlyReversal = false
  #hasEarlyCapture = false
  #hasGap = false

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
    const { status, limits, hasEarlyReversal, hasEarlyCapture } = this.#account
    this.#foundAll(this.#wallets.compare(this.#account))
    this.#foundAll(this.#holds.compare(this.#account))
    if (status !== this.#status) {
      this.#found('STATUS_DIFFERS', `is ${status}, its history leads to ${this.#status}`)
    }
    if (!sameLimits(limits, this.#limits)) {
      this.#found('LIMITS_DIFFER', 'the last change of limits set other values')
    }
    this.#foundAll(this.#spending.compare(this.#account))
    if (this.#hasEarlyReversal && !hasEarlyReversal)
      this.#found('MARK_FORGOTTEN', 'a reversal came before its purchase')
    if (this.#hasEarlyCapture && !hasEarlyCapture)
      this.#found('EARLY_CAPTURE_FORGOTTEN', 'a capture or an advice came before its purchase')
    return { discrepancies: this.#discrepancies, unposted: this.#unposted, followed: this.#followed }
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
      this.#hasGap = true
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
    if (!movesRightly(entry, { isFollowed: this.#followed.has(entry.transactionId) }))
      this.#found('MOVEMENT_WRONG', `seq ${entry.seq}, ${entry.kind}`)
    this.#checkStatus(entry)
    if (entry.kind === 'ADMIN') {
      this.#status = entry.status
      this.#limits = entry.limits ?? this.#limits
      return
    }
    this.#hasEarlyReversal ||= isEarlyReversal(entry)
    this.#hasEarlyCapture ||= isEarlyCapture(entry)
    this.#follow(entry)
    this.#checkUnlinked(entry)
    this.#checkDebt(entry)
    this.#foundAll(this.#wallets.add(entry))
    this.#foundAll(this.#spending.add(entry))
    this.#foundAll(this.#holds.add(entry))
  }

  /** Notes the purchases that are more than one entry, or that must be. */
  #follow(entry: Entry): void {
    if ('originalId' in entry && entry.originalId !== undefined) this.#followed.add(entry.originalId)
    if (entry.kind !== 'AUTHORIZATION') return
    if (entry.reason === 'ALREADY_REVERSED' || entry.reason === 'ALREADY_CAPTURED')
      this.#followed.add(entry.transactionId)
  }

  /** Compares a reason that names the account's status with that status, unless entries are missing. */
  #checkStatus(entry: Entry): void {
    if (this.#hasGap || !('reason' in entry)) return
    const named = statusByReason.get(entry.reason)
    const isQuestion = entry.kind === 'AUTHORIZATION' || entry.kind === 'INCREMENT'
    const due = isQuestion && movedBy(entry) ? 'ACTIVE' : named
    if (due !== undefined && due !== this.#status)
      this.#found('REASON_WRONG', `seq ${entry.seq}: ${entry.reason}, but the account is ${this.#status}`)
  }

  /** A refund that names no purchase goes to the wallet that its MCC has chosen. */
  #checkUnlinked(entry: Entry): void {
    if (entry.kind !== 'REFUND' || entry.originalId !== undefined || !entry.movement) return
    if (entry.reason === 'REFUNDED_UNLINKED' && entry.effectiveMcc !== undefined) return
    const detail = `seq ${entry.seq}: ${entry.reason} to ${entry.movement.wallet}, by MCC ${entry.effectiveMcc}`
    this.#found('REFUND_WRONG', detail)
  }

  /** A credit that pays what is owed pays as much of it as it can. */
  #checkDebt(entry: Entry): void {
    if (entry.kind !== 'CREDIT' || !entry.paysOwed) return
    const { wallet, delta, owedDelta = 0n } = entry.movement
    const owed = this.#wallets.owedOf(wallet)
    const amount = delta - owedDelta
    const due = smaller(amount, owed)
    if (-owedDelta !== due)
      this.#found(
        'DEBT_WRONG',
        `seq ${entry.seq}: CREDIT pays ${-owedDelta} of the ${owed} that ${wallet} owes`,
      )
  }

  #foundAll(findings: readonly Pick<Discrepancy, 'kind' | 'detail'>[]): void {
    for (const { kind, detail } of findings) this.#found(kind, detail)
  }

  #found(kind: DiscrepancyKind, detail: string): void {
    this.#discrepancies.push({ accountId: this.#id, kind, detail })
  }
}

const statusByReason: ReadonlyMap<string, AccountStatus> = new Map([
  ['ACCOUNT_NOT_FOUND', 'UNOPENED'],
  ['ACCOUNT_BLOCKED', 'BLOCKED'],
  ['ACCOUNT_CLOSED', 'CLOSED'],
])

export type AuditResult = {
  readonly discrepancies: readonly Discrepancy[]
  /** Entries that only the journal holds. Not a discrepancy: the next request on the account posts them. */
  readonly unposted: readonly Entry[]
  /** Purchases with later steps. The caller gives the entries of each to `auditPurchases`. */
  readonly followed: ReadonlySet<TransactionId>
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
