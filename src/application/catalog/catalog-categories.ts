import type { AccountId } from '../../domain/account-status.js'
import type { CategoryId } from '../../domain/category.js'
import { type CategoryRejection, deleteCategory } from '../../domain/category-edit.js'
import type { Budget } from '../budget.js'
import type { Clock } from '../clock.js'
import type { CategoryStore } from './category-store.js'

/** The outcome of a deletion. */
export type CategoryDeletion =
  | { readonly type: 'DELETED' }
  | { readonly type: 'HELD'; readonly holder: AccountId }
  | { readonly type: 'REJECTED'; readonly rejection: CategoryRejection; readonly detail: string }

export type DeleteCategoryOptions = {
  readonly store: CategoryStore
  readonly clock: Clock
}

/**
 * Deletes a category that is closed for credits and in which no account holds money.
 *
 * The search for holders takes time, and credits do not wait for it. So an administrator first closes the
 * category for credits, in an edit of its own. The deletion goes ahead once all processes have known that for
 * long enough, and the category did not change until the end of the search. Then no credit can have arrived
 * unseen. Only a reversal can still bring money in: it gives back to the wallet that paid, even after the
 * deletion. That money can be spent again once a category with that id exists.
 *
 * @throws UndecidedError NO_TIME_LEFT when the time does not suffice to search all accounts.
 */
export async function removeCategory(
  { store, clock }: DeleteCategoryOptions,
  { id, by }: { readonly id: CategoryId; readonly by: string },
  budget: Budget,
): Promise<CategoryDeletion> {
  // Reject early what will be rejected anyway, before the search through all accounts.
  const first = deleteCategory(await store.read(), { id, at: clock.now(), lookedMs: 0 })
  if (first.type === 'REJECTED') return first

  const lookedFromMs = clock.monotonicMs()
  const holder = await store.holderOf(id, budget)
  if (holder !== undefined) return { type: 'HELD', holder }
  const { edit } = await store.edit(
    (current, at) => deleteCategory(current, { id, at, lookedMs: clock.monotonicMs() - lookedFromMs }),
    by,
  )
  return edit.type === 'REJECTED' ? edit : { type: 'DELETED' }
}
