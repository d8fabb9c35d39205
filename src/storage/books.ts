import type { Db, MongoClient, ServerDescriptionChangedEvent } from 'mongodb'
import type { ReadOrder } from './account/read-order.js'
import { type BooksIdentity, readIdentity, SCHEMA_VERSION } from './books-identity.js'
import { OPERATION_MS_MAX } from './client.js'
import { unavailable } from './errors.js'
import { KnownCollections } from './known-collections.js'
import { checkSchema, ensureSchema } from './schema.js'
import { UnfitDatabaseError } from './trouble.js'

/** The wire version of MongoDB 8.0, the first one with the `bulkWrite` command. */
const WIRE_VERSION_MIN = 25

/**
 * The books that this process works on, from its first contact with them to its end.
 *
 * - It makes the schema, and books where there are none, once: before the first decision. A database that has lost them later is refused.
 * - Commands name the collections that the latest check found right. Between two checks, they fail on any other collection.
 * - After a failed check, nothing that the process remembers of the books counts: they may come back as they were at an earlier time.
 */
export class Books {
  readonly known = new KnownCollections()
  readonly #db: Db
  readonly #order: ReadOrder
  #booksId: string | undefined
  /** The UUIDs as one text; undefined while the books are not known to be right. */
  #rightAs: string | undefined

  constructor(db: Db, order: ReadOrder) {
    this.#db = db
    this.#order = order
  }

  /** Whether the latest check that could be made found the books right. False before the first one. */
  get right(): boolean {
    return this.#rightAs !== undefined
  }

  /** The id of the books; undefined before the first contact. */
  get id(): string | undefined {
    return this.#booksId
  }

  /**
   * Makes the schema and the identity where they are missing, and remembers the identity. When called again it makes nothing: the database
   * may have been emptied since.
   *
   * @throws UnfitDatabaseError when the database is not one to work on.
   */
  async open(): Promise<void> {
    if (this.#booksId === undefined) {
      await refuseUnfitServer(this.#db.client)
      this.#booksId = (await ensureSchema(this.#db)).booksId
    }
    await this.check(async () => {})
  }

  /**
   * Checks that the database has the books, with everything that decisions rely on. After a check that failed, or when collections were
   * made anew, calls `forget` before the books count as right again.
   *
   * @throws UnfitDatabaseError when it has not, and any other error when it could not be asked.
   */
  async check(forget: () => Promise<void>): Promise<void> {
    const found = await this.#find()
    if (found === undefined) return
    const uuids = JSON.stringify([found.accounts, found.ledger])
    if (uuids === this.#rightAs) return
    this.#rightAs = undefined
    await forget()
    this.known.learn(found)
    this.#rightAs = uuids
  }

  /** The collections as they are; undefined when they cannot be asked for and need not be. */
  async #find() {
    try {
      const [identity, uuids] = await Promise.all([readIdentity(this.#db), checkSchema(this.#db)])
      this.#compare(identity)
      return uuids
    } catch (error) {
      if (error instanceof UnfitDatabaseError) this.#rightAs = undefined
      else if (await this.#isOneShardAway()) return undefined
      throw error
    }
  }

  #compare(identity: BooksIdentity | undefined): void {
    if (!identity) throw new UnfitDatabaseError('BOOKS_MISSING')
    if (identity.booksId !== this.#booksId)
      throw new UnfitDatabaseError(
        'BOOKS_OTHER',
        `these are the books ${identity.booksId}, this process works on ${this.#booksId}`,
      )
    // A newer one is no obstacle to a process that runs: it is about to be replaced.
    if (identity.schemaVersion < SCHEMA_VERSION) throw new UnfitDatabaseError('SCHEMA_OLDER')
  }

  /**
   * Whether the shard with the identity is away and mongos is not. The accounts of all other shards are decided on, as long as the books
   * were right; commands still name their collections.
   */
  async #isOneShardAway(): Promise<boolean> {
    if (!this.right || !(await this.#order.isSharded())) return false
    await this.#db.command({ ping: 1, maxTimeMS: OPERATION_MS_MAX })
    return true
  }
}

/** Refuses a server on which the service cannot work, before anything is written to it. */
export async function refuseUnfitServer(client: MongoClient): Promise<void> {
  const { setName, msg, maxWireVersion } = await client.db('admin').command({ hello: 1 })
  if (setName === undefined && msg !== 'isdbgrid') throw new UnfitDatabaseError('STANDALONE')
  if (maxWireVersion < WIRE_VERSION_MIN) throw new UnfitDatabaseError('TOO_OLD')
}

/** Calls back whenever the client has found a primary, or a mongos, that it had no connection to. */
export function onPrimaryFound(client: MongoClient, found: () => void): void {
  client.on(
    'serverDescriptionChanged',
    ({ previousDescription, newDescription }: ServerDescriptionChangedEvent) => {
      if (isPrimary(newDescription.type) && !isPrimary(previousDescription.type)) found()
    },
  )
}

function isPrimary(type: string): boolean {
  return type === 'RSPrimary' || type === 'Mongos'
}

/** The error of calls that come while the books are not known to be right. */
export function booksNotRight() {
  return unavailable('asking the database', new Error('its books are not known to be right'))
}
