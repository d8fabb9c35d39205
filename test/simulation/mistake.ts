import type { AccountStore } from '../../src/application/account-store.js'
import type { Ledger } from '../../src/application/ledger.js'
import type { Patch } from '../support/engine-sources.js'

/** The engine's ports. */
export type Ports = { readonly accounts: AccountStore; readonly ledger: Ledger }

/** What may be wrong with the code between the engine and the log of the replica set. Nothing, unless it is planted. */
export type Mistakes = {
  /** The version is not in the filter of a commit. */
  readonly ignoresVersion?: boolean
  /** The balance is not in the filter of a commit. */
  readonly ignoresBalance?: boolean
  /** Reads see what no majority has yet. */
  readonly readsLocally?: boolean
  /** A commit is answered before a majority has it. */
  readonly commitsEarly?: boolean
  /** Entries are said to be in the ledger before a majority has them. */
  readonly postsEarly?: boolean
  /** Puts something between the engine and its ports. */
  readonly between?: (ports: Ports) => Ports
}

/** A mistake that somebody could make, and that the simulation has to find. */
export type Mistake = Mistakes & {
  readonly name: string
  /** How the sources are changed; nothing if the mistake is in the store. */
  readonly patches?: readonly Patch[]
  /** So many circumstances must come together that it takes hundreds of histories, or thousands. */
  readonly isRare?: boolean
}
