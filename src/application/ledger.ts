import type { AccountId } from '../domain/account-status.js'
import type { Entry, FollowUpEntry, TransactionId } from '../domain/entry.js'

/** The complete, append-only history of all accounts. It trails the accounts by a few moments. */
export interface Ledger {
  /**
   * Finds the entries with these ids that are durably in the ledger, in any order.
   *
   * @throws UndecidedError UNAVAILABLE when the store does not answer.
   */
  find(keys: readonly EntryKey[]): Promise<readonly Entry[]>

  /**
   * Finds the entries that follow these purchases and are durably in the ledger, in any order.
   *
   * @throws UndecidedError UNAVAILABLE when the store does not answer.
   */
  findFollowUps(originals: readonly EntryKey[]): Promise<readonly FollowUpEntry[]>

  /**
   * Adds entries, and leaves those that are already there. Resolves when all of them are durable. Returns the
   * entries that could not be added because the ledger holds something else in their place: none, unless the
   * data was damaged.
   *
   * @throws UndecidedError UNAVAILABLE when some may be missing: adding them again is safe.
   */
  append(entries: readonly Entry[]): Promise<readonly Entry[]>

  /**
   * Returns those of the entries that are not in their place in the ledger. Cheaper than appending entries
   * that are probably there.
   *
   * @throws UndecidedError UNAVAILABLE when the store does not answer.
   */
  missing(entries: readonly Entry[]): Promise<readonly Entry[]>
}

/** The key of one entry. */
export type EntryKey = {
  readonly accountId: AccountId
  readonly transactionId: TransactionId
}
