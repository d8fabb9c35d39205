import type { AccountId } from '../domain/account.js'
import type { Entry, ReversalEntry, TransactionId } from '../domain/entry.js'

/** The complete, append-only history of all accounts, some moments behind them. */
export interface Ledger {
  /**
   * The entries with these ids that are in the ledger for good, in any order.
   *
   * @throws IndecisionError UNAVAILABLE when the store does not answer.
   */
  find(keys: readonly EntryKey[]): Promise<readonly Entry[]>

  /**
   * The reversals of these purchases that are in the ledger for good, in any order.
   *
   * @throws IndecisionError UNAVAILABLE when the store does not answer.
   */
  findReversals(originals: readonly EntryKey[]): Promise<readonly ReversalEntry[]>

  /**
   * Adds entries; one that is there already is left as it is. Answers when all of them are durable, with those that could
   * not be added because the ledger holds something else in their place: none, unless the data was damaged.
   *
   * @throws IndecisionError UNAVAILABLE when some may be missing: adding them again is safe.
   */
  append(entries: readonly Entry[]): Promise<readonly Entry[]>

  /**
   * Those of the entries that are not in the ledger in their place. Cheaper than to append what is probably there.
   *
   * @throws IndecisionError UNAVAILABLE when the store does not answer.
   */
  missing(entries: readonly Entry[]): Promise<readonly Entry[]>
}

/** Names one entry. */
export type EntryKey = {
  readonly accountId: AccountId
  readonly transactionId: TransactionId
}
