import type { Category, CategoryId } from './category.js'
import { type CategorySet, contradictionIn } from './category-contradiction.js'
import type { CategoryProfile } from './category-profile.js'
import { type HoldPolicy, sameHoldPolicy } from './hold-policy.js'
import { joinPolicies, type MccPolicy, samePolicy } from './mcc-policy.js'
import { type MccSet, mccItems } from './mcc-set.js'

/** A stored category. */
export type KeptCategory = {
  readonly category: Category
  /** Catalog version of the category's last change. */
  readonly version: bigint
  readonly changedAt: Date
  /** Subject of the token that made the change, or the name of the command. */
  readonly changedBy: string
}

/** The stored categories and policies that an edit starts from. */
export type KeptCategorySet = Policies & { readonly kept: readonly KeptCategory[] }

/** The rules of the catalog that apply to all categories. */
export type Policies = MccPolicy & { readonly holdPolicy: HoldPolicy }

/** The outcome of an edit. */
export type CategoryEdit =
  /** Writes `upserted` and removes `deleted`. When both are empty, at most the policies change. */
  | (Policies & {
      readonly type: 'EDIT'
      readonly upserted: readonly Category[]
      readonly deleted: readonly CategoryId[]
    })
  | { readonly type: 'REJECTED'; readonly rejection: CategoryRejection; readonly detail: string }

/**
 * Why an edit is rejected:
 * - CATEGORY_NOT_FOUND: no category has this id.
 * - CREDITS_OPEN: the category accepts credits, or did so a moment ago.
 * - CATALOG_CONTRADICTION: the categories would contradict each other.
 */
export type CategoryRejection = 'CATEGORY_NOT_FOUND' | 'CREDITS_OPEN' | 'CATALOG_CONTRADICTION'

/**
 * Shortest time between closing a category for credits and deleting it, in milliseconds. Every process learns
 * of the closing within two seconds. A credit decided earlier is committed, or has failed for good, within
 * the rest.
 */
const CLOSED_MS_MIN = 10_000

/** Adds a category, or replaces the one with the same id. */
export function upsertCategory(current: KeptCategorySet, category: Category): CategoryEdit {
  return edited(current, { upserted: [category] })
}

/**
 * Deletes a category in which no account holds money.
 *
 * @param lookedMs Duration of the preceding search for holders, in milliseconds.
 */
export function deleteCategory(
  current: KeptCategorySet,
  { id, at, lookedMs }: { readonly id: CategoryId; readonly at: Date; readonly lookedMs: number },
): CategoryEdit {
  const found = current.kept.find(({ category }) => category.id === id)
  if (!found) return rejected('CATEGORY_NOT_FOUND', id)
  const edit = edited(current, { deleted: [id] })
  if (edit.type === 'REJECTED') return edit
  if (!found.category.creditsClosed) return rejected('CREDITS_OPEN', `${id} accepts credits`)
  const missingMs = CLOSED_MS_MIN + lookedMs - (at.getTime() - found.changedAt.getTime())
  if (missingMs <= 0) return edit
  return rejected('CREDITS_OPEN', `${id} accepted credits until recently: try again in ${missingMs} ms`)
}

/** Replaces the MCC policy, both its lists. */
export function replaceMccPolicy(current: KeptCategorySet, policy: MccPolicy): CategoryEdit {
  return edited(current, { policy })
}

/** Replaces the hold policy. */
export function replaceHoldPolicy(current: KeptCategorySet, holdPolicy: HoldPolicy): CategoryEdit {
  return edited(current, { holdPolicy })
}

/** Adds a profile. Its categories replace those with the same ids; all other categories stay. */
export function applyProfile(current: KeptCategorySet, profile: CategoryProfile): CategoryEdit {
  return edited(current, { upserted: profile.categories, policy: joinPolicies(current, profile) })
}

/** Whether the edit changes nothing. */
export function isIdle(edit: CategoryEdit & { readonly type: 'EDIT' }, current: KeptCategorySet): boolean {
  if (edit.upserted.length > 0 || edit.deleted.length > 0) return false
  return samePolicy(edit, current) && sameHoldPolicy(edit.holdPolicy, current.holdPolicy)
}

function edited(
  { kept, holdPolicy: holdPolicyBefore, ...before }: KeptCategorySet,
  {
    upserted = [],
    deleted = [],
    policy = before,
    holdPolicy = holdPolicyBefore,
  }: {
    readonly upserted?: readonly Category[]
    readonly deleted?: readonly CategoryId[]
    readonly policy?: MccPolicy
    readonly holdPolicy?: HoldPolicy
  },
): CategoryEdit {
  const current = kept.map(({ category }) => category)
  const gone = new Set([...deleted, ...upserted.map(({ id }) => id)])
  const { neverPermitted, neverPermittedAsReceived } = policy
  const after: CategorySet = {
    categories: [...current.filter(({ id }) => !gone.has(id)), ...upserted],
    neverPermitted,
    neverPermittedAsReceived,
  }
  const contradiction = contradictionIn(after)
  if (contradiction !== undefined) return rejected('CATALOG_CONTRADICTION', contradiction)
  const changed = upserted.filter((category) => !current.some((other) => sameCategory(other, category)))
  return { type: 'EDIT', upserted: changed, deleted, neverPermitted, neverPermittedAsReceived, holdPolicy }
}

function rejected(rejection: CategoryRejection, detail: string): CategoryEdit {
  return { type: 'REJECTED', rejection, detail }
}

function sameCategory(a: Category, b: Category): boolean {
  return (
    a.id === b.id &&
    a.displayName === b.displayName &&
    a.order === b.order &&
    a.free === b.free &&
    a.creditsClosed === b.creditsClosed &&
    a.regulated === b.regulated &&
    a.immediate === b.immediate &&
    a.rails.join() === b.rails.join() &&
    sameSet(a.mccs, b.mccs)
  )
}

function sameSet(a: MccSet, b: MccSet): boolean {
  return mccItems(a).join() === mccItems(b).join()
}
