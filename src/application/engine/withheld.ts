import type { Account, AccountId } from '../../domain/account.js'
import type { Entry } from '../../domain/entry.js'

/** What is withheld of one account. */
type Held = {
  /** Entries that the ledger has refused. */
  refused: number
  /** Entries that nobody has taken in. */
  waiting: number
  /** The highest `seq` that was ever among them. */
  throughSeq: bigint
  /** When the oldest of them was first seen, by the monotonic clock. */
  sinceMs: number
}

/**
 * How many entries only journals hold while nobody copies them, and since when: those that the ledger has refused, what comes after
 * them, and what has found no room. The entries themselves are in the journals.
 *
 * An account is held until all that was ever withheld of it is in the ledger: what is offered again gets no younger. Memory: a few
 * numbers for each such account; whoever fills this says which to forget.
 */
export class Withheld {
  readonly #accounts = new Map<AccountId, Held>()
  #entries = 0

  /** Number of entries withheld. */
  get entries(): number {
    return this.#entries
  }

  /** When the oldest was first seen, by the monotonic clock; Infinity when there is none. Looks at every account held. */
  get oldestSinceMs(): number {
    let oldestMs = Number.POSITIVE_INFINITY
    for (const { sinceMs } of this.#accounts.values()) oldestMs = Math.min(oldestMs, sinceMs)
    return oldestMs
  }

  /** Takes note of the entries in the account's journal that are above the last one taken in. */
  waits(account: Account, { takenSeq, nowMs }: { takenSeq: bigint; nowMs: number }): void {
    const waiting = lengthAbove(account, takenSeq)
    if (waiting === 0 && !this.#accounts.has(account.id)) return
    const held = this.#held(account.id, nowMs)
    this.#entries += waiting - held.waiting
    held.waiting = waiting
    if (waiting > 0) held.throughSeq = account.version
  }

  /** Takes note of an entry that the ledger has refused, and that was taken in at that time. */
  refuse({ accountId, seq }: Entry, sinceMs: number): void {
    const held = this.#held(accountId, sinceMs)
    this.#entries += 1
    held.refused += 1
    if (seq > held.throughSeq) held.throughSeq = seq
  }

  /** What the ledger has refused of the account is no longer withheld: it is about to be taken in again. */
  offerAgain(id: AccountId): void {
    const held = this.#accounts.get(id)
    if (!held) return
    this.#entries -= held.refused
    held.refused = 0
  }

  /** Everything of the account up to this `seq` is in the ledger. */
  settle(id: AccountId, seq: bigint): void {
    const held = this.#accounts.get(id)
    if (held && seq >= held.throughSeq) this.forget(id)
  }

  forget(id: AccountId): void {
    const held = this.#accounts.get(id)
    if (!held) return
    this.#entries -= held.refused + held.waiting
    this.#accounts.delete(id)
  }

  #held(id: AccountId, sinceMs: number): Held {
    const held = this.#accounts.get(id) ?? { refused: 0, waiting: 0, throughSeq: 0n, sinceMs }
    this.#accounts.set(id, held)
    held.sinceMs = Math.min(held.sinceMs, sinceMs)
    return held
  }
}

/** Number of entries in the journal with a higher `seq`. */
function lengthAbove({ version, journal }: Account, seq: bigint): number {
  const above = Number(version - seq)
  return Math.max(0, Math.min(above, journal.length))
}
