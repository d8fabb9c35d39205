import type { Authorize } from '../../../src/application/authorize.js'
import type { Clock } from '../../../src/application/clock.js'
import type { Catalog } from '../../../src/domain/catalog.js'
import type { RivalBooks } from '../rival-books.js'
import { bareUpdate } from './bare-update.js'
import { lockDocument } from './lock-document.js'
import { revisionCheck } from './revision-check.js'
import { transaction } from './transaction.js'

export type StrategyOptions = {
  readonly books: RivalBooks
  readonly catalog: () => Catalog
  readonly clock: Clock
}

/** A way to authorize purchases that is not ours. */
export type Strategy = (options: StrategyOptions) => Authorize

const strategies = {
  'bare-update': bareUpdate,
  'revision-check': revisionCheck,
  'lock-document': lockDocument,
  transaction,
} as const satisfies Record<string, Strategy>

export type StrategyName = keyof typeof strategies

/** The strategy of that name. Throws RangeError when there is none. */
export function strategyNamed(name: string): Strategy {
  if (!isStrategyName(name))
    throw new RangeError(`a strategy is one of ${Object.keys(strategies).join(', ')}, not "${name}"`)
  return strategies[name]
}

function isStrategyName(name: string): name is StrategyName {
  return Object.hasOwn(strategies, name)
}
