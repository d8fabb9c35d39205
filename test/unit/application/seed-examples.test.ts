import { expect } from 'chai'
import { exampleAccounts, exampleRules, seedExamples } from '../../../src/application/seed-examples.js'
import { challengeCategories } from '../../../src/domain/category.js'
import type { MerchantRule } from '../../../src/domain/merchant-rule.js'
import { catalogOf } from '../../support/catalog/catalogs.js'
import { patience, purchase } from './fixtures.js'
import { allSettled, type TestEngine, testEngine } from './test-engine.js'

describe('seeding the examples', () => {
  let test: TestEngine
  let rules: (readonly MerchantRule[])[]

  beforeEach(() => {
    test = testEngine()
    rules = []
  })

  it('opens the example accounts', async () => {
    await seed()
    expect(accounts().map(({ status }) => status)).to.deep.equal(['ACTIVE', 'ACTIVE'])
  })

  it('gives each of their wallets the same balance', async () => {
    await seed()
    expect(accounts().map(({ wallets }) => Object.fromEntries(wallets))).to.deep.equal([
      { FOOD: 1_200n, MEAL: 1_200n, CASH: 1_200n },
      { FOOD: 2_400n, MEAL: 2_400n, CASH: 2_400n },
    ])
  })

  it('adds the example rules', async () => {
    await seed()
    expect(rules).to.deep.equal([exampleRules])
  })

  it('adds rules that fit into one catalog', () => {
    expect(catalogOf(challengeCategories, exampleRules).categories.length).to.equal(3)
  })

  it('changes no account the second time', async () => {
    await seed()
    const before = accounts()
    await seed()
    expect(accounts()).to.deep.equal(before)
  })

  it('does not refill wallets that purchases have debited since', async () => {
    await seed()
    await test.authorize('6712b3eb3ec7354864d4274f', purchase('1', 200n), patience)
    await seed()
    expect(accounts()[0]?.wallets.get('CASH')).to.equal(1_000n)
  })

  it('changes nothing in a later process when its entries have left the journal', async () => {
    await seed()
    await allSettled(test)
    await test.authorize('6712b3eb3ec7354864d4274f', purchase('1', 200n), patience)
    test = testEngine({ store: test.store })
    await seed()
    expect(accounts()[0]?.version).to.equal(5n)
  })

  function seed(): Promise<void> {
    const { engine, clock } = test
    const catalog = catalogOf(challengeCategories)
    return seedExamples({
      engine,
      clock,
      catalog: () => catalog,
      addRules: async (added) => void rules.push(added),
    })
  }

  function accounts() {
    return exampleAccounts.map(({ id }) => test.store.account(id))
  }
})
