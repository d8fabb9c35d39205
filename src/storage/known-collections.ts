import type { UUID } from 'mongodb'
import { unavailable } from './errors.js'

/** The names of the collections that decisions are read from and committed to. */
export type DecisiveCollection = 'accounts' | 'ledger'

/** A command option. With it, MongoDB rejects the command unless the named collection still has this UUID. */
export type OnCollection = { readonly collectionUUID?: UUID }

/** The UUIDs that commands name in addition to their collection's name. */
export interface CollectionIdentities {
  /**
   * Returns the option for commands on this collection.
   *
   * @throws UndecidedError UNAVAILABLE while no check of the books has succeeded yet.
   */
  on(name: DecisiveCollection): OnCollection
}

/** Accepts whichever collection has the name: for tools and tests that use one database and end. */
export const byName: CollectionIdentities = { on: () => ({}) }

/**
 * The UUIDs of the collections that the latest check of the books approved.
 *
 * MongoDB gives every collection its own UUID and never reuses it. A command with a UUID fails, without any
 * effect, when the collection was dropped or recreated, or when another database answers at the same address.
 */
export class KnownCollections implements CollectionIdentities {
  #options: Readonly<Record<DecisiveCollection, OnCollection>> | undefined

  on(name: DecisiveCollection): OnCollection {
    if (!this.#options)
      throw unavailable('naming a collection', new Error('the books have not been found yet'))
    return this.#options[name]
  }

  learn(uuids: Readonly<Record<DecisiveCollection, UUID>>): void {
    this.#options = {
      accounts: { collectionUUID: uuids.accounts },
      ledger: { collectionUUID: uuids.ledger },
    }
  }
}
