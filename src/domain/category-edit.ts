import type { Category, CategoryId } from './category.js'
import { type CategorySet, contradictionIn } from './category-contradiction.js'
import type { CategoryProfile } from './category-profile.js'
import { type MccSet, mccItems, mccSet } from './mcc-set.js'

/** A category as it is kept. */
export type KeptCategory = {
  readonly category: Category
  /** Of the catalog, when the category was last changed. */
  readonly version: bigint
  readonly changedAt: Date
  /** Subject of the token of who changed it, or the name of the command. */
  readonly changedBy: string
}

/** What the categories are when they are to be edited. */
export type KeptCategorySet = {
  readonly kept: readonly KeptCategory[]
  readonly neverPermitted: MccSet
}

/** What becomes of the categories. */
export type CategoryEdit =
  /** These are written, those removed; nothing else changes. Both empty: only what is never permitted changes, if that. */
  | {
      readonly type: 'EDIT'
      readonly upserted: readonly Category[]
      readonly deleted: readonly CategoryId[]
      readonly neverPermitted: MccSet
    }
  | { readonly type: 'REFUSED'; readonly refusal: CategoryRefusal; readonly detail: string }

/**
 * - CATEGORY_NOT_FOUND: there is none of this id.
 * - CREDITS_OPEN: it takes credits, or took them a moment ago.
 * - CATALOG_CONTRADICTION: the categories would contradict themselves.
 */
export type CategoryRefusal = 'CATEGORY_NOT_FOUND' | 'CREDITS_OPEN' | 'CATALOG_CONTRADICTION'

/**
 * Time for which a category must have been closed for credits before it is deleted, in milliseconds. Every process knows of the
 * closing within two seconds, and a credit that was decided before is committed, or never will be, within the rest.
 */
const CLOSED_MS_MIN = 10_000

/** Adds a category, or puts it in the place of the one with its id. */
export function upsertCategory(current: KeptCategorySet, category: Category): CategoryEdit {
  return edited(current, { upserted: [category] })
}

/**
 * Removes a category in which nobody holds money.
 *
 * @param lookedMs For how long it was looked whether somebody does, right before.
 */
export function deleteCategory(
  current: KeptCategorySet,
  { id, at, lookedMs }: { readonly id: CategoryId; readonly at: Date; readonly lookedMs: number },
): CategoryEdit {
  const found = current.kept.find(({ category }) => category.id === id)
  if (!found) return refused('CATEGORY_NOT_FOUND', id)
  const edit = edited(current, { deleted: [id] })
  if (edit.type === 'REFUSED') return edit
  if (!found.category.creditsClosed) return refused('CREDITS_OPEN', `${id} takes credits`)
  const missingMs = CLOSED_MS_MIN + lookedMs - (at.getTime() - found.changedAt.getTime())
  if (missingMs <= 0) return edit
  return refused('CREDITS_OPEN', `${id} took credits until a moment ago: try again in ${missingMs} ms`)
}

/** Replaces what nothing pays for. */
export function replaceNeverPermitted(current: KeptCategorySet, neverPermitted: MccSet): CategoryEdit {
  return edited(current, { neverPermitted })
}

/** Adds what a profile has and puts its categories in the place of those with the same ids. What it does not have stays. */
export function applyProfile(current: KeptCategorySet, profile: CategoryProfile): CategoryEdit {
  const neverPermitted = mccSet([...mccItems(current.neverPermitted), ...mccItems(profile.neverPermitted)])
  return edited(current, { upserted: profile.categories, neverPermitted })
}

/** Whether the edit leaves everything as it is. */
export function isIdle(edit: CategoryEdit & { readonly type: 'EDIT' }, current: KeptCategorySet): boolean {
  return (
    edit.upserted.length === 0 &&
    edit.deleted.length === 0 &&
    sameSet(edit.neverPermitted, current.neverPermitted)
  )
}

function edited(
  { kept, neverPermitted: before }: KeptCategorySet,
  {
    upserted = [],
    deleted = [],
    neverPermitted = before,
  }: {
    readonly upserted?: readonly Category[]
    readonly deleted?: readonly CategoryId[]
    readonly neverPermitted?: MccSet
  },
): CategoryEdit {
  const current = kept.map(({ category }) => category)
  const gone = new Set([...deleted, ...upserted.map(({ id }) => id)])
  const after: CategorySet = {
    categories: [...current.filter(({ id }) => !gone.has(id)), ...upserted],
    neverPermitted,
  }
  const contradiction = contradictionIn(after)
  if (contradiction !== undefined) return refused('CATALOG_CONTRADICTION', contradiction)
  const changed = upserted.filter((category) => !current.some((other) => sameCategory(other, category)))
  return { type: 'EDIT', upserted: changed, deleted, neverPermitted }
}

function refused(refusal: CategoryRefusal, detail: string): CategoryEdit {
  return { type: 'REFUSED', refusal, detail }
}

function sameCategory(a: Category, b: Category): boolean {
  return (
    a.id === b.id &&
    a.displayName === b.displayName &&
    a.order === b.order &&
    a.free === b.free &&
    a.creditsClosed === b.creditsClosed &&
    sameSet(a.mccs, b.mccs)
  )
}

function sameSet(a: MccSet, b: MccSet): boolean {
  return mccItems(a).join() === mccItems(b).join()
}
