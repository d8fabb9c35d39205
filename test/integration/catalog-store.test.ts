import { expect } from 'chai'
import type { CatalogReading, CatalogWatch } from '../../src/application/catalog/catalog-store.js'
import { benefit, type Category, challengeCategories } from '../../src/domain/category.js'
import { replaceMccPolicy, upsertCategory } from '../../src/domain/category-edit.js'
import { defaultHoldPolicy } from '../../src/domain/hold-policy.js'
import { permissivePolicy } from '../../src/domain/mcc-policy.js'
import { mccItems, mccSet } from '../../src/domain/mcc-set.js'
import { changeCatalog, tombstoneOf } from '../../src/storage/catalog/catalog-change.js'
import { MongoCatalogStore } from '../../src/storage/catalog/mongo-catalog-store.js'
import { MongoCategoryStore } from '../../src/storage/catalog/mongo-category-store.js'
import { ensureSchema } from '../../src/storage/schema.js'
import { useDatabase } from '../support/database/database-fixture.js'
import { eventually } from '../support/eventually.js'

describe('MongoCatalogStore', () => {
  const database = useDatabase()
  let store: MongoCatalogStore
  let categories: MongoCategoryStore
  /** The initial version of each test, and a category that it does not have. */
  let first: bigint
  let pets: Category
  let count = 0

  before(async () => {
    await ensureSchema(database())
    store = new MongoCatalogStore(database())
    categories = new MongoCategoryStore(database())
  })
  beforeEach(async () => {
    count += 1
    first = await store.version()
    pets = benefit({ id: `PETS_${count}`, displayName: 'Pets', order: 100 + count, mccs: '5995' })
  })

  it('has the categories of the challenge, no rules and no forbidden MCC in its first version', async () => {
    const { upserted, ...rest } = await store.read()
    expect(upserted).to.have.deep.members([...challengeCategories])
    expect(rest).to.deep.equal({
      kind: 'WHOLE',
      version: 1n,
      deleted: [],
      ...permissivePolicy,
      holdPolicy: defaultHoldPolicy,
      rules: { upserted: [], deleted: [] },
    })
  })

  it('reads only changes since a version', async () => {
    await upsert(pets)
    expect(await store.read(first)).to.deep.equal(changes({ version: first + 1n, upserted: [pets] }))
  })

  it('reads only the version when nothing has changed', async () => {
    expect(await store.read(first)).to.deep.equal(changes({ version: first }))
  })

  it('reads deleted rules, by id', async () => {
    await upsert(pets)
    await remove(pets.id)
    const version = first + 2n
    expect(await store.read(first + 1n)).to.deep.equal(changes({ version, deleted: [pets.id] }))
  })

  it('omits deleted rules from the whole catalog', async () => {
    await upsert(pets)
    await remove(pets.id)
    const { upserted, deleted } = await store.read()
    expect(upserted.map(({ id }) => id)).not.to.include(pets.id)
    expect(deleted).to.deep.equal([])
  })

  it('reads a rule that was deleted and created again', async () => {
    await upsert(pets)
    await remove(pets.id)
    await upsert(pets)
    const version = first + 3n
    expect(await store.read(first + 1n)).to.deep.equal(changes({ version, upserted: [pets] }))
  })

  it('reads the MCCs that are never permitted', async () => {
    const policy = {
      neverPermitted: mccSet(['7995', '6010-6011']),
      neverPermittedAsReceived: mccSet(['7995', '5921']),
    }
    await categories.edit((current) => replaceMccPolicy(current, policy), 'ana')
    const { version, neverPermitted, neverPermittedAsReceived } = await store.read(first)
    await categories.edit((current) => replaceMccPolicy(current, permissivePolicy), 'ana')
    const lists = [neverPermitted, neverPermittedAsReceived].map((list) => mccItems(list))
    expect({ version, lists }).to.deep.equal({
      version: first + 1n,
      lists: [
        ['6010-6011', '7995'],
        ['5921', '7995'],
      ],
    })
  })

  it('stores no empty list of MCCs as received', async () => {
    const stored = async () => await database().collection('catalog').findOne({})
    const policy = { neverPermitted: [], neverPermittedAsReceived: mccSet(['5921']) }
    await categories.edit((current) => replaceMccPolicy(current, policy), 'ana')
    expect(await stored()).to.deep.include({ never_permitted_as_received: ['5921'] })
    await categories.edit((current) => replaceMccPolicy(current, permissivePolicy), 'ana')
    expect(await stored()).not.to.have.property('never_permitted_as_received')
  })

  it('keeps recent tombstones', async () => {
    await upsert(pets)
    await remove(pets.id)
    await upsert({ ...pets, id: `${pets.id}_MORE` })
    expect((await store.read(first + 1n)).deleted).to.deep.equal([pets.id])
  })

  it('reads everything for a reader that may have missed a purged tombstone', async () => {
    await upsert(pets)
    await remove(pets.id)
    await makeOld(pets.id)
    await upsert({ ...pets, id: `${pets.id}_MORE` })
    expect(await database().collection<{ _id: string }>('categories').findOne({ _id: pets.id })).to.equal(
      null,
    )
    expect((await store.read(first + 1n)).kind).to.equal('WHOLE')
    expect((await store.read(first + 2n)).kind).to.equal('CHANGES')
  })

  describe('when watched', () => {
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

    it('reports a change', async () => {
      await untilCalled()
    })

    it('reports a failure, and watches again once it can', async () => {
      await untilCalled()
      // A stream does not outlive its collection.
      await database().dropCollection('catalog')
      await eventually('the loss is told', () => losses.length > 0)
      await ensureSchema(database())
      changes = 0
      await untilCalled()
    })

    /** Makes changes until one is announced: the stream may not be open at the first change. */
    async function untilCalled(): Promise<void> {
      let order = 100_000
      await eventually('a change is told', async () => {
        order += 1
        await upsert({ ...pets, order })
        return changes > 0
      })
    }
  })

  it('rejects a malformed document', async () => {
    await database().command({ collMod: 'categories', validationLevel: 'off' })
    await database()
      .collection<{ _id: string }>('categories')
      .updateOne({ _id: 'FOOD' }, { $set: { mccs: ['54111'] } })
    expect(await store.read().catch(String)).to.match(/54111.*must be four digits/)
    await database()
      .collection<{ _id: string }>('categories')
      .updateOne({ _id: 'FOOD' }, { $set: { mccs: ['5411'] } })
  })

  function upsert(category: Category) {
    return categories.edit((current) => upsertCategory(current, category), 'ana')
  }

  /** Deletes without the checks of the service. */
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

/** A result with exactly these changes. */
function changes(over: Partial<CatalogReading> & { readonly version: bigint }): CatalogReading {
  return {
    kind: 'CHANGES',
    upserted: [],
    deleted: [],
    ...permissivePolicy,
    holdPolicy: defaultHoldPolicy,
    rules: { upserted: [], deleted: [] },
    ...over,
  }
}
