import type { AccountId } from '../../domain/account.js'
import type { CategoryId } from '../../domain/category.js'
import { type CategoryRefusal, deleteCategory } from '../../domain/category-edit.js'
import type { Budget } from '../budget.js'
import type { Clock } from '../clock.js'
import type { CategoryStore } from './category-store.js'

/** What came of a deletion. */
export type CategoryDeletion =
  | { readonly type: 'DELETED' }
  | { readonly type: 'HELD'; readonly holder: AccountId }
  | { readonly type: 'REFUSED'; readonly refusal: CategoryRefusal; readonly detail: string }

export type DeleteCategoryOptions = {
  readonly store: CategoryStore
  readonly clock: Clock
}

/**
 * Deletes a category that takes no credits and in which nobody holds money.
 *
 * Looking for money takes time, and whoever credits does not wait for it. So a category is closed for credits first, by an
 * edit of its own; when that has been known everywhere for long enough, and nothing has changed until the end of the look, no
 * money can have come in behind its back. Only a reversal can: it goes back to the wallet that paid, whatever became of the category,
 * and can be spent again when a category of that id is made.
 *
 * @throws IndecisionError NO_TIME_LEFT when not all accounts could be looked at.
 */
export async function removeCategory(
  { store, clock }: DeleteCategoryOptions,
  { id, by }: { readonly id: CategoryId; readonly by: string },
  budget: Budget,
): Promise<CategoryDeletion> {
  // What is refused anyway is refused before every account has been looked at.
  const first = deleteCategory(await store.read(), { id, at: clock.now(), lookedMs: 0 })
  if (first.type === 'REFUSED') return first

  const lookedFromMs = clock.monotonicMs()
  const holder = await store.holderOf(id, budget)
  if (holder !== undefined) return { type: 'HELD', holder }
  const { edit } = await store.edit(
    (current, at) => deleteCategory(current, { id, at, lookedMs: clock.monotonicMs() - lookedFromMs }),
    by,
  )
  return edit.type === 'REFUSED' ? edit : { type: 'DELETED' }
}
