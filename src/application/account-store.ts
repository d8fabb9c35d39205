import type { Account } from '../domain/account.js'
import type { AccountId } from '../domain/account-status.js'
import type { Entry } from '../domain/entry.js'
import type { EntryKey } from './ledger.js'

/** The store of accounts. A commit to an account is the commit point of everything that happens to it. */
export interface AccountStore {
  /**
   * Reads accounts as durably committed: never a version that a failover may roll back. The result leaves out
   * unknown accounts.
   *
   * @throws UndecidedError UNAVAILABLE when the store does not answer.
   */
  load(ids: readonly AccountId[]): Promise<ReadonlyMap<AccountId, Account>>

  /**
   * Reads accounts as `load` does, together with those of the given entries that are in the ledger. The
   * ledger is read no earlier than the accounts, so the result contains every entry that has left its
   * account's journal. It may also contain entries newer than the account.
   *
   * @throws UndecidedError UNAVAILABLE when the store does not answer.
   */
  loadWithEntries(
    ids: readonly AccountId[],
    keys: readonly EntryKey[],
  ): Promise<{ readonly accounts: ReadonlyMap<AccountId, Account>; readonly entries: readonly Entry[] }>

  /**
   * Writes each change completely or not at all, and only if the account is still at the version of `before`.
   * Resolves when the changes are durable. The accounts must be distinct. Results are in the order of the
   * changes.
   *
   * @throws UndecidedError UNAVAILABLE when the outcome of every change is unknown.
   */
  commit(changes: readonly AccountChange[]): Promise<readonly CommitResult[]>
}

/** An account before and after its decisions. */
export type AccountChange = {
  readonly before: Account
  readonly after: Account
}

/** The outcome of one change. */
export type CommitResult =
  | { readonly type: 'COMMITTED' }
  /** Another process committed first: nothing was written. */
  | { readonly type: 'CONFLICT' }
  /** UNAVAILABLE: the outcome is unknown. Any other error: nothing was written. */
  | { readonly type: 'FAILED'; readonly error: unknown }
