import { bareUpdate } from './bare-update.js'
import { lockDocument } from './lock-document.js'
import { revisionCheck } from './revision-check.js'
import type { Strategy } from './strategy.js'
import { transaction } from './transaction.js'

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
