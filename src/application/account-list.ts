import type { Account } from '../domain/account.js'
import type { AccountId, AccountStatus } from '../domain/account-status.js'

/** A source of opened accounts for lists. */
export interface AccountList {
  /**
   * Returns opened accounts ordered by id, as durably committed.
   *
   * @throws UndecidedError UNAVAILABLE when the store does not answer.
   */
  page(query: AccountListQuery): Promise<readonly ListedAccount[]>
}

/**
 * An account without its journal. Lists do not show the journal, and it is the largest part of an account.
 */
export type ListedAccount = Omit<Account, 'journal'>

export type AccountListQuery = {
  /** Only accounts whose id comes after this one. */
  readonly afterId: AccountId
  readonly status?: Exclude<AccountStatus, 'UNOPENED'>
  readonly limit: number
}
