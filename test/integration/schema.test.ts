import { expect } from 'chai'
import type { Db, Document } from 'mongodb'
import { createClient } from '../../src/storage/client.js'
import { ensureSchema } from '../../src/storage/schema.js'
import { useDatabase } from '../support/database/database-fixture.js'
import { testMongoUri } from '../support/database/mongo.js'
import { commandsSent } from '../support/database/sent-commands.js'
import { codeOf, VALIDATION_FAILED } from '../support/database/server-code.js'

/** The creation time and the identity differ. */
const timeless = { projection: { changed_at: 0, created_at: 0, books_id: 0 } }

/** Everything that ensureSchema creates, as the database shows it. */
async function schemaOf(db: Db): Promise<object> {
  const found = (await db.listCollections().toArray()).sort((a, b) => (a.name < b.name ? -1 : 1))
  const parts = found.map(async ({ name, options }: Document) => ({
    name,
    options,
    indexes: await db.collection(name).indexes(),
    documents: await db.collection(name).find({}, timeless).sort({ _id: 1 }).toArray(),
  }))
  return Promise.all(parts)
}

describe('ensureSchema', () => {
  const database = useDatabase()
  const names = (documents: readonly Document[]) => documents.map(({ name }) => name)

  before(() => ensureSchema(database()))

  it('creates the collections', async () => {
    const found = await database().listCollections().toArray()
    expect(names(found)).to.have.members([
      'books',
      'accounts',
      'ledger',
      'catalog',
      'categories',
      'merchant_rules',
    ])
  })

  it('indexes the ledger by account and place, newest first, each place once', async () => {
    const [index] = (await database().collection('ledger').indexes()).filter(({ name }) => name !== '_id_')
    expect(index).to.deep.include({ key: { '_id.account': 1, seq: -1 }, unique: true, name: 'account_seq' })
  })

  for (const [collection, indexes] of [
    ['accounts', ['_id_', 'next_expiry', 'owed']],
    ['ledger', ['_id_', 'account_seq', 'account_original', 'early_reversals']],
    ['catalog', ['_id_']],
    ['categories', ['_id_', 'version', 'deleted_at']],
    ['merchant_rules', ['_id_', 'version', 'deleted_at', 'slot']],
  ] as const) {
    it(`indexes ${collection} by ${indexes.join(', ')}`, async () => {
      const made = await database().collection(collection).indexes()
      // On a sharded cluster, the index of the shard key already existed.
      const own = made.filter(({ key }) => !Object.values(key).includes('hashed'))
      expect(names(own)).to.have.members([...indexes])
    })
  }

  it('creates the first version of the catalog', async () => {
    const made = await database().collection('catalog').find({}, timeless).toArray()
    expect(made).to.deep.equal([{ _id: 'catalog', version: 1n, never_permitted: [] }])
  })

  it('fills in the categories of the challenge', async () => {
    const categories = await database()
      .collection('categories')
      .find({}, { projection: { changed_at: 0 } })
      .sort({ order: 1 })
      .toArray()
    const made = { version: 1n, credits_closed: false, changed_by: 'schema' }
    expect(categories).to.deep.equal([
      { _id: 'FOOD', display_name: 'Food', mccs: ['5411', '5412'], order: 10, free: false, ...made },
      { _id: 'MEAL', display_name: 'Meals', mccs: ['5811', '5812'], order: 20, free: false, ...made },
      { _id: 'CASH', display_name: 'Free balance', mccs: [], order: 1000, free: true, ...made },
    ])
  })

  it('changes nothing the second time', async () => {
    const before = await schemaOf(database())
    await ensureSchema(database())
    expect(await schemaOf(database())).to.deep.equal(before)
  })
})

describe('ensureSchema at a start of the same version', () => {
  const database = useDatabase()
  before(() => ensureSchema(database()))
  const changes = () => commandsSent(database().client, ['create', 'collMod'], () => ensureSchema(database()))

  it('leaves matching validators alone', async () => {
    expect(await changes()).to.deep.equal([])
  })

  for (const [what, other] of [
    ['reject something else', { validator: { $jsonSchema: { bsonType: 'object' } } }],
    ['reject nothing old', { validationLevel: 'moderate' }],
    ['only warn', { validationAction: 'warn' }],
  ] as const) {
    it(`changes exactly those that ${what}`, async () => {
      await database().command({ collMod: 'ledger', ...other })
      const sent = await changes()
      expect(sent.map(({ create, collMod }) => ({ create, collMod }))).to.deep.equal([
        { create: 'ledger', collMod: undefined },
        { create: undefined, collMod: 'ledger' },
      ])
      expect(await changes()).to.deep.equal([])
    })
  }
})

describe('ensureSchema in eight processes at once', () => {
  const database = useDatabase()
  const other = useDatabase()

  it('creates the same as one process', async () => {
    const uri = await testMongoUri()
    const clients = Array.from({ length: 8 }, () => createClient({ uri, poolSizeMax: 2 }))
    try {
      await Promise.all(clients.map((client) => ensureSchema(client.db(database().databaseName))))
    } finally {
      await Promise.all(clients.map((client) => client.close()))
    }
    await ensureSchema(other())
    expect(await schemaOf(database())).to.deep.equal(await schemaOf(other()))
  })
})

describe('ensureSchema on a database that is not empty', () => {
  const database = useDatabase()
  const categories = () => database().collection<{ _id: string }>('categories')
  beforeEach(() => database().dropDatabase())

  it('does not change categories of other users', async () => {
    const own = { _id: 'FREE', mccs: [], order: 1, free: true }
    await categories().insertOne(own)
    await ensureSchema(database())
    expect(await categories().find().toArray()).to.deep.equal([own])
  })

  it('completes categories whose creation was interrupted', async () => {
    await ensureSchema(database())
    await categories().deleteMany({ _id: { $in: ['MEAL', 'CASH'] } })
    await ensureSchema(database())
    expect(await categories().distinct('_id')).to.have.members(['FOOD', 'MEAL', 'CASH'])
  })

  it('adds a missing validator', async () => {
    await database().createCollection('accounts')
    await ensureSchema(database())
    const write = database().collection('accounts').insertOne({ anything: true })
    expect(await codeOf(write)).to.equal(VALIDATION_FAILED)
  })
})
