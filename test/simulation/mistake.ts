import type { AccountStore } from '../../src/application/account-store.js'
import type { Ledger } from '../../src/application/ledger.js'
import type { Patch } from '../support/engine-sources.js'

/** The engine's ports. */
export type Ports = { readonly accounts: AccountStore; readonly ledger: Ledger }

/** Faults of the code between the engine and the log of the replica set. None unless planted. */
export type Mistakes = {
  /** The filter of a commit lacks the version. */
  readonly ignoresVersion?: boolean
  /** The filter of a commit lacks the balance. */
  readonly ignoresBalance?: boolean
  /** A commit adds its open holds to the stored ones, instead of setting all of them. */
  readonly mergesHolds?: boolean
  /** Reads see writes before a majority has them. */
  readonly readsLocally?: boolean
  /** A commit is acknowledged before a majority has it. */
  readonly commitsEarly?: boolean
  /** Entries are reported as posted before a majority has them. */
  readonly postsEarly?: boolean
  /** Wraps the engine's ports. */
  readonly between?: (ports: Ports) => Ports
}

/** A possible mistake that the simulation must detect. */
export type Mistake = Mistakes & {
  readonly name: string
  /** The change of the sources; absent if the mistake is in the store. */
  readonly patches?: readonly Patch[]
  /** Takes hundreds or thousands of histories to detect, because many circumstances must coincide. */
  readonly isRare?: boolean
}
