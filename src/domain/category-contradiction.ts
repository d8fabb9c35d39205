import { CATEGORIES_MAX, type Category } from './category.js'
import type { MccPolicy } from './mcc-policy.js'
import { commonMcc } from './mcc-set.js'

/** A catalog without its merchant rules. */
export type CategorySet = MccPolicy & { readonly categories: readonly Category[] }

/**
 * Describes the first contradiction between these categories, naming both sides; undefined when there is
 * none. Several categories may share an MCC, provided that their order says which one pays first.
 */
export function contradictionIn({ categories, ...policy }: CategorySet): string | undefined {
  if (categories.length > CATEGORIES_MAX) return `a catalog has at most ${CATEGORIES_MAX} categories`
  const twice = categories.find(({ id }, index) => categories.findIndex((other) => other.id === id) < index)
  if (twice) return `the category ${twice.id} is in the catalog twice`
  return freeContradiction(categories) ?? benefitContradiction({ categories, ...policy })
}

function freeContradiction(categories: readonly Category[]): string | undefined {
  const free = categories.filter((category) => category.free).map(({ id }) => id)
  if (free.length === 1) return undefined
  const found = free.length === 0 ? 'not 0' : `not ${free.length}: ${free.join(' and ')}`
  return `the catalog needs exactly one free balance, ${found}`
}

function benefitContradiction({
  categories,
  neverPermitted,
  neverPermittedAsReceived,
}: CategorySet): string | undefined {
  const benefits = categories.filter(({ free }) => !free)
  for (const [index, category] of benefits.entries()) {
    const never = commonMcc(category.mccs, neverPermitted)
    if (never !== undefined) return `MCC ${never} is in ${category.id} and also never permitted`
    const received = commonMcc(category.mccs, neverPermittedAsReceived)
    if (received !== undefined)
      return `MCC ${received} is in ${category.id} and also never permitted as received`
    for (const other of benefits.slice(index + 1)) {
      if (other.order !== category.order) continue
      const both = commonMcc(category.mccs, other.mccs)
      if (both === undefined) continue
      return `MCC ${both} is in ${category.id} and in ${other.id}, which have the same order, ${category.order}: neither comes first`
    }
  }
  return undefined
}
