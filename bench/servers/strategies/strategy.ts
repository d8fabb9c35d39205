import type { Authorize } from '../../../src/application/authorize.js'
import type { Clock } from '../../../src/application/clock.js'
import type { Catalog } from '../../../src/domain/catalog.js'
import type { RivalBooks } from '../rival-books.js'

export type StrategyOptions = {
  readonly books: RivalBooks
  readonly catalog: () => Catalog
  readonly clock: Clock
}

/** A way to authorize purchases that is not ours. */
export type Strategy = (options: StrategyOptions) => Authorize
