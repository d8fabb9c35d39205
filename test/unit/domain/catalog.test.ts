import { expect } from 'chai'
import { createCatalog } from '../../../src/domain/catalog.js'
import { type Category, challengeCategories } from '../../../src/domain/category.js'
import { challengeCatalog, de43, padaria, ruleOf } from './builders.js'

const categoryOf = (id: string, over: Partial<Category> = {}): Category => ({
  id,
  mccs: new Set(['5462']),
  order: 10,
  free: false,
  ...over,
})
const cash = categoryOf('CASH', { mccs: new Set(), free: true })

/** The wallets that may pay for a purchase at a bakery. */
function walletsAt(mcc: string, categories: readonly Category[]): readonly string[] {
  return createCatalog(categories, []).route({ mcc, merchant: padaria }).wallets
}

describe('catalog', () => {
  it('lists categories by their order', () => {
    const catalog = createCatalog([cash, categoryOf('B', { order: 1 }), categoryOf('A', { order: 2 })], [])
    expect(catalog.categories.map(({ id }) => id)).to.deep.equal(['B', 'A', 'CASH'])
  })

  it('lists categories of the same order by their id', () => {
    const catalog = createCatalog([categoryOf('B'), cash, categoryOf('C'), categoryOf('A')], [])
    expect(catalog.categories.map(({ id }) => id)).to.deep.equal(['A', 'B', 'C', 'CASH'])
  })

  it('lists the free balance last, whatever its order', () => {
    const catalog = createCatalog([{ ...cash, order: -1000 }, categoryOf('FOOD', { order: 1000 })], [])
    expect(catalog.categories.map(({ id }) => id)).to.deep.equal(['FOOD', 'CASH'])
  })

  it('leaves the list it was given as it was', () => {
    const given = [cash, categoryOf('B'), categoryOf('A')]
    createCatalog(given, [])
    expect(given.map(({ id }) => id)).to.deep.equal(['CASH', 'B', 'A'])
  })

  it('may hold the free balance alone', () => {
    expect(walletsAt('5411', [cash])).to.deep.equal(['CASH'])
  })

  it('is refused without a free balance', () => {
    expect(() => createCatalog([categoryOf('FOOD')], [])).to.throw(RangeError, 'not 0')
  })

  it('is refused with two free balances', () => {
    expect(() => createCatalog([cash, { ...cash, id: 'GIFT' }], [])).to.throw(RangeError, 'not 2')
  })

  it('is refused when a category stands twice', () => {
    const twice = [categoryOf('FOOD'), categoryOf('FOOD', { mccs: new Set(['5411']) }), cash]
    expect(() => createCatalog(twice, [])).to.throw(RangeError, 'twice')
  })

  it('is refused when two rules tie', () => {
    const tied = [ruleOf({ id: 'one' }), ruleOf({ id: 'two' })]
    expect(() => createCatalog([cash], tied)).to.throw(RangeError, /one.*two/)
  })
})

describe('route of an MCC', () => {
  const challenge: readonly (readonly [string, readonly string[]])[] = [
    ['5411', ['FOOD', 'CASH']],
    ['5412', ['FOOD', 'CASH']],
    ['5811', ['MEAL', 'CASH']],
    ['5812', ['MEAL', 'CASH']],
    ['5410', ['CASH']],
    ['5413', ['CASH']],
    ['5810', ['CASH']],
    ['5813', ['CASH']],
    ['0000', ['CASH']],
    ['9999', ['CASH']],
  ]
  for (const [mcc, wallets] of challenge) {
    it(`${mcc} asks ${wallets.join(', then ')} in the challenge's profile`, () => {
      expect(walletsAt(mcc, challengeCategories)).to.deep.equal(wallets)
    })
  }

  it('in two categories asks both, in their order, and then the free balance', () => {
    const categories = [cash, categoryOf('MEAL', { order: 20 }), categoryOf('FOOD', { order: 10 })]
    expect(walletsAt('5462', categories)).to.deep.equal(['FOOD', 'MEAL', 'CASH'])
  })

  it('in two categories follows the order, not the id', () => {
    const categories = [categoryOf('FOOD', { order: 20 }), categoryOf('MEAL', { order: 10 }), cash]
    expect(walletsAt('5462', categories)).to.deep.equal(['MEAL', 'FOOD', 'CASH'])
  })

  it('that the free balance lists too asks the free balance once, and last', () => {
    const categories = [{ ...cash, mccs: new Set(['5462']), order: 0 }, categoryOf('FOOD')]
    expect(walletsAt('5462', categories)).to.deep.equal(['FOOD', 'CASH'])
  })
})

describe('route of a merchant', () => {
  it('without a rule has the MCC as received, and names no rule', () => {
    const route = challengeCatalog.route({ mcc: '5411', merchant: padaria })
    expect(route).to.deep.equal({ effectiveMcc: '5411', wallets: ['FOOD', 'CASH'] })
  })

  it('with a rule has the MCC of the rule, and names it', () => {
    const route = challengeCatalog.route({ mcc: '5411', merchant: 'PAG*JoseDaSilva' })
    const expected = { effectiveMcc: '5811', wallets: ['MEAL', 'CASH'], merchantRule: 'pag-jose-da-silva' }
    expect(route).to.deep.equal(expected)
  })

  it('names the rule even when it agrees with the MCC received', () => {
    const route = challengeCatalog.route({ mcc: '5411', merchant: 'UBER TRIP' })
    expect(route.merchantRule).to.equal('uber-trip')
  })

  it('with a rule for an MCC of no benefit asks the free balance alone', () => {
    const catalog = createCatalog(challengeCategories, [ruleOf({ mcc: '7995' })])
    expect(catalog.route({ mcc: '5411', merchant: 'ACME' }).wallets).to.deep.equal(['CASH'])
  })

  it('reads city and country from DE43', () => {
    const bound = ruleOf({ city: 'Rio de Janeiro', country: 'BR', mcc: '5811' })
    const catalog = createCatalog(challengeCategories, [bound])
    const merchant = de43({ name: 'ACME', city: 'RIO DE JANEI' })
    expect(catalog.route({ mcc: '5411', merchant }).merchantRule).to.equal('rule-1')
  })
})
