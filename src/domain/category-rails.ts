import type { Category } from './category.js'
import { type Rail, rails } from './network.js'

/** Writes a set of rails in the order of {@link rails}, each of them once. */
export function railSet(items: readonly Rail[]): readonly Rail[] {
  return rails.filter((rail) => items.includes(rail))
}

/** Whether categories with rails accept or decline a purchase for which the network sent no rail. */
export type MissingRail = 'accept' | 'decline'

/** Whether a category pays for purchases over this rail. Undefined: the network sent no rail. */
export function permitsRail(
  { rails: permitted }: Category,
  rail: Rail | undefined,
  missingRail: MissingRail,
): boolean {
  if (permitted.length === 0) return true
  return rail === undefined ? missingRail === 'accept' : permitted.includes(rail)
}
