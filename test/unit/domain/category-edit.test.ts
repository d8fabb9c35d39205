import { expect } from 'chai'
import { benefit, type Category, challengeCategories } from '../../../src/domain/category.js'
import {
  applyProfile,
  type CategoryEdit,
  deleteCategory,
  isIdle,
  type KeptCategorySet,
  replaceMccPolicy,
  upsertCategory,
} from '../../../src/domain/category-edit.js'
import { categoryProfiles } from '../../../src/domain/category-profile.js'
import { defaultHoldPolicy } from '../../../src/domain/hold-policy.js'
import { permissivePolicy } from '../../../src/domain/mcc-policy.js'
import { mccItems, mccSet } from '../../../src/domain/mcc-set.js'
import { catalogOf } from '../../support/catalog/catalogs.js'
import { at } from './builders.js'

const pets = benefit({ id: 'PETS', displayName: 'Pets', order: 80, mccs: '5995 0742' })
const challenge = current(challengeCategories)

function current(categories: readonly Category[], never: readonly string[] = []): KeptCategorySet {
  const kept = categories.map((category) => ({ category, version: 1n, changedAt: at, changedBy: 'ana' }))
  return {
    kept,
    neverPermitted: mccSet(never),
    neverPermittedAsReceived: [],
    holdPolicy: defaultHoldPolicy,
  }
}

const rejection = (edit: CategoryEdit) =>
  edit.type === 'REJECTED' ? [edit.rejection, edit.detail] : edit.type
const later = (ms: number) => new Date(at.getTime() + ms)

describe('upserting a category', () => {
  it('writes a new one', () => {
    expect(upsertCategory(challenge, pets)).to.deep.equal({
      type: 'EDIT',
      upserted: [pets],
      deleted: [],
      ...permissivePolicy,
      holdPolicy: defaultHoldPolicy,
    })
  })

  it('writes nothing when the category exists unchanged', () => {
    const [food] = challengeCategories
    if (!food) throw new Error('the profile has categories')
    const edit = upsertCategory(challenge, { ...food })
    if (edit.type !== 'EDIT') throw new Error('rejected')
    expect(isIdle(edit, challenge)).to.equal(true)
  })

  for (const [what, over] of [
    ['its name', { displayName: 'Animals' }],
    ['its MCCs', { mccs: mccSet(['5995']) }],
    ['its order', { order: 81 }],
    ['its closing for credits', { creditsClosed: true }],
    ['its rails', { rails: ['VOUCHER'] }],
    ['its regulation', { regulated: true }],
    ['whether it pays holds at once', { immediate: true }],
  ] as const) {
    it(`writes a change of ${what}`, () => {
      const edit = upsertCategory(current([...challengeCategories, pets]), { ...pets, ...over })
      expect(edit.type === 'EDIT' && edit.upserted).to.deep.equal([{ ...pets, ...over }])
    })
  }

  it('writes one that differs from another only in its id', () => {
    const empty = { ...pets, mccs: [] }
    const edit = upsertCategory(current([...challengeCategories, empty]), { ...empty, id: 'ANIMALS' })
    expect(edit.type === 'EDIT' && edit.upserted.map(({ id }) => id)).to.deep.equal(['ANIMALS'])
  })

  it('may share an MCC with a category of another order', () => {
    expect(upsertCategory(challenge, { ...pets, mccs: mccSet(['5411']) }).type).to.equal('EDIT')
  })

  it('may share an order with a category of other MCCs', () => {
    expect(upsertCategory(challenge, { ...pets, order: 10 }).type).to.equal('EDIT')
  })

  const rejected: readonly (readonly [string, KeptCategorySet, Category, RegExp])[] = [
    [
      'shares an MCC and the order with another',
      challenge,
      { ...pets, mccs: mccSet(['5400-5500']), order: 10 },
      /MCC 5411 is in FOOD and in PETS, which have the same order, 10/,
    ],
    [
      'has an MCC that is never permitted',
      current(challengeCategories, ['5995']),
      pets,
      /MCC 5995 is in PETS and also never permitted/,
    ],
    ['is a second free balance', challenge, { ...pets, free: true }, /not 2: CASH and PETS/],
    [
      'was the free balance, and is no more',
      challenge,
      { ...pets, id: 'CASH' },
      /exactly one free balance, not 0/,
    ],
    [
      'is one too many',
      current([
        ...challengeCategories,
        ...Array.from({ length: 61 }, (_, index) => ({ ...pets, id: `P${index}`, mccs: [] })),
      ]),
      pets,
      /at most 64/,
    ],
  ]
  for (const [what, before, category, detail] of rejected) {
    it(`is rejected when it ${what}`, () => {
      const [kind, text] = rejection(upsertCategory(before, category))
      expect(kind).to.equal('CATALOG_CONTRADICTION')
      expect(text).to.match(detail)
    })
  }
})

describe('an edit', () => {
  const idle = {
    type: 'EDIT',
    upserted: [],
    deleted: [],
    ...permissivePolicy,
    holdPolicy: defaultHoldPolicy,
  } as const

  it('without a change is idle', () => {
    expect(isIdle(idle, challenge)).to.equal(true)
  })

  for (const [what, over] of [
    ['writes a category', { upserted: [pets] }],
    ['removes one', { deleted: ['FOOD'] }],
    ['changes what is never permitted', { neverPermitted: mccSet(['7995']) }],
    ['changes what is never permitted as received', { neverPermittedAsReceived: mccSet(['7995']) }],
    ['changes how long holds last', { holdPolicy: { ...defaultHoldPolicy, days: 8 } }],
  ] as const) {
    it(`that only ${what} is not idle`, () => {
      expect(isIdle({ ...idle, ...over }, challenge)).to.equal(false)
    })
  }
})

describe('deleting a category', () => {
  const closed = current([...challengeCategories, { ...pets, creditsClosed: true }])

  it('is possible ten seconds after it was closed for credits', () => {
    const edit = deleteCategory(closed, { id: 'PETS', at: later(10_000), lookedMs: 0 })
    expect(edit.type === 'EDIT' && edit.deleted).to.deep.equal(['PETS'])
  })

  it('is rejected a millisecond earlier', () => {
    const edit = deleteCategory(closed, { id: 'PETS', at: later(9_999), lookedMs: 0 })
    expect(rejection(edit)).to.deep.equal([
      'CREDITS_OPEN',
      'PETS accepted credits until recently: try again in 1 ms',
    ])
  })

  it('is rejected when the closing period ended only during the search for money', () => {
    const edit = deleteCategory(closed, { id: 'PETS', at: later(10_000), lookedMs: 1 })
    expect(rejection(edit)[0]).to.equal('CREDITS_OPEN')
  })

  it('is rejected while it takes credits', () => {
    const edit = deleteCategory(challenge, { id: 'FOOD', at: later(60_000), lookedMs: 0 })
    expect(rejection(edit)).to.deep.equal(['CREDITS_OPEN', 'FOOD accepts credits'])
  })

  it('is rejected when it does not exist', () => {
    const edit = deleteCategory(challenge, { id: 'PETS', at, lookedMs: 0 })
    expect(rejection(edit)).to.deep.equal(['CATEGORY_NOT_FOUND', 'PETS'])
  })

  it('is rejected for the free balance', () => {
    const edit = deleteCategory(challenge, { id: 'CASH', at: later(60_000), lookedMs: 0 })
    expect(rejection(edit)[0]).to.equal('CATALOG_CONTRADICTION')
  })
})

describe('the MCCs that are never permitted', () => {
  it('are replaced', () => {
    const policy = { neverPermitted: mccSet(['6011']), neverPermittedAsReceived: mccSet(['5921']) }
    const edit = replaceMccPolicy(current(challengeCategories, ['7995']), policy)
    if (edit.type !== 'EDIT') throw new Error(edit.detail)
    const { neverPermitted, neverPermittedAsReceived } = edit
    expect({ neverPermitted, neverPermittedAsReceived }).to.deep.equal(policy)
  })

  it('must not be in a category', () => {
    const food = mccSet(['5000-6000'])
    const edit = replaceMccPolicy(challenge, { ...permissivePolicy, neverPermitted: food })
    expect(rejection(edit)[1]).to.equal('MCC 5411 is in FOOD and also never permitted')
    const received = replaceMccPolicy(challenge, { ...permissivePolicy, neverPermittedAsReceived: food })
    expect(rejection(received)[1]).to.equal('MCC 5411 is in FOOD and also never permitted as received')
  })

  it('stay as they are when a category changes', () => {
    const policy = { neverPermitted: mccSet(['6011']), neverPermittedAsReceived: mccSet(['5921']) }
    expect(upsertCategory({ ...challenge, ...policy }, pets)).to.deep.include(policy)
  })
})

describe('applying a profile', () => {
  it('adds its categories, changes those that differ, and keeps the rest', () => {
    const before = current([...challengeCategories, pets], ['9999'])
    const edit = applyProfile(before, categoryProfiles.brazil)
    if (edit.type !== 'EDIT') throw new Error(edit.detail)
    expect(edit.upserted.length).to.equal(8)
    expect(edit.deleted).to.deep.equal([])
    expect(mccItems(edit.neverPermitted)).to.include.members(['7995', '9999'])
    expect(mccItems(edit.neverPermittedAsReceived)).to.deep.equal(['5921', '5993', '6010', '6011', '7995'])
  })

  it('may make another category the free balance', () => {
    const [food, meal, cash] = challengeCategories
    if (!food || !meal || !cash) throw new Error('the challenge has three')
    const categories = [
      { ...meal, free: true },
      { ...cash, free: false },
    ]
    const edit = applyProfile(challenge, { categories, ...permissivePolicy })
    expect(edit.type === 'EDIT' && edit.upserted).to.deep.equal(categories)
  })

  it('changes nothing when it is already applied', () => {
    const { categories, ...policy } = categoryProfiles.brazil
    const before = { ...current(categories), ...policy }
    const edit = applyProfile(before, categoryProfiles.brazil)
    expect(edit.type === 'EDIT' && isIdle(edit, before)).to.equal(true)
  })

  for (const [name, profile] of Object.entries(categoryProfiles)) {
    it(`${name} produces a valid catalog`, () => {
      expect(catalogOf(profile.categories, [], profile).categories.at(-1)?.id).to.equal('CASH')
    })
  }

  it('brazil asks FOOD and then MEAL at a bakery', () => {
    const { categories, neverPermitted } = categoryProfiles.brazil
    const route = catalogOf(categories, [], { neverPermitted }).route({ mcc: '5462', merchant: '' })
    expect(route.wallets).to.deep.equal(['FOOD', 'MEAL', 'CASH'])
  })
})
