import type { AccountId } from '../../domain/account-status.js'
import type { CategoryId } from '../../domain/category.js'
import type { CategoryEdit, KeptCategorySet } from '../../domain/category-edit.js'
import type { Budget } from '../budget.js'

/** The store of categories, for administration. */
export interface CategoryStore {
  /**
   * Reads the committed categories, in no particular order.
   *
   * @throws UndecidedError UNAVAILABLE when the store does not answer.
   */
  read(): Promise<KeptCategorySet>

  /**
   * Edits the categories atomically, one edit after another: `edit` receives the result of the edit before.
   * An edit that changes nothing creates no new version. The store may call `edit` several times. `by`:
   * subject of the caller's token.
   *
   * @throws UndecidedError UNAVAILABLE when the outcome of the edit is unknown.
   */
  edit(edit: (current: KeptCategorySet, at: Date) => CategoryEdit, by: string): Promise<CategoryEditing>

  /**
   * Finds an account that holds money in this category's wallet; undefined when there is none. Searches all
   * accounts.
   *
   * @throws UndecidedError NO_TIME_LEFT when the budget does not suffice for all accounts.
   */
  holderOf(wallet: CategoryId, budget: Budget): Promise<AccountId | undefined>
}

/** The outcome of an edit, and the categories after it. */
export type CategoryEditing = { readonly edit: CategoryEdit; readonly after: KeptCategorySet }
