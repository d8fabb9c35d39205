import { expect } from 'chai'
import type { Db } from 'mongodb'
import {
  BOOKS_ID,
  type BooksDocument,
  readIdentity,
  SCHEMA_VERSION,
  type SchemaStep,
  schemaSteps,
  takeSteps,
} from '../../src/storage/books-identity.js'
import { createClient } from '../../src/storage/client.js'
import { causeOf } from '../../src/storage/failure-cause.js'
import { ensureSchema } from '../../src/storage/schema.js'
import { useDatabase } from '../support/database/database-fixture.js'
import { testMongoUri } from '../support/database/mongo.js'
import { backUp, restore, schemaVersion1 } from '../support/database/stored-database.js'
import { cleanBooks } from '../support/database/verified.js'

/** The version of a later release. */
const NEXT = SCHEMA_VERSION + 1

const books = (db: Db) => db.collection<BooksDocument>('books')

/** Everything except the identity. */
async function contents(db: Db) {
  const stored = (await backUp(db)).filter(({ name }) => name !== 'books')
  return stored.sort((a, b) => (a.name < b.name ? -1 : 1))
}

describe('the steps of the schema', () => {
  it('lead from each version to the next, without a gap', () => {
    expect(schemaSteps.map(({ to }) => to)).to.deep.equal(schemaSteps.map((_, index) => index + 2))
    expect(schemaSteps.at(-1)?.to).to.equal(SCHEMA_VERSION)
  })
})

describe('a database of schema version 1', () => {
  const database = useDatabase()
  const fresh = useDatabase()

  before(async () => {
    await database().dropDatabase()
    await restore(database(), await schemaVersion1())
    await ensureSchema(database())
  })

  it('gets an identity and the version of this release', async () => {
    const identity = await readIdentity(database())
    expect(identity?.schemaVersion).to.equal(SCHEMA_VERSION)
    expect(identity?.booksId).to.match(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
  })

  it('keeps its accounts, entries and catalog as they were', async () => {
    const documents = (stored: readonly { name: string; documents: unknown }[]) =>
      Object.fromEntries(stored.map((one) => [one.name, one.documents]))
    expect(documents(await contents(database()))).to.deep.equal(documents(await schemaVersion1()))
  })

  it('has books in which every centavo is explained', () => cleanBooks(database()))

  it('gets the validators and indexes of a new database', async () => {
    await ensureSchema(fresh())
    const schema = async (db: Db) =>
      (await backUp(db))
        .map(({ name, options, indexes }) => ({
          name,
          options,
          // On a sharded cluster, the index of the shard key already existed.
          indexes: indexes
            .filter(({ key }) => !Object.values(key).includes('hashed'))
            .sort((a, b) => (String(a.name) < String(b.name) ? -1 : 1)),
        }))
        .sort((a, b) => (a.name < b.name ? -1 : 1))
    expect(await schema(database())).to.deep.equal(await schema(fresh()))
  })

  it('keeps its identity when the schema is applied again', async () => {
    const before = await books(database()).find().toArray()
    await ensureSchema(database())
    expect(await books(database()).find().toArray()).to.deep.equal(before)
  })
})

describe('a database of schema version 1 that eight processes upgrade at once', () => {
  const database = useDatabase()

  it('has one identity, which all of them find', async () => {
    await database().dropDatabase()
    await restore(database(), await schemaVersion1())
    const uri = await testMongoUri()
    const clients = Array.from({ length: 8 }, () => createClient({ uri, poolSizeMax: 2 }))
    try {
      const found = await Promise.all(
        clients.map((client) => ensureSchema(client.db(database().databaseName))),
      )
      expect(new Set(found.map(({ booksId }) => booksId)).size).to.equal(1)
    } finally {
      await Promise.all(clients.map((client) => client.close()))
    }
    expect(await books(database()).countDocuments()).to.equal(1)
    await cleanBooks(database())
  })
})

describe('merchant rules of schema version 2', () => {
  const database = useDatabase()
  const rules = () => database().collection<{ _id: string; slot: { name: string } }>('merchant_rules')
  /** Rules as the earlier release stored them: slots kept a typographic apostrophe and a space before `*`. */
  const stored = [
    ['apostrophe', 'CAFE D\u2019OURO'],
    ['plain', 'PADARIA'],
    ['star', 'UBER *TRIP'],
    ['star-tie', 'UBER*TRIP'],
  ] as const

  before(async () => {
    await ensureSchema(database())
    const at = { version: 1n, changed_at: new Date(), changed_by: 'test' }
    await rules().insertMany(
      stored.map(([_id, name]) => ({ _id, match: 'EXACT', name, mcc: '5411', slot: { name }, ...at })),
    )
    await books(database()).updateOne({ _id: BOOKS_ID }, { $set: { schema_version: 2 } })
    await ensureSchema(database())
  })

  it('get the slots of today, except one that ties with another', async () => {
    const slots = await rules().find().sort({ _id: 1 }).toArray()
    expect(slots.map(({ slot: { name } }) => name)).to.deep.equal([
      "CAFE D'OURO",
      'PADARIA',
      'UBER *TRIP',
      'UBER*TRIP',
    ])
  })
})

describe('a step of a later release', () => {
  const database = useDatabase()
  const taken: string[] = []
  const step = (to: number, take: SchemaStep['take'] = async () => {}): SchemaStep => ({
    to,
    name: `step to ${to}`,
    take: async (db) => {
      await take(db)
      taken.push(`to ${to}`)
    },
  })
  const version = async () => (await readIdentity(database()))?.schemaVersion
  /** This release rejects the later version. */
  const take = (...more: readonly SchemaStep[]) =>
    takeSteps(database(), [...schemaSteps, ...more]).catch((error: unknown) => causeOf(error).name)

  beforeEach(async () => {
    await database().dropDatabase()
    await ensureSchema(database())
    taken.length = 0
  })

  it('runs after the earlier steps, and only once', async () => {
    await take(step(NEXT), step(NEXT + 1))
    await take(step(NEXT), step(NEXT + 1))
    expect(taken).to.deep.equal([`to ${NEXT}`, `to ${NEXT + 1}`])
    expect(await version()).to.equal(NEXT + 1)
  })

  it('runs again after an interruption, without the earlier steps', async () => {
    const interrupted = step(NEXT + 1, async () => {
      throw new Error('the process was killed')
    })
    const end = await takeSteps(database(), [...schemaSteps, step(NEXT), interrupted]).catch(String)
    expect(end).to.equal('Error: the process was killed')
    expect(await version()).to.equal(NEXT)
    await take(step(NEXT), step(NEXT + 1))
    expect(taken).to.deep.equal([`to ${NEXT}`, `to ${NEXT + 1}`])
    expect(await version()).to.equal(NEXT + 1)
  })

  it('keeps its version when a slow process records its own late', async () => {
    const slow = step(NEXT, async () => {
      await take(step(NEXT), step(NEXT + 1))
    })
    await take(slow)
    expect(await version()).to.equal(NEXT + 1)
  })
})

describe('a database that a later release has upgraded', () => {
  const database = useDatabase()

  it('is rejected by this release, with both versions, and stays unchanged', async () => {
    await ensureSchema(database())
    await books(database()).updateOne({ _id: BOOKS_ID }, { $set: { schema_version: SCHEMA_VERSION + 1 } })
    await database().command({ collMod: 'ledger', validator: { $jsonSchema: { bsonType: 'object' } } })
    const before = await contents(database())
    const error = await ensureSchema(database()).catch((thrown: unknown) => thrown)
    expect(causeOf(error).name).to.equal('SCHEMA_NEWER')
    expect(String(error)).to.include(
      `the database has schema version ${SCHEMA_VERSION + 1}, this release works with version ${SCHEMA_VERSION}`,
    )
    expect(await contents(database())).to.deep.equal(before)
  })
})
