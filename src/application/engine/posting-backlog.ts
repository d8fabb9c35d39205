import type { Account } from '../../domain/account.js'
import type { AccountId } from '../../domain/account-status.js'
import type { Entry } from '../../domain/entry.js'

/** The backlog of one account. */
type Held = {
  /** Entries that the ledger has rejected. */
  rejected: number
  /** Entries that are not queued. */
  waiting: number
  /** The highest `seq` that was ever in the backlog. */
  throughSeq: bigint
  /** When its oldest entry was first seen, on the monotonic clock. */
  sinceMs: number
}

/**
 * The posting backlog: the number and age of journal entries that are not on their way to the ledger. These
 * are entries that the ledger has rejected, entries behind them, and entries without room in the queue. The
 * entries themselves stay in the journals.
 *
 * An account stays until the ledger has everything that was ever in its backlog: offering an entry again does
 * not reset its age. Memory: a few numbers per such account. The owner says which accounts to forget.
 */
export class PostingBacklog {
  readonly #accounts = new Map<AccountId, Held>()
  #entries = 0

  /** Number of entries in the backlog. */
  get entries(): number {
    return this.#entries
  }

  /**
   * When the oldest entry was first seen, on the monotonic clock; Infinity when there is none. Visits every
   * account in the backlog.
   */
  get oldestSinceMs(): number {
    let oldestMs = Number.POSITIVE_INFINITY
    for (const { sinceMs } of this.#accounts.values()) oldestMs = Math.min(oldestMs, sinceMs)
    return oldestMs
  }

  /** Updates the number of the account's journal entries above the last queued one. */
  waits(account: Account, { takenSeq, nowMs }: { takenSeq: bigint; nowMs: number }): void {
    const waiting = lengthAbove(account, takenSeq)
    if (waiting === 0 && !this.#accounts.has(account.id)) return
    const held = this.#held(account.id, nowMs)
    this.#entries += waiting - held.waiting
    held.waiting = waiting
    if (waiting > 0) held.throughSeq = account.version
  }

  /** Adds an entry that the ledger has rejected. `sinceMs`: when it was queued. */
  reject({ accountId, seq }: Entry, sinceMs: number): void {
    const held = this.#held(accountId, sinceMs)
    this.#entries += 1
    held.rejected += 1
    if (seq > held.throughSeq) held.throughSeq = seq
  }

  /** Takes the account's rejected entries off the backlog, because they are about to be queued again. */
  offerAgain(id: AccountId): void {
    const held = this.#accounts.get(id)
    if (!held) return
    this.#entries -= held.rejected
    held.rejected = 0
  }

  /** Records that the ledger has everything of the account up to this `seq`. */
  posted(id: AccountId, seq: bigint): void {
    const held = this.#accounts.get(id)
    if (held && seq >= held.throughSeq) this.forget(id)
  }

  forget(id: AccountId): void {
    const held = this.#accounts.get(id)
    if (!held) return
    this.#entries -= held.rejected + held.waiting
    this.#accounts.delete(id)
  }

  #held(id: AccountId, sinceMs: number): Held {
    const held = this.#accounts.get(id) ?? { rejected: 0, waiting: 0, throughSeq: 0n, sinceMs }
    this.#accounts.set(id, held)
    held.sinceMs = Math.min(held.sinceMs, sinceMs)
    return held
  }
}

/** Returns the number of entries in the journal with a higher `seq`. */
function lengthAbove({ version, journal }: Account, seq: bigint): number {
  const above = Number(version - seq)
  return Math.max(0, Math.min(above, journal.length))
}
