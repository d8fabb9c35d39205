import type { Db, MongoClient, ServerDescriptionChangedEvent } from 'mongodb'
import type { ReadOrder } from './account/read-order.js'
import { type BooksIdentity, readIdentity, SCHEMA_VERSION } from './books-identity.js'
import { OPERATION_MS_MAX } from './client.js'
import { unavailable } from './errors.js'
import { UnfitDatabaseError } from './failure-cause.js'
import { KnownCollections } from './known-collections.js'
import { checkSchema, ensureSchema } from './schema.js'

/** The wire version of MongoDB 8.0, the first release with the `bulkWrite` command. */
const WIRE_VERSION_MIN = 25

/**
 * The books that this process works on, from its first contact with them until it ends.
 *
 * - It creates the schema, and missing books, once: before the first decision. Later, a database without its
 *   books is rejected.
 * - Commands name the collections that the latest check approved. Between two checks they fail on any other
 *   collection.
 * - After a failed check everything that the process remembers of the books is stale: they may come back as
 *   they were at an earlier time.
 */
export class Books {
  readonly known = new KnownCollections()
  readonly #db: Db
  readonly #order: ReadOrder
  #booksId: string | undefined
  /** The approved UUIDs as one text; undefined while the books are not known to be right. */
  #rightAs: string | undefined

  constructor(db: Db, order: ReadOrder) {
    this.#db = db
    this.#order = order
  }

  /** Whether the latest completed check found the books right. False before the first check. */
  get right(): boolean {
    return this.#rightAs !== undefined
  }

  /** The id of the books; undefined before the first contact. */
  get id(): string | undefined {
    return this.#booksId
  }

  /**
   * Creates the schema and the identity where they are missing, and remembers the identity. Later calls
   * create nothing, because the database may have been emptied since.
   *
   * @throws UnfitDatabaseError when the service must not work on this database.
   */
  async open(): Promise<void> {
    if (this.#booksId === undefined) {
      await rejectUnfitServer(this.#db.client)
      this.#booksId = (await ensureSchema(this.#db)).booksId
    }
    await this.check(async () => {})
  }

  /**
   * Checks that the database holds these books, with everything that decisions rely on. Calls `forget` before
   * the books count as right again, when an earlier check failed or a collection was replaced.
   *
   * @throws UnfitDatabaseError when it does not hold them; any other error when the check could not run.
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

  /** Reads the UUIDs of the collections; undefined when only one shard is away and the check can wait. */
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
        `the database holds the books ${identity.booksId}, but this process uses ${this.#booksId}`,
      )
    // A newer schema does not stop a running process: a newer release is about to replace it.
    if (identity.schemaVersion < SCHEMA_VERSION) throw new UnfitDatabaseError('SCHEMA_OLDER')
  }

  /**
   * Whether the shard that holds the identity is away while mongos answers. As long as the books were right,
   * the service keeps deciding on the accounts of all other shards; commands still name their collections.
   */
  async #isOneShardAway(): Promise<boolean> {
    if (!this.right || !(await this.#order.isSharded())) return false
    await this.#db.command({ ping: 1, maxTimeMS: OPERATION_MS_MAX })
    return true
  }
}

/**
 * Rejects a server that the service cannot work on, before anything is written to it.
 *
 * @throws UnfitDatabaseError STANDALONE or TOO_OLD.
 */
export async function rejectUnfitServer(client: MongoClient): Promise<void> {
  const { setName, msg, maxWireVersion } = await client.db('admin').command({ hello: 1 })
  if (setName === undefined && msg !== 'isdbgrid') throw new UnfitDatabaseError('STANDALONE')
  if (maxWireVersion < WIRE_VERSION_MIN) throw new UnfitDatabaseError('TOO_OLD')
}

/** Calls `found` whenever the client discovers a primary, or a mongos, that it had no connection to. */
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

/** Builds the error for calls that arrive while the books are not known to be right. */
export function booksNotRight() {
  return unavailable('asking the database', new Error('its books have not passed the check'))
}
