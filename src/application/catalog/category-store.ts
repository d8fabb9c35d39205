import type { AccountId } from '../../domain/account.js'
import type { CategoryId } from '../../domain/category.js'
import type { CategoryEdit, KeptCategorySet } from '../../domain/category-edit.js'
import type { Budget } from '../budget.js'

/** Where categories are administered. */
export interface CategoryStore {
  /**
   * The categories as last committed, in no particular order.
   *
   * @throws IndecisionError UNAVAILABLE when the store does not answer.
   */
  read(): Promise<KeptCategorySet>

  /**
   * Edits the categories, whole or not at all, one edit after another: `edit` sees what the one before left. An edit that leaves
   * everything as it is makes no new version. `edit` may be called several times. `by`: subject of the token of who asks.
   *
   * @throws IndecisionError UNAVAILABLE when it is unknown whether the edit was made.
   */
  edit(edit: (current: KeptCategorySet, at: Date) => CategoryEdit, by: string): Promise<CategoryEditing>

  /**
   * An account that holds money in this category's wallet; undefined when none does. Looks at every account.
   *
   * @throws IndecisionError NO_TIME_LEFT when it cannot look at all of them within the budget.
   */
  holderOf(wallet: CategoryId, budget: Budget): Promise<AccountId | undefined>
}

/** What came of an edit: what it did, and the categories after it. */
export type CategoryEditing = { readonly edit: CategoryEdit; readonly after: KeptCategorySet }
