import { type Account, JOURNAL_MAX } from '../../src/domain/account.js'
import type { AccountId } from '../../src/domain/account-status.js'
import { AccountAudit } from '../../src/domain/audit.js'
import { auditPurchases } from '../../src/domain/audit-purchase.js'
import { type Entry, movementOf, type TransactionId } from '../../src/domain/entry.js'
import { dueHolds } from '../../src/domain/expiry.js'
import { type AccountBook, verdictText } from './account-book.js'
import { type Coverage, orderText } from './coverage.js'
import type { Write } from './documents.js'
import { type AnyVerdict, catalogs, entryText, idOf, type Operation, operationText } from './operation.js'
import type { ReplicaSet, WriteListener } from './replica-set.js'
import { isSame } from './same.js'
import type { SimulatedProcess } from './simulated-process.js'

/** One time of asking. */
export type Attempt = {
  readonly operation: Operation
  /** The earliest place in the log that a read of this attempt may have. */
  oldestPlace: number
}

/** Observes every write and every answer, and reports violations. */
export class Witness implements WriteListener {
  readonly #coverage: Coverage
  readonly #books = new Map<AccountId, AccountBook>()
  #replicas: ReplicaSet | undefined
  /** The first violation. Later ones mean nothing. */
  violation: string | undefined

  constructor(coverage: Coverage) {
    this.#coverage = coverage
  }

  watch(replicas: ReplicaSet, books: readonly AccountBook[]): void {
    this.#replicas = replicas
    for (const book of books) this.#books.set(book.id, book)
  }

  accuse(what: string): void {
    this.violation ??= what
  }

  asked({ operation }: Attempt): void {
    this.#book(operation.accountId).asked(operation)
  }

  accountWritten({ before, after }: { readonly before: Account | undefined; readonly after: Account }): void {
    const wrong = this.#book(after.id).write(before, after) ?? this.#leftUnposted(before, after)
    if (wrong !== undefined) this.accuse(`account ${after.id}: ${wrong}`)
    const added = Number(after.version - (before?.version ?? 0n))
    this.#coverage.count('entries committed', added)
    if (added > 1) this.#coverage.count('commits of several entries')
    if (after.journal.length === JOURNAL_MAX) this.#coverage.count('journals filled')
    for (const [place, entry] of after.journal.entries()) {
      if (entry.seq <= (before?.version ?? 0n)) continue
      this.#countRare(entry, before?.journal ?? [])
      this.#countOrder(entry, after.journal.slice(0, place))
    }
  }

  /** Counts the steps of purchases by their kind and that of the step before. */
  #countOrder(entry: Entry, earlier: readonly Entry[]): void {
    const purchase = purchaseOf(entry)
    const before = purchase && earlier.findLast((one) => purchaseOf(one) === purchase)
    if (before) this.#coverage.count(orderText(before.kind, entry.kind))
  }

  /**
   * Counts verifications, and purchases that early partial reversals reduced, by where those reversals were
   * stored.
   */
  #countRare(entry: Entry, journal: readonly Entry[]): void {
    if ('reason' in entry && entry.reason === 'VERIFIED') this.#coverage.count('verifications approved')
    if (entry.kind !== 'AUTHORIZATION' && 'reason' in entry) this.#coverage.count(`steps: ${entry.reason}`)
    if (entry.kind === 'AUTHORIZATION' && entry.heldUntil) this.#coverage.count('holds opened')
    if (entry.kind === 'AUTHORIZATION' && entry.reason === 'ALREADY_CAPTURED')
      this.#coverage.count('purchases captured before')
    if ((movementOf(entry)?.owedDelta ?? 0n) > 0n) this.#coverage.count('debts made')
    if ((movementOf(entry)?.owedDelta ?? 0n) < 0n) this.#coverage.count('debts paid or cancelled')
    if (entry.kind !== 'AUTHORIZATION' || !entry.movement || -entry.movement.delta === entry.amount) return
    this.#coverage.count('purchases approved for a rest')
    const id = entry.transactionId
    const kept = journal.some((one) => 'originalId' in one && one.originalId === id)
    if (!kept) this.#coverage.count('purchases approved for a remainder found in the ledger')
  }

  entryInserted(entry: Entry): void {
    const book = this.#book(entry.accountId)
    const kept = book.entry(Number(entry.seq))
    const durable = this.#store.durable(entry.accountId)?.version ?? 0n
    if (!isSame(kept, entry))
      this.accuse(
        `account ${entry.accountId}: the ledger takes ${entryText(entry)}, which was never committed so`,
      )
    if (entry.seq > durable)
      this.accuse(`account ${entry.accountId}: the ledger takes ${entryText(entry)}, which may yet be lost`)
    this.#coverage.count('entries posted')
  }

  takenBack(writes: readonly Write[]): void {
    if (writes.length > 0) this.#coverage.count('elections that lost writes')
    this.#coverage.count('writes taken back', writes.length)
    for (const { account } of writes)
      if (account) this.#book(account.id).takeBack(Number(this.#versionBefore(account)))
  }

  /** Checks that the latest sweep of a process has left no due hold, and that the process knows it. */
  swept({ name, sweptAt, sweeper }: SimulatedProcess): void {
    for (const id of this.#books.keys())
      for (const hold of dueHolds({ holds: this.#store.durable(id)?.holds ?? [] }, sweptAt))
        this.accuse(`account ${id}: ${name} sweeps, and does not expire the hold of ${hold}`)
    if (sweeper.oldestOverdueMs > 0) this.accuse(`${name} takes a hold for overdue, and none is`)
  }

  /** Compares an answer with the durable state. */
  answered(attempt: Attempt, verdict: AnyVerdict): void {
    const wrong =
      verdict.type === 'REJECTED'
        ? this.#wronglyRejected(attempt, verdict)
        : this.#wronglyAnswered(attempt, verdict)
    if (wrong === undefined) return
    this.accuse(`${operationText(attempt.operation)} is answered ${verdictText(verdict)}, but ${wrong}`)
  }

  /** Checks everything again at the end: the ledger holds every decision, once. */
  finish(): void {
    let entries = 0
    for (const book of this.#books.values()) {
      entries += book.length
      const wrong = this.#wrongInTheEnd(book)
      if (wrong !== undefined) this.accuse(`account ${book.id}, in the end: ${wrong}`)
    }
    const { entryCount } = this.#store.documents
    if (entryCount !== entries) this.accuse(`in the end the ledger holds ${entryCount} entries of ${entries}`)
  }

  #wrongInTheEnd(book: AccountBook): string | undefined {
    const { documents, committed } = this.#store
    const account = this.#store.durable(book.id)
    if (!account) return book.length === 0 ? undefined : 'it is not there'
    if (account.version !== BigInt(book.length)) return `version ${account.version} of ${book.length} entries`
    const ledger = [...documents.entries(book.id, committed)].sort((a, b) => Number(a.seq - b.seq))
    if (ledger.length !== book.length) return `the ledger has ${ledger.length} entries of ${book.length}`
    // Entries in the journal were compared when they were written.
    const audit = new AccountAudit(book.id, { ...account, journal: account.journal.slice(-1) })
    for (const [index, entry] of ledger.entries()) {
      if (!isSame(entry, book.entry(index + 1)))
        return `the ledger has ${entryText(entry)} in place ${index + 1}`
      audit.add(entry)
    }
    const { discrepancies, followed } = audit.finish()
    const all = [...discrepancies, ...auditPurchases(book.id, followed, ledger)]
    const found = all.map(({ kind, detail }) => `${kind}: ${detail}`)
    return found.length > 0 ? found.join('; ') : undefined
  }

  /** Entries that have left the journal must be durable in the ledger. */
  #leftUnposted(before: Account | undefined, after: Account): string | undefined {
    const { documents, committed } = this.#store
    const first = after.journal[0]?.seq ?? after.version + 1n
    for (const entry of before?.journal ?? []) {
      if (entry.seq >= first) return undefined
      if (documents.entry(entry, committed)?.seq !== entry.seq)
        return `${entryText(entry)} has left the journal, and is not in the ledger for good`
    }
    return undefined
  }

  #wronglyAnswered(
    { operation }: Attempt,
    verdict: Exclude<AnyVerdict, { type: 'REJECTED' }>,
  ): string | undefined {
    const book = this.#book(operation.accountId)
    const seq = book.seqOf(idOf(operation))
    const durable = this.#store.durable(operation.accountId)?.version ?? 0n
    const kept = seq === undefined ? undefined : book.entry(seq)
    if (!kept) return 'no such entry is there'
    if (kept.seq > durable) return `${entryText(kept)} may yet be lost`
    if (!isSame(kept, verdict.entry)) return `${entryText(kept)} is there`
    const due = book.decide(operation, { seq: Number(durable), at: kept.at, version: 1n })
    const isReuse = verdict.type === 'REUSED'
    return isReuse === (due.type === 'REUSED') ? undefined : `${verdictText(due)} was due`
  }

  /** No entry records a rejection: it must have been right at some time since the question. */
  #wronglyRejected(
    { operation, oldestPlace }: Attempt,
    { rejection }: Extract<AnyVerdict, { type: 'REJECTED' }>,
  ): string | undefined {
    const book = this.#book(operation.accountId)
    const oldest = Number(this.#store.documents.account(operation.accountId, oldestPlace)?.version ?? 0n)
    const newest = Number(this.#store.durable(operation.accountId)?.version ?? 0n)
    for (let seq = newest; seq >= oldest; seq--) {
      for (const { version } of catalogs) {
        const due = book.decide(operation, { seq, at: new Date(0), version })
        if (due.type === 'REJECTED' && due.rejection === rejection) return undefined
      }
    }
    return `from ${oldest} to ${newest} entries there was no reason for it`
  }

  /** The version of an account before the rolled-back write. */
  #versionBefore({ id }: Account): bigint {
    const { documents } = this.#store
    return documents.account(id, documents.length)?.version ?? 0n
  }

  #book(id: AccountId): AccountBook {
    const book = this.#books.get(id)
    if (!book) throw new Error(`nobody knows of an account ${id}`)
    return book
  }

  get #store(): ReplicaSet {
    if (!this.#replicas) throw new Error('there is nothing to watch yet')
    return this.#replicas
  }
}

/** The purchase that an entry is about. */
function purchaseOf(entry: Entry): TransactionId | undefined {
  if ('originalId' in entry && entry.originalId !== undefined) return entry.originalId
  return entry.kind === 'AUTHORIZATION' || entry.kind === 'ADVICE' ? entry.transactionId : undefined
}
