import type { Account, AccountId } from '../domain/account.js'
import type { Entry } from '../domain/entry.js'
import type { EntryKey } from './ledger.js'

/** Where accounts are kept. The account is the commit point: what is committed here has happened. */
export interface AccountStore {
  /**
   * Reads accounts as last committed for good: never a version that a failover may take back. An account that the store
   * does not know is not in the result.
   *
   * @throws IndecisionError UNAVAILABLE when the store does not answer.
   */
  load(ids: readonly AccountId[]): Promise<ReadonlyMap<AccountId, Account>>

  /**
   * The same, together with those of the given entries that are in the ledger. The ledger is read no earlier than the accounts: an
   * entry that is missing from an account's journal because it has left it is in the result. One that is newer than the account may be.
   *
   * @throws IndecisionError UNAVAILABLE when the store does not answer.
   */
  loadWithEntries(
    ids: readonly AccountId[],
    keys: readonly EntryKey[],
  ): Promise<{ readonly accounts: ReadonlyMap<AccountId, Account>; readonly entries: readonly Entry[] }>

  /**
   * Writes each change whole or not at all, and only if the account is still at the version of `before`; answers when the
   * change is durable. The accounts are all different. The results are in the order of the changes.
   *
   * @throws IndecisionError UNAVAILABLE when the outcome of every change is unknown.
   */
  commit(changes: readonly AccountChange[]): Promise<readonly CommitResult[]>
}

/** What an account was when it was decided on, and what it is to become. */
export type AccountChange = {
  readonly before: Account
  readonly after: Account
}

/** What became of one change. */
export type CommitResult =
  | { readonly type: 'COMMITTED' }
  /** Somebody else committed first: nothing was written. */
  | { readonly type: 'CONFLICT' }
  /** UNAVAILABLE: the outcome is unknown. Any other error: nothing was written. */
  | { readonly type: 'FAILED'; readonly error: unknown }
