import { expect } from 'chai'
import type { Db } from 'mongodb'
import { benefit, type Category } from '../../src/domain/category.js'
import { upsertCategory } from '../../src/domain/category-edit.js'
import { MongoCatalogStore } from '../../src/storage/catalog/mongo-catalog-store.js'
import { MongoCategoryStore } from '../../src/storage/catalog/mongo-category-store.js'
import { createClient } from '../../src/storage/client.js'
import { ensureSchema } from '../../src/storage/schema.js'
import { useClusterDatabase } from '../support/database/cluster-database.js'

/** Often enough that each mongos is sometimes behind the other. */
const ROUNDS = 10

describe('the catalog through each of two mongos', () => {
  const database = useClusterDatabase()
  /** The same database through either mongos. */
  let fronts: readonly Db[]

  before(async () => {
    const { db, uri } = database()
    await ensureSchema(db)
    const hosts = /^mongodb:\/\/(.+)\/$/.exec(uri)?.[1]?.split(',') ?? []
    fronts = hosts.map((host) =>
      createClient({ uri: `mongodb://${host}/`, poolSizeMax: 2 }).db(db.databaseName),
    )
  })
  after(() => Promise.all(fronts.map(({ client }) => client.close())))

  function pets(order: number): Category {
    return benefit({ id: 'PETS', displayName: 'Pets', order, mccs: '5995' })
  }

  /** Changes the catalog through one of them, and reads it through the other right afterwards. */
  async function changedAndRead<T>(order: number, read: (other: Db) => Promise<T>): Promise<T> {
    const [one, other] = order % 2 === 0 ? fronts : [...fronts].reverse()
    if (!one || !other) throw new Error('the cluster has two mongos')
    await new MongoCategoryStore(one).edit((current) => upsertCategory(current, pets(order)), 'ana')
    return await read(other)
  }

  it('is read in its latest state', async () => {
    for (let order = 100; order < 100 + ROUNDS; order++) {
      const { upserted } = await changedAndRead(order, (other) => new MongoCatalogStore(other).read())
      expect(upserted.find(({ id }) => id === 'PETS')).to.deep.equal(pets(order))
    }
  })

  it('is administered in its latest state', async () => {
    for (let order = 200; order < 200 + ROUNDS; order++) {
      const { kept } = await changedAndRead(order, (other) => new MongoCategoryStore(other).read())
      expect(kept.find(({ category }) => category.id === 'PETS')?.category).to.deep.equal(pets(order))
    }
  })
})
