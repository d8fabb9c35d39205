import { expect } from 'chai'
import { type Catalog, type CatalogDelta, isSmall, type RoutedPurchase } from '../../../src/domain/catalog.js'
import { type Category, challengeCategories } from '../../../src/domain/category.js'
import { defaultHoldPolicy } from '../../../src/domain/hold-policy.js'
import { InvariantError } from '../../../src/domain/invariant.js'
import { permissivePolicy } from '../../../src/domain/mcc-policy.js'
import { mccSet } from '../../../src/domain/mcc-set.js'
import type { Rail } from '../../../src/domain/network.js'
import { catalogOf } from '../../support/catalog/catalogs.js'
import { challengeCatalog, de43, padaria, ruleOf } from './builders.js'

const categoryOf = (id: string, over: Partial<Category> = {}): Category => ({
  id,
  displayName: id,
  mccs: mccSet(['5462']),
  order: 10,
  free: false,
  creditsClosed: false,
  rails: [],
  regulated: false,
  ...over,
})
const cash = categoryOf('CASH', { mccs: [], free: true })

/** The wallets that may pay for a purchase at a bakery. */
function walletsAt(mcc: string, categories: readonly Category[]): readonly string[] {
  return catalogOf(categories, []).route({ mcc, merchant: padaria }).wallets
}

describe('catalog', () => {
  it('lists categories by their order', () => {
    const catalog = catalogOf([cash, categoryOf('B', { order: 1 }), categoryOf('A', { order: 2 })], [])
    expect(catalog.categories.map(({ id }) => id)).to.deep.equal(['B', 'A', 'CASH'])
  })

  it('lists categories of the same order by their id', () => {
    const apart = (id: string, mcc: string) => categoryOf(id, { mccs: mccSet([mcc]) })
    const catalog = catalogOf([apart('B', '0001'), cash, apart('C', '0002'), apart('A', '0003')])
    expect(catalog.categories.map(({ id }) => id)).to.deep.equal(['A', 'B', 'C', 'CASH'])
  })

  it('lists the free balance last, whatever its order', () => {
    const catalog = catalogOf([{ ...cash, order: -1000 }, categoryOf('FOOD', { order: 1000 })], [])
    expect(catalog.categories.map(({ id }) => id)).to.deep.equal(['FOOD', 'CASH'])
  })

  it('does not change the given list', () => {
    const given = [cash, categoryOf('B', { order: 2 }), categoryOf('A', { order: 1 })]
    catalogOf(given, [])
    expect(given.map(({ id }) => id)).to.deep.equal(['CASH', 'B', 'A'])
  })

  it('may consist of the free balance alone', () => {
    expect(walletsAt('5411', [cash])).to.deep.equal(['CASH'])
  })

  it('is rejected without a free balance', () => {
    expect(() => catalogOf([categoryOf('FOOD')], [])).to.throw(RangeError, 'not 0')
  })

  it('is rejected with two free balances', () => {
    expect(() => catalogOf([cash, { ...cash, id: 'GIFT' }], [])).to.throw(RangeError, 'not 2')
  })

  it('is rejected when a category is repeated', () => {
    const twice = [categoryOf('FOOD'), categoryOf('FOOD', { mccs: mccSet(['5411']) }), cash]
    expect(() => catalogOf(twice, [])).to.throw(RangeError, 'twice')
  })

  it('accepts rules that tie, too: they were stored when names were compared differently', () => {
    const tied = [ruleOf({ id: 'two', name: 'UBER *TRIP' }), ruleOf({ id: 'one', name: 'UBER*TRIP' })]
    const catalog = catalogOf([cash], tied)
    expect(catalog.route({ mcc: '5999', merchant: 'UBER *TRIP' }).merchantRule).to.equal('one')
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
    it(`${mcc} asks ${wallets.join(', then ')} in the challenge profile`, () => {
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
    const categories = [{ ...cash, mccs: mccSet(['5462']), order: 0 }, categoryOf('FOOD')]
    expect(walletsAt('5462', categories)).to.deep.equal(['FOOD', 'CASH'])
  })
})

describe('route of a merchant', () => {
  it('without a rule uses the MCC as received, and names no rule', () => {
    const route = challengeCatalog.route({ mcc: '5411', merchant: padaria })
    expect(route).to.deep.equal({
      effectiveMcc: '5411',
      forbiddenBy: undefined,
      wallets: ['FOOD', 'CASH'],
      wrongRail: [],
    })
  })

  it('with a rule uses the MCC of the rule, and names it', () => {
    const route = challengeCatalog.route({ mcc: '5411', merchant: 'PAG*JoseDaSilva' })
    const expected = {
      effectiveMcc: '5811',
      forbiddenBy: undefined,
      wallets: ['MEAL', 'CASH'],
      wrongRail: [],
      merchantRule: 'pag-jose-da-silva',
    }
    expect(route).to.deep.equal(expected)
  })

  it('names the rule even when it agrees with the MCC received', () => {
    const route = challengeCatalog.route({ mcc: '5411', merchant: 'UBER TRIP' })
    expect(route.merchantRule).to.equal('uber-trip')
  })

  it('with a rule for an MCC that no benefit covers asks the free balance alone', () => {
    const catalog = catalogOf(challengeCategories, [ruleOf({ mcc: '7995' })])
    expect(catalog.route({ mcc: '5411', merchant: 'ACME' }).wallets).to.deep.equal(['CASH'])
  })

  it('reads city and country from DE43', () => {
    const bound = ruleOf({ city: 'Rio de Janeiro', country: 'BR', mcc: '5811' })
    const catalog = catalogOf(challengeCategories, [bound])
    const merchant = de43({ name: 'ACME', city: 'RIO DE JANEI' })
    expect(catalog.route({ mcc: '5411', merchant }).merchantRule).to.equal('rule-1')
  })
})

describe('route with never-permitted MCCs', () => {
  const never = { neverPermitted: mccSet(['7995', '6010-6012']) }

  for (const mcc of ['7995', '6010', '6011', '6012']) {
    it(`does not permit ${mcc}`, () => {
      expect(catalogOf([cash], [], never).route({ mcc, merchant: padaria }).forbiddenBy).to.equal(
        'NEVER_PERMITTED',
      )
    })
  }

  for (const mcc of ['7994', '7996', '6009', '6013']) {
    it(`permits ${mcc} beside them`, () => {
      expect(catalogOf([cash], [], never).route({ mcc, merchant: padaria }).forbiddenBy).to.equal(undefined)
    })
  }

  it('permits a purchase whose MCC a rule has replaced', () => {
    const catalog = catalogOf([cash], [ruleOf({ mcc: '5411' })], never)
    expect(catalog.route({ mcc: '7995', merchant: 'ACME' }).forbiddenBy).to.equal(undefined)
  })

  it('does not permit a purchase when its rule sets such an MCC', () => {
    const catalog = catalogOf([cash], [ruleOf({ mcc: '7995' })], never)
    expect(catalog.route({ mcc: '5411', merchant: 'ACME' }).forbiddenBy).to.equal('NEVER_PERMITTED')
  })
})

describe('route of an MCC that is never permitted as received', () => {
  const lists = {
    neverPermitted: mccSet(['7995', '6051']),
    neverPermittedAsReceived: mccSet(['7995', '5921']),
  }
  const catalog = catalogOf([cash], [ruleOf({ mcc: '5411' })], lists)
  const forbiddenBy = (mcc: string, merchant = padaria) => catalog.route({ mcc, merchant }).forbiddenBy

  it('says so, and which list it is', () => {
    expect(forbiddenBy('5921')).to.equal('NEVER_PERMITTED_AS_RECEIVED')
    expect(forbiddenBy('6051')).to.equal('NEVER_PERMITTED')
    expect(forbiddenBy('7995')).to.equal('NEVER_PERMITTED_AS_RECEIVED')
    expect(forbiddenBy('5411')).to.equal(undefined)
  })

  it('counts although a rule has replaced it', () => {
    expect(forbiddenBy('5921', 'ACME')).to.equal('NEVER_PERMITTED_AS_RECEIVED')
    expect(forbiddenBy('6051', 'ACME')).to.equal(undefined)
  })

  it('does not count when only a rule has put it there', () => {
    const ruled = catalogOf([cash], [ruleOf({ mcc: '5921' })], lists)
    expect(ruled.route({ mcc: '5411', merchant: 'ACME' }).forbiddenBy).to.equal(undefined)
  })

  it('is no MCC that a wallet may be spent at', () => {
    expect(catalog.maySpend('CASH', '5411', { mcc: '5921' })).to.equal(false)
    expect(catalog.maySpend('CASH', '5921', { mcc: '5411' })).to.equal(true)
  })
})

describe('route over a rail', () => {
  const food = categoryOf('FOOD', { order: 1, rails: ['VOUCHER'] })
  const meal = categoryOf('MEAL', { order: 2, rails: ['VOUCHER', 'DEBIT'] })
  const gifts = categoryOf('GIFTS', { order: 3 })
  const railCash: Category = { ...cash, rails: ['CREDIT', 'DEBIT'] }
  const all = [food, meal, gifts, railCash]

  /** The wallets that may pay, and those that the rail excludes. */
  function routed(rail: Rail | undefined, over: Partial<RoutedPurchase> = {}, categories = all) {
    const purchase = { mcc: '5462', merchant: padaria, ...(rail && { network: { rail } }), ...over }
    const { wallets, wrongRail } = catalogOf(categories).route(purchase)
    return [wallets, wrongRail]
  }

  it('asks only the wallets of categories that permit it, in their order', () => {
    expect(routed('VOUCHER')).to.deep.equal([['FOOD', 'MEAL', 'GIFTS'], ['CASH']])
    expect(routed('DEBIT')).to.deep.equal([['MEAL', 'GIFTS', 'CASH'], ['FOOD']])
    expect(routed('CREDIT')).to.deep.equal([
      ['GIFTS', 'CASH'],
      ['FOOD', 'MEAL'],
    ])
  })

  it('asks every wallet of the MCC when the network sent no rail', () => {
    expect(routed(undefined)).to.deep.equal([['FOOD', 'MEAL', 'GIFTS', 'CASH'], []])
    expect(routed(undefined, { network: { rrn: '1' } })).to.deep.equal(routed(undefined))
  })

  it('asks no wallet when no category of the MCC permits it', () => {
    expect(routed('VOUCHER', { mcc: '9999' })).to.deep.equal([[], ['CASH']])
    expect(routed('CREDIT', { fallback: 'NEVER' }, [food, railCash])).to.deep.equal([[], ['FOOD']])
  })

  it('keeps the benefits that permit it when the purchase keeps out the free balance', () => {
    expect(routed('VOUCHER', { fallback: 'NEVER' })).to.deep.equal([['FOOD', 'MEAL', 'GIFTS'], ['CASH']])
    expect(routed('DEBIT', { fallback: 'NEVER' })).to.deep.equal([['MEAL', 'GIFTS'], ['FOOD']])
  })

  it('asks only categories without rails when the network sent none and a missing rail is declined', () => {
    const strict = catalogOf(all, [], { missingRail: 'decline' })
    const { wallets, wrongRail } = strict.route({ mcc: '5462', merchant: padaria })
    expect([wallets, wrongRail]).to.deep.equal([['GIFTS'], ['FOOD', 'MEAL', 'CASH']])
    expect(strict.maySpend('FOOD', '5462', { mcc: '5462' })).to.equal(false)
    expect(strict.maySpend('GIFTS', '5462', { mcc: '5462' })).to.equal(true)
    const over = strict.route({ mcc: '5462', merchant: padaria, network: { rail: 'DEBIT' } })
    expect(over.wallets).to.deep.equal(['MEAL', 'GIFTS', 'CASH'])
  })

  it('follows the effective MCC of a merchant rule', () => {
    const catalog = catalogOf(all, [ruleOf({ mcc: '9999' })])
    const { wallets } = catalog.route({ mcc: '5462', merchant: 'ACME', network: { rail: 'CREDIT' } })
    expect(wallets).to.deep.equal(['CASH'])
  })
})

describe('allowed uses of a wallet', () => {
  it('include the rails of its category', () => {
    const voucherOnly = catalogOf([categoryOf('FOOD', { rails: ['VOUCHER'] }), { ...cash, rails: ['DEBIT'] }])
    const mayOver = (wallet: string, rail?: Rail) =>
      voucherOnly.maySpend(wallet, '5462', { mcc: '5462', ...(rail && { network: { rail } }) })
    expect([mayOver('FOOD', 'VOUCHER'), mayOver('FOOD', 'DEBIT'), mayOver('FOOD')]).to.deep.equal([
      true,
      false,
      true,
    ])
    expect([mayOver('CASH', 'VOUCHER'), mayOver('CASH', 'DEBIT'), mayOver('CASH')]).to.deep.equal([
      false,
      true,
      true,
    ])
  })

  const catalog = catalogOf([...challengeCategories], [], { neverPermitted: mccSet(['7995']) })
  const rows: readonly (readonly [string, string, boolean])[] = [
    ['FOOD', '5411', true],
    ['FOOD', '5811', false],
    ['CASH', '5411', true],
    ['CASH', '9999', true],
    ['CASH', '7995', false],
    ['PETS', '5995', false],
  ]
  for (const [wallet, mcc, may] of rows) {
    it(`${wallet} ${may ? 'may' : 'may not'} be spent at ${mcc}`, () => {
      expect(catalog.maySpend(wallet, mcc, { mcc })).to.equal(may)
    })
  }
})

describe('successor of a catalog', () => {
  const delta = (over: Partial<CatalogDelta> = {}): CatalogDelta => ({
    version: 2n,
    upserted: [],
    deleted: [],
    ...permissivePolicy,
    holdPolicy: defaultHoldPolicy,
    rules: { upserted: [], deleted: [] },
    ...over,
  })
  const padariaRule = ruleOf({ id: 'padaria', name: 'PADARIA DO ZE', mcc: '5811' })
  const routeOf = (catalog: Catalog) => catalog.route({ mcc: '9999', merchant: padaria })

  it('has the added rules, and its version', () => {
    const next = catalogOf([cash]).succeed(delta({ rules: { upserted: [padariaRule], deleted: [] } }))
    expect([next.version, routeOf(next).merchantRule]).to.deep.equal([2n, 'padaria'])
  })

  it('does not have the removed rules and categories', () => {
    const first = catalogOf([cash, categoryOf('FOOD')], [padariaRule])
    const next = first.succeed(delta({ deleted: ['FOOD'], rules: { upserted: [], deleted: ['padaria'] } }))
    expect([next.categories.length, routeOf(next).merchantRule]).to.deep.equal([1, undefined])
  })

  it('shares unchanged parts', () => {
    const next = catalogOf([...challengeCategories], [padariaRule]).succeed(delta())
    expect(routeOf(next)).to.deep.include({ merchantRule: 'padaria', wallets: ['MEAL', 'CASH'] })
  })

  it('has changed categories and rules in their new form, even when it is made in steps', () => {
    const moved = { ...padariaRule, mcc: '5812' }
    const change = delta({
      upserted: [categoryOf('FOOD', { mccs: mccSet(['5812']) })],
      rules: { upserted: [moved], deleted: [] },
    })
    for (const make of [
      (first: Catalog) => first.succeed(change),
      (first: Catalog) => finished(first.succeedInSteps(change)),
    ]) {
      const next = make(catalogOf([cash, categoryOf('FOOD')], [padariaRule]))
      expect(next.categories.map(({ id }) => id)).to.deep.equal(['FOOD', 'CASH'])
      expect(next.rules.size).to.equal(1)
      expect(routeOf(next)).to.deep.include({ effectiveMcc: '5812', wallets: ['FOOD', 'CASH'] })
    }
  })

  for (const [what, use] of [
    ['its rules', (catalog: Catalog) => catalog.rules],
    ['another successor', (catalog: Catalog) => catalog.succeed(delta())],
    ['another successor in steps', (catalog: Catalog) => catalog.succeedInSteps(delta()).next()],
  ] as const) {
    it(`no longer allows the use of the previous one: ${what}`, () => {
      const first = catalogOf([cash])
      first.succeed(delta())
      expect(() => use(first)).to.throw(InvariantError, 'successor')
    })
  }

  it('is made at once for at most five hundred added or deleted rules', () => {
    const of = (upserted: number, deleted: number): boolean =>
      isSmall(
        delta({
          rules: {
            upserted: Array.from({ length: upserted }, () => padariaRule),
            deleted: Array.from({ length: deleted }, () => 'gone'),
          },
        }),
      )
    expect([of(500, 0), of(0, 500), of(250, 250), of(501, 0), of(0, 501), of(250, 251)]).to.deep.equal([
      ...[true, true, true],
      ...[false, false, false],
    ])
  })

  it('disables the previous catalog, which would otherwise route by rules of its successor', () => {
    const first = catalogOf([cash])
    first.succeed(delta())
    expect(() => routeOf(first)).to.throw(InvariantError, 'successor')
  })

  for (const [what, wrong] of [
    ['without a free balance', delta({ deleted: ['CASH'] })],
    ['with a rule twice', delta({ rules: { upserted: [padariaRule, padariaRule], deleted: [] } })],
  ] as const) {
    it(`is rejected ${what}, and the previous one stays in use unchanged`, () => {
      const first = catalogOf([cash], [padariaRule])
      expect(() => first.succeed(wrong)).to.throw(RangeError)
      expect(routeOf(first)).to.deep.include({ merchantRule: 'padaria', wallets: ['CASH'] })
    })

    it(`is rejected ${what} when it is made in steps`, () => {
      const first = catalogOf([cash], [padariaRule])
      expect(() => finished(first.succeedInSteps(wrong))).to.throw(RangeError)
      expect(routeOf(first).merchantRule).to.equal('padaria')
    })
  }

  it('made in steps leaves the previous one in use', () => {
    const first = catalogOf([cash], [padariaRule])
    const next = finished(first.succeedInSteps(delta({ rules: { upserted: [], deleted: ['padaria'] } })))
    expect([routeOf(first).merchantRule, routeOf(next).merchantRule]).to.deep.equal(['padaria', undefined])
  })

  it('made in steps allows more rules to change names than one step handles', () => {
    const names = Array.from({ length: 600 }, (_, index) => `SHOP ${index}`)
    const rules = names.map((name, index) => ruleOf({ id: `r${index}`, name }))
    const turned = rules.map((rule, index) => ({ ...rule, name: names[(index + 1) % 600] ?? '' }))
    const change = delta({ rules: { upserted: turned, deleted: [] } })
    const next = finished(catalogOf([cash], rules).succeedInSteps(change))
    expect(next.rules.resolve({ name: 'SHOP 500' })?.id).to.equal('r499')
  })

  it('made in steps yields every five hundred rules', () => {
    const many = Array.from({ length: 1_200 }, (_, index) =>
      ruleOf({ id: `r${index}`, name: `SHOP ${index}` }),
    )
    const steps = catalogOf([cash]).succeedInSteps(delta({ rules: { upserted: many, deleted: [] } }))
    expect(Array.from({ length: 4 }, () => steps.next().done)).to.deep.equal([false, false, false, true])
  })

  function finished(steps: Generator<undefined, Catalog>): Catalog {
    for (;;) {
      const { done, value } = steps.next()
      if (done) return value
    }
  }
})
