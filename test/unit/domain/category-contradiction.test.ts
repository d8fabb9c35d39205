import { expect } from 'chai'
import fc from 'fast-check'
import type { Category } from '../../../src/domain/category.js'
import { type CategorySet, contradictionIn } from '../../../src/domain/category-contradiction.js'
import { permissivePolicy } from '../../../src/domain/mcc-policy.js'
import { hasMcc, mccSet, mccsOf } from '../../../src/domain/mcc-set.js'
import { rails } from '../../../src/domain/network.js'
import { catalogOf } from '../../support/catalog/catalogs.js'

const anyMccs = fc
  .array(fc.constantFrom('5411', '5462', '5811', '5400-5470', '7995', '7990-7999'), { maxLength: 3 })
  .map((items) => mccSet(items))

const anyCategories = fc
  .array(
    fc.record({
      mccs: anyMccs,
      order: fc.integer({ min: 0, max: 3 }),
      free: fc.boolean(),
      rails: fc.subarray([...rails]),
    }),
    { maxLength: 5 },
  )
  .map((categories) =>
    categories.map(
      (category, index): Category => ({
        ...category,
        id: `C${index}`,
        displayName: `C${index}`,
        creditsClosed: false,
        regulated: false,
      }),
    ),
  )

const anySet: fc.Arbitrary<CategorySet> = fc.record({
  categories: anyCategories,
  neverPermitted: anyMccs,
  neverPermittedAsReceived: anyMccs,
})

describe('contradictions in categories', () => {
  const empty = (count: number): readonly Category[] =>
    Array.from({ length: count }, (_, index) => ({
      id: `C${index}`,
      displayName: '',
      mccs: [],
      order: 0,
      free: index === 0,
      creditsClosed: false,
      rails: [],
      regulated: false,
    }))

  it('are absent in 64 categories, and present in 65', () => {
    expect(contradictionIn({ categories: empty(64), ...permissivePolicy })).to.equal(undefined)
    expect(contradictionIn({ categories: empty(65), ...permissivePolicy })).to.equal(
      'a catalog has at most 64 categories',
    )
  })

  it('report a missing free balance', () => {
    expect(contradictionIn({ categories: [], ...permissivePolicy })).to.equal(
      'the catalog needs exactly one free balance, not 0',
    )
  })

  it('are found exactly where an MCC has no unique order, or is both permitted and forbidden, or money has no place', () => {
    fc.assert(
      fc.property(anySet, (set) => {
        const benefits = set.categories.filter(({ free }) => !free)
        const clash = benefits.some((a) =>
          benefits.some(
            (b) => a !== b && a.order === b.order && [...mccsOf(a.mccs)].some((mcc) => hasMcc(b.mccs, mcc)),
          ),
        )
        const forbidden = benefits.some(({ mccs }) =>
          [...mccsOf(mccs)].some(
            (mcc) => hasMcc(set.neverPermitted, mcc) || hasMcc(set.neverPermittedAsReceived, mcc),
          ),
        )
        const frees = set.categories.length - benefits.length
        expect(contradictionIn(set) !== undefined).to.equal(clash || forbidden || frees !== 1)
      }),
    )
  })

  it('reject a catalog with the same text', () => {
    fc.assert(
      fc.property(anySet, (set) => {
        const contradiction = contradictionIn(set)
        const made = () => catalogOf(set.categories, [], set)
        if (contradiction === undefined) expect(made).not.to.throw()
        else expect(made).to.throw(RangeError, contradiction)
      }),
    )
  })

  it('exclude every catalog that asks a wallet that may not pay, or asks out of order', () => {
    fc.assert(
      fc.property(anySet, fc.constantFrom('5411', '5462', '5811', '7995', '9999'), (set, mcc) => {
        fc.pre(contradictionIn(set) === undefined)
        const catalog = catalogOf(set.categories, [], set)
        const { wallets, forbiddenBy } = catalog.route({ mcc, merchant: '' })
        const asked = wallets.map((id) => set.categories.find((category) => category.id === id))
        const orders = asked.slice(0, -1).map((category) => category?.order ?? Number.NaN)
        expect(asked.at(-1)?.free).to.equal(true)
        expect(orders).to.deep.equal([...orders].sort((a, b) => a - b))
        expect(wallets.every((wallet) => catalog.maySpend(wallet, mcc, { mcc }))).to.equal(
          forbiddenBy === undefined,
        )
      }),
    )
  })

  it('leave no catalog in which a wallet is asked over a rail that its category does not permit', () => {
    const anyRail = fc.constantFrom(...rails)
    fc.assert(
      fc.property(anySet, fc.constantFrom('5411', '5462', '7995'), anyRail, (set, mcc, rail) => {
        fc.pre(contradictionIn(set) === undefined)
        const catalog = catalogOf(set.categories, [], set)
        const over = catalog.route({ mcc, merchant: '', network: { rail } })
        const permits = (wallet: string) => {
          const permitted = set.categories.find(({ id }) => id === wallet)?.rails ?? []
          return permitted.length === 0 || permitted.includes(rail)
        }
        const { wallets } = catalog.route({ mcc, merchant: '' })
        expect(over.wallets).to.deep.equal(wallets.filter(permits))
        expect(over.wrongRail).to.deep.equal(wallets.filter((wallet) => !permits(wallet)))
      }),
    )
  })
})
