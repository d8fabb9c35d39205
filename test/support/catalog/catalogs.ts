import { Catalog, type CatalogParts } from '../../../src/domain/catalog.js'
import type { Category } from '../../../src/domain/category.js'
import { permissivePolicy } from '../../../src/domain/mcc-policy.js'
import type { MerchantRule } from '../../../src/domain/merchant-rule.js'
import { merchantRules } from '../../../src/domain/merchant-rule-index.js'

/** A catalog of these categories and rules: a first version, with the given changes. */
export function catalogOf(
  categories: readonly Category[],
  rules: readonly MerchantRule[] = [],
  over: Partial<CatalogParts> = {},
): Catalog {
  return new Catalog({
    version: 1n,
    ...permissivePolicy,
    ...over,
    categories,
    rules: merchantRules(rules),
  })
}
