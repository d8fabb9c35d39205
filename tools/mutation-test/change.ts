import type { Node } from 'oxc-parser'
import type { Mutator } from './mutant.js'

/** One change: what stands in the place of a node. */
export type Change = { readonly mutator: Mutator; readonly of: Node; readonly text: string }

/** Where a node stands. */
export type Place = {
  readonly source: string
  readonly parent: Node | undefined
  /** The whole of the optional chain that the node is a link of: a link cannot be replaced by itself. */
  readonly chain: Node | undefined
}
