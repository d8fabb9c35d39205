import { expect } from 'chai'
import {
  type CatalogChange,
  type CatalogDocument,
  changeCatalog,
} from '../../src/storage/catalog/catalog-change.js'
import { ensureSchema } from '../../src/storage/schema.js'
import { useDatabase } from '../support/database/database-fixture.js'

describe('a change of the catalog', () => {
  const database = useDatabase()
  let versionBefore: bigint
  const catalog = () => database().collection<CatalogDocument>('catalog').findOne()
  const orderOf = async (id: string) =>
    (await database().collection<{ _id: string; order: number }>('categories').findOne({ _id: id }))?.order

  /** Gives FOOD the next place, as of the change. */
  async function moveOn({ session, version }: CatalogChange): Promise<number> {
    const categories = database().collection<{ _id: string; order: number; version: bigint }>('categories')
    const food = await categories.findOne({ _id: 'FOOD' }, { session })
    const order = (food?.order ?? 0) + 1
    await categories.updateOne({ _id: 'FOOD' }, { $set: { order, version } }, { session })
    return order
  }

  async function versionNow(): Promise<bigint> {
    return (await catalog())?.version ?? 0n
  }

  before(() => ensureSchema(database()))
  beforeEach(async () => {
    versionBefore = await versionNow()
  })

  it('gets the next version, and the time of the database', async () => {
    const { version, at } = await changeCatalog(database(), async (change) => change)
    const stored = await catalog()
    const next = versionBefore + 1n
    expect([version, stored?.version]).to.deep.equal([next, next])
    expect(at).to.deep.equal(stored?.changed_at)
  })

  it('returns the created category', async () => {
    const order = await changeCatalog(database(), moveOn)
    expect(await orderOf('FOOD')).to.equal(order)
  })

  it('is rolled back by an error, including its version', async () => {
    const order = await orderOf('FOOD')
    const failed = changeCatalog(database(), async (change) => {
      await moveOn(change)
      throw new RangeError('no')
    })
    expect(await failed.catch((error: unknown) => error)).to.be.instanceOf(RangeError)
    expect([await orderOf('FOOD'), await versionNow()]).to.deep.equal([order, versionBefore])
  })

  it('can be abandoned without a new version, and still return an answer', async () => {
    const answer = await changeCatalog(database(), async (change) => {
      await moveOn(change)
      await change.session.abortTransaction()
      return 'nothing to do'
    })
    expect([answer, await versionNow()]).to.deep.equal(['nothing to do', versionBefore])
  })

  it('builds on every concurrent change', async () => {
    const order = (await orderOf('FOOD')) ?? 0
    const orders = await Promise.all(Array.from({ length: 6 }, () => changeCatalog(database(), moveOn)))
    expect([...orders].sort((a, b) => a - b)).to.deep.equal([1, 2, 3, 4, 5, 6].map((more) => order + more))
    expect(await versionNow()).to.equal(versionBefore + 6n)
  })
})
