import { expect } from 'chai'
import { createCatalog } from '../../src/domain/catalog.js'
import { challengeCategories } from '../../src/domain/category.js'
import type { MerchantRule } from '../../src/domain/merchant-rule.js'
import { MongoCatalogStore } from '../../src/storage/mongo-catalog-store.js'
import { ensureSchema } from '../../src/storage/schema.js'
import { useDatabase } from '../support/database-fixture.js'

const rules: readonly MerchantRule[] = [
  { id: 'plain', match: 'EXACT', name: 'UBER TRIP', mcc: '5411' },
  { id: 'bound', match: 'PREFIX', name: 'PAG*', city: 'SAO PAULO', country: 'BR', mcc: '5811' },
]

describe('MongoCatalogStore', () => {
  const database = useDatabase()
  let store: MongoCatalogStore
  before(async () => {
    await ensureSchema(database())
    store = new MongoCatalogStore(database())
  })
  beforeEach(() => database().collection('merchant_rules').deleteMany({}))

  it('reads the categories that the schema has filled in', async () => {
    expect((await store.read()).categories).to.have.deep.members([...challengeCategories])
  })

  it('reads no rules where there are none', async () => {
    expect((await store.read()).rules).to.deep.equal([])
  })

  it('reads rules as they were added, with and without a place', async () => {
    await store.addRules(rules)
    expect((await store.read()).rules).to.have.deep.members([...rules])
  })

  it('reads what a catalog can be made of', async () => {
    await store.addRules(rules)
    const { categories, rules: read } = await store.read()
    const route = createCatalog(categories, read).route({ mcc: '5999', merchant: 'UBER TRIP' })
    expect(route).to.deep.equal({ effectiveMcc: '5411', merchantRule: 'plain', wallets: ['FOOD', 'CASH'] })
  })

  it('leaves a rule as it is when another is added under its id', async () => {
    await store.addRules(rules)
    await store.addRules([{ id: 'plain', match: 'PREFIX', name: 'OTHER', mcc: '5812' }])
    expect((await store.read()).rules).to.have.deep.members([...rules])
  })

  it('keeps each rule once when eight add them at the same time', async () => {
    await Promise.all(Array.from({ length: 8 }, () => store.addRules(rules)))
    expect((await store.read()).rules).to.have.deep.members([...rules])
  })

  it('adds nothing when there is nothing to add', async () => {
    await store.addRules([])
    expect((await store.read()).rules).to.deep.equal([])
  })
})
