import type { UUID } from 'mongodb'
import { unavailable } from './errors.js'

/** Names of the collections that decisions are read from and committed to. */
export type DecisiveCollection = 'accounts' | 'ledger'

/** Option of a command: MongoDB refuses it unless the collection of that name is still the very one with this UUID. */
export type OnCollection = { readonly collectionUUID?: UUID }

/** The collections that a command means, when their names alone do not say. */
export interface CollectionIdentities {
  /**
   * The option for commands on this collection.
   *
   * @throws IndecisionError UNAVAILABLE while it is not known which collection is the right one.
   */
  on(name: DecisiveCollection): OnCollection
}

/** Takes a collection by its name, whichever it is: for tools and tests that work on one database and end. */
export const byName: CollectionIdentities = { on: () => ({}) }

/**
 * The UUIDs of the collections that the latest check of the books found right.
 *
 * MongoDB gives every collection a UUID of its own and never uses one again. A command that names it fails on a collection that was dropped,
 * made anew, or belongs to another database that answers at the same address: with nothing read, written or created.
 */
export class KnownCollections implements CollectionIdentities {
  #options: Readonly<Record<DecisiveCollection, OnCollection>> | undefined

  on(name: DecisiveCollection): OnCollection {
    if (!this.#options) throw unavailable('naming a collection', new Error('the books were not found yet'))
    return this.#options[name]
  }

  learn(uuids: Readonly<Record<DecisiveCollection, UUID>>): void {
    this.#options = {
      accounts: { collectionUUID: uuids.accounts },
      ledger: { collectionUUID: uuids.ledger },
    }
  }
}
