import type { Account, AccountId, AccountStatus } from '../domain/account.js'

/** Where opened accounts are listed from. */
export interface AccountList {
  /**
   * Opened accounts in the order of their ids, as last committed for good.
   *
   * @throws IndecisionError UNAVAILABLE when the store does not answer.
   */
  page(query: AccountListQuery): Promise<readonly ListedAccount[]>
}

/** An account without its journal, of which nobody is told who asks for a list, and which is most of it. */
export type ListedAccount = Omit<Account, 'journal'>

export type AccountListQuery = {
  /** Only accounts whose id comes after this one. */
  readonly afterId: AccountId
  readonly status?: Exclude<AccountStatus, 'UNOPENED'>
  readonly limit: number
}
