import type { Category } from '../../domain/category.js'
import { railSet } from '../../domain/category-rails.js'
import { invariant } from '../../domain/invariant.js'
import { mccItems, mccSet } from '../../domain/mcc-set.js'
import type { Rail } from '../../domain/network.js'
import { rails } from '../../domain/network.js'
import type { CatalogChange } from './catalog-change.js'

/** A category as stored in `categories`. */
export type CategoryDocument = {
  readonly _id: string
  /** The catalog's version when the category last changed. */
  readonly version: bigint
  readonly display_name: string
  readonly mccs: readonly string[]
  readonly order: number
  readonly free: boolean
  readonly credits_closed: boolean
  /** Absent: any rail. */
  readonly rails?: readonly Rail[]
  /** Absent: not regulated. */
  readonly regulated?: true
  /** Absent: purchases that ask for a hold are held. */
  readonly immediate?: true
  readonly changed_at: Date
  readonly changed_by: string
}

/** Writes a category as part of a change of the catalog. */
export function categoryDocument(
  category: Category,
  { version, at, by }: Pick<CatalogChange, 'version' | 'at'> & { readonly by: string },
): CategoryDocument {
  return {
    _id: category.id,
    version,
    display_name: category.displayName,
    mccs: mccItems(category.mccs),
    order: category.order,
    free: category.free,
    credits_closed: category.creditsClosed,
    ...(category.rails.length > 0 && { rails: category.rails }),
    ...(category.regulated && { regulated: true as const }),
    ...(category.immediate && { immediate: category.immediate }),
    changed_at: at,
    changed_by: by,
  }
}

/**
 * Reads a category.
 *
 * @throws InvariantError or RangeError when the document is not a valid category.
 */
export function categoryOf(document: CategoryDocument): Category {
  invariant(typeof document.order === 'number', 'the order of a category is an int32')
  invariant(typeof document.free === 'boolean', 'a category says whether it is the free balance')
  const { rails: permitted = [] } = document
  invariant(
    permitted.every((rail) => rails.includes(rail)),
    'a category has only rails that this release knows',
  )
  return {
    id: document._id,
    // Categories from before the catalog had versions have neither of these two fields.
    displayName: document.display_name ?? document._id,
    creditsClosed: document.credits_closed ?? false,
    mccs: mccSet(document.mccs),
    order: document.order,
    free: document.free,
    rails: railSet(permitted),
    regulated: document.regulated ?? false,
    ...(document.immediate && { immediate: document.immediate }),
  }
}
