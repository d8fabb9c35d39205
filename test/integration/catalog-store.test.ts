import { expect } from 'chai'
import type { CatalogReading, CatalogWatch } from '../../src/application/catalog-store.js'
import { benefit, type Category, challengeCategories } from '../../src/domain/category.js'
import { replaceNeverPermitted, upsertCategory } from '../../src/domain/category-edit.js'
import { mccItems, mccSet } from '../../src/domain/mcc-set.js'
import { changeCatalog, tombstoneOf } from '../../src/storage/catalog-change.js'
import { MongoCatalogStore } from '../../src/storage/mongo-catalog-store.js'
import { MongoCategoryStore } from '../../src/storage/mongo-category-store.js'
import { ensureSchema } from '../../src/storage/schema.js'
import { useDatabase } from '../support/database-fixture.js'
import { eventually } from '../support/eventually.js'

const pets = benefit({ id: 'PETS', displayName: 'Pets', order: 80, mccs: '5995' })

describe('MongoCatalogStore', () => {
  const database = useDatabase()
  let store: MongoCatalogStore
  let categories: MongoCategoryStore

  beforeEach(async () => {
    await database().dropDatabase()
    await ensureSchema(database())
    store = new MongoCatalogStore(database())
    categories = new MongoCategoryStore(database())
  })

  it('has the categories of the challenge in its first version', async () => {
    const { kind, version, upserted } = await store.read()
    expect({ kind, version }).to.deep.equal({ kind: 'WHOLE', version: 1n })
    expect(upserted).to.have.deep.members([...challengeCategories])
  })

  it('has no rules and nothing forbidden in its first version', async () => {
    const { rules, neverPermitted } = await store.read()
    expect({ rules, neverPermitted }).to.deep.equal({
      rules: { upserted: [], deleted: [] },
      neverPermitted: [],
    })
  })

  it('reads only what has changed since a version', async () => {
    await upsert(pets)
    expect(await store.read(1n)).to.deep.equal(changes({ version: 2n, upserted: [pets] }))
  })

  it('reads nothing but the version where nothing has changed', async () => {
    expect(await store.read(1n)).to.deep.equal(changes({ version: 1n }))
  })

  it('reads what is gone, by its id', async () => {
    await upsert(pets)
    await remove('PETS')
    expect(await store.read(2n)).to.deep.equal(changes({ version: 3n, deleted: ['PETS'] }))
  })

  it('reads what is gone not at all in the whole', async () => {
    await upsert(pets)
    await remove('PETS')
    const { upserted, deleted } = await store.read()
    expect({ ids: upserted.map(({ id }) => id).sort(), deleted }).to.deep.equal({
      ids: ['CASH', 'FOOD', 'MEAL'],
      deleted: [],
    })
  })

  it('reads what came again after it was gone', async () => {
    await upsert(pets)
    await remove('PETS')
    await upsert(pets)
    expect(await store.read(2n)).to.deep.equal(changes({ version: 4n, upserted: [pets] }))
  })

  it('reads what is never permitted', async () => {
    await categories.edit((current) => replaceNeverPermitted(current, mccSet(['7995', '6010-6011'])), 'ana')
    const { version, neverPermitted } = await store.read(1n)
    expect({ version, mccs: mccItems(neverPermitted) }).to.deep.equal({
      version: 2n,
      mccs: ['6010-6011', '7995'],
    })
  })

  it('reads everything for one who may have missed a tombstone that is purged', async () => {
    await upsert(pets)
    await remove('PETS')
    await makeOld('PETS')
    await upsert({ ...pets, id: 'BIRDS' })
    expect(await database().collection<{ _id: string }>('categories').findOne({ _id: 'PETS' })).to.equal(null)
    expect((await store.read(2n)).kind).to.equal('WHOLE')
    expect((await store.read(3n)).kind).to.equal('CHANGES')
  })

  it('keeps a tombstone that is not old', async () => {
    await upsert(pets)
    await remove('PETS')
    await upsert({ ...pets, id: 'BIRDS' })
    expect((await store.read(2n)).deleted).to.deep.equal(['PETS'])
  })

  it('refuses a document that cannot be one of ours', async () => {
    const command = { collMod: 'categories', validationLevel: 'off' }
    await database().command(command)
    await database()
      .collection<{ _id: string }>('categories')
      .updateOne({ _id: 'FOOD' }, { $set: { mccs: ['54111'] } })
    expect(await store.read().catch(String)).to.match(/54111.*must be four digits/)
  })

  describe('watched', () => {
    let changes: number
    let losses: unknown[]
    let watch: CatalogWatch
    beforeEach(() => {
      changes = 0
      losses = []
      watch = store.watch({
        onChange: () => {
          changes += 1
        },
        onLost: (error) => losses.push(error),
      })
    })
    afterEach(() => watch.close())

    it('tells of a change', async () => {
      await untilTold()
    })

    it('tells that it cannot, and begins again when it can', async () => {
      await untilTold()
      // A stream does not outlive its collection.
      await database().dropCollection('catalog')
      await eventually('the loss is told', () => losses.length > 0)
      await ensureSchema(database())
      changes = 0
      await untilTold()
    })

    /** Changes the catalog until it is told: the stream may not be open yet when the first change is made. */
    async function untilTold(): Promise<void> {
      let order = 100
      await eventually('a change is told', async () => {
        order += 1
        await upsert({ ...pets, order })
        return changes > 0
      })
    }
  })

  function upsert(category: Category) {
    return categories.edit((current) => upsertCategory(current, category), 'ana')
  }

  /** Deletes without asking whether that is allowed. */
  async function remove(id: string): Promise<void> {
    await changeCatalog(database(), async (change) => {
      await database()
        .collection<{ _id: string }>('categories')
        .replaceOne({ _id: id }, tombstoneOf(id, change), { session: change.session })
    })
  }

  async function makeOld(id: string): Promise<void> {
    const yesterday = new Date(Date.now() - 25 * 60 * 60 * 1_000)
    await database()
      .collection<{ _id: string }>('categories')
      .updateOne({ _id: id }, { $set: { deleted_at: yesterday } })
  }
})

/** A reading of these changes and no others. */
function changes(over: Partial<CatalogReading> & { readonly version: bigint }): CatalogReading {
  return {
    kind: 'CHANGES',
    upserted: [],
    deleted: [],
    neverPermitted: [],
    rules: { upserted: [], deleted: [] },
    ...over,
  }
}
