import { expect } from 'chai'
import { creditAccount } from '../../src/application/credit-account.js'
import { reverse } from '../../src/application/reverse.js'
import type { Entry } from '../../src/domain/entry.js'
import { mccSet } from '../../src/domain/mcc-set.js'
import { centavos } from '../../src/domain/money.js'
import type { Rail as RailName } from '../../src/domain/network.js'
import type { Verdict } from '../../src/domain/verdict.js'
import type { Category } from '../../src/gen/benefits/v1/category.js'
import { Rail } from '../../src/gen/benefits/v1/network.js'
import { categoryService } from '../../src/grpc/category/category-service.js'
import { PageGate } from '../../src/grpc/pages/page-gate.js'
import { type Core, systemClock } from '../../src/service/core.js'
import { callHandler, failHandler } from '../support/clients/handler-call.js'
import { fundedAccount, openCore, testBudget } from '../support/database/accounts.js'
import { useDatabase } from '../support/database/database-fixture.js'
import { testMongoUri } from '../support/database/mongo.js'
import { decideOn, somePurchase } from '../support/processes/engines.js'

const pets: Category = {
  id: 'PETS',
  displayName: 'Pets',
  mccs: ['0742', '5995'],
  order: 80,
  free: false,
  creditsClosed: false,
  version: 0n,
  updateTime: undefined,
  subject: '',
  rails: [],
  regulated: false,
  immediate: false,
}

describe('CategoryService on MongoDB', () => {
  const database = useDatabase()
  let core: Core
  let methods: ReturnType<typeof categoryService>

  before(async () => {
    core = await openCore(await testMongoUri(), database().databaseName)
    const handlers = {
      clock: systemClock,
      durationMsMax: 10_000,
      pages: new PageGate(),
      onBug: (cause: unknown) => {
        throw new Error('this was not to happen in a test', { cause })
      },
    }
    methods = categoryService({ store: core.categories, handlers })
  })
  after(() => core.close(2_000))

  const upsert = (over: Partial<Category>) =>
    callHandler(methods.upsertCategory, { category: { ...pets, ...over } })
  const reject = (over: Partial<Category>) =>
    failHandler(methods.upsertCategory, { category: { ...pets, ...over } })
  const remove = (categoryId: string) => failHandler(methods.deleteCategory, { categoryId })
  const list = async (pageSize = 0, pageToken = '') =>
    await callHandler(methods.listCategories, { pageSize, pageToken })
  const idsOf = ({ categories }: { readonly categories: readonly Category[] }) =>
    categories.map(({ id }) => id)
  const versionNow = async () => (await core.categories.read()).kept.map(({ version }) => version)

  /** Backdates the closing of the category for credits. */
  async function closedLongAgo({ id = '', ...over }: Partial<Category>): Promise<void> {
    await upsert({ id, ...over, creditsClosed: true })
    await database()
      .collection<{ _id: string }>('categories')
      .updateOne({ _id: id }, { $set: { changed_at: new Date(Date.now() - 60_000) } })
  }

  it('adds a category, and records author and time', async () => {
    const { category } = await upsert({ id: 'ADDED', mccs: ['5995', '0742', '3000-3350'] })
    expect(category).to.deep.include({
      id: 'ADDED',
      mccs: ['0742', '3000-3350', '5995'],
      subject: 'ana',
      version: (await core.categories.read()).kept.find((one) => one.category.id === 'ADDED')?.version,
    })
    expect(await callHandler(methods.getCategory, { categoryId: 'ADDED' })).to.deep.equal({ category })
  })

  it('changes nothing, not even the version, when the category is the same', async () => {
    await upsert({ id: 'SAME', order: 81 })
    const before = await versionNow()
    const { category } = await upsert({ id: 'SAME', order: 81 })
    expect(category?.id).to.equal('SAME')
    expect(await versionNow()).to.deep.equal(before)
  })

  it('uses the id as the name when it has no other', async () => {
    expect((await upsert({ id: 'NAMELESS', order: 82, displayName: '' })).category?.displayName).to.equal(
      'NAMELESS',
    )
  })

  it('lists categories in their order, page by page', async () => {
    const whole = idsOf(await list())
    expect(whole.slice(0, 2)).to.deep.equal(['FOOD', 'MEAL'])
    expect(whole.at(-1)).to.equal('CASH')
    const paged: string[] = []
    let token = ''
    do {
      const page = await list(2, token)
      paged.push(...idsOf(page))
      token = page.nextPageToken
    } while (token !== '')
    expect(paged).to.deep.equal(whole)
  })

  it('names every invalid field of a category', async () => {
    const { code, badFields } = await reject({
      id: 'pets',
      displayName: 'x'.repeat(65),
      mccs: ['5995', '99', '3350-3000'],
      order: -1,
    })
    expect({ code, badFields }).to.deep.equal({
      code: 'INVALID_ARGUMENT',
      badFields: [
        'category.id',
        'category.order',
        'category.display_name',
        'category.mccs[1]',
        'category.mccs[2]',
      ],
    })
  })

  it('names the category that is missing', async () => {
    const { code, badFields } = await failHandler(methods.upsertCategory, { category: undefined })
    expect([code, badFields?.[0]]).to.deep.equal(['INVALID_ARGUMENT', 'category'])
  })

  it('rejects MCCs in the free balance', async () => {
    const { badFields } = await reject({ id: 'CASH', free: true })
    expect(badFields).to.deep.equal(['category.mccs'])
  })

  it('keeps the rails of a category in one order, each of them once, and whether its money is regulated', async () => {
    const rails = [Rail.DEBIT, Rail.VOUCHER, Rail.DEBIT]
    const { category } = await upsert({ id: 'RAILED', mccs: [], order: 83, rails, regulated: true })
    expect(category).to.deep.include({ rails: [Rail.VOUCHER, Rail.DEBIT], regulated: true })
    expect(await callHandler(methods.getCategory, { categoryId: 'RAILED' })).to.deep.equal({ category })
    const { category: plain } = await upsert({ id: 'RAILED', mccs: [], order: 83 })
    expect(plain).to.deep.include({ rails: [], regulated: false })
  })

  it('stores no rails and no regulation of a category that has none', async () => {
    await upsert({ id: 'PLAIN', mccs: [], order: 84 })
    const stored = await database().collection<{ _id: string }>('categories').findOne({ _id: 'PLAIN' })
    expect(stored).not.to.have.any.keys('rails', 'regulated')
  })

  it('rejects rails that it does not know, and names each', async () => {
    const { badFields } = await reject({ rails: [Rail.CREDIT, Rail.UNSPECIFIED, 9 as Rail] })
    expect(badFields).to.deep.equal(['category.rails[1]', 'category.rails[2]'])
    const tooMany = [Rail.CREDIT, Rail.CREDIT, Rail.CREDIT, Rail.CREDIT]
    expect((await reject({ rails: tooMany })).badFields).to.deep.equal(['category.rails'])
  })

  it('rejects a free balance that is regulated', async () => {
    const { badFields } = await reject({ id: 'CASH', mccs: [], free: true, regulated: true })
    expect(badFields).to.deep.equal(['category.regulated'])
  })

  for (const [what, over, message] of [
    ['an MCC in two categories of one order', { id: 'CLASH', mccs: ['5411'], order: 10 }, /FOOD.*CLASH/],
    ['a second free balance', { id: 'GIFT', mccs: [], free: true }, /CASH and GIFT/],
  ] as const) {
    it(`rejects ${what}, and names both`, async () => {
      const { code, info, message: text } = await reject({ ...over, mccs: [...over.mccs] })
      expect([code, info?.reason]).to.deep.equal(['FAILED_PRECONDITION', 'CATALOG_CONTRADICTION'])
      expect(text).to.match(message)
    })
  }

  it('creates exactly one of two contradicting categories requested at once', async () => {
    const outcomes = await Promise.allSettled(
      ['LEFT', 'RIGHT'].map((id) => upsert({ id, mccs: ['7033'], order: 700 })),
    )
    expect(outcomes.map(({ status }) => status).sort()).to.deep.equal(['fulfilled', 'rejected'])
  })

  it('makes six concurrent changes, each with its own version', async () => {
    const made = await Promise.all(
      Array.from({ length: 6 }, (_, index) => upsert({ id: `N${index}`, mccs: [], order: 900 + index })),
    )
    expect(new Set(made.map(({ category }) => category?.version)).size).to.equal(6)
  })

  it('answers NOT_FOUND for a missing category', async () => {
    const errors = [await failHandler(methods.getCategory, { categoryId: 'NONE' }), await remove('NONE')]
    for (const { code, info } of errors) {
      expect([code, info?.reason]).to.deep.equal(['NOT_FOUND', 'CATEGORY_NOT_FOUND'])
    }
  })

  it('replaces the MCCs that are never permitted', async () => {
    const policy = { neverPermitted: ['7995', '6010-6011'], neverPermittedAsReceived: ['7995', '5921'] }
    await callHandler(methods.updateMccPolicy, { policy })
    expect(await callHandler(methods.getMccPolicy, {})).to.deep.equal({
      policy: { neverPermitted: ['6010-6011', '7995'], neverPermittedAsReceived: ['5921', '7995'] },
    })
    // A list that is left out becomes empty.
    const { policy: after } = await callHandler(methods.updateMccPolicy, {
      policy: { neverPermitted: ['7995'], neverPermittedAsReceived: [] },
    })
    expect(after).to.deep.equal({ neverPermitted: ['7995'], neverPermittedAsReceived: [] })
  })

  it('stores whether a category pays holds at once', async () => {
    expect(
      (await upsert({ id: 'VOUCHER', mccs: [], order: 84, immediate: true })).category?.immediate,
    ).to.equal(true)
    expect(await core.catalogCache.refresh().then(() => core.catalog().isImmediate('VOUCHER'))).to.equal(true)
    expect((await upsert({ id: 'VOUCHER', mccs: [], order: 84 })).category?.immediate).to.equal(false)
  })

  it('has the default hold policy until it is replaced, and decides by the new one', async () => {
    const { policy: before } = await callHandler(methods.getHoldPolicy, {})
    expect(before).to.deep.equal({
      days: 7,
      rules: [{ mccs: ['4121', '5812-5814', '7230', '7298'], days: undefined, overPercent: 20 }],
    })
    const policy = {
      days: 5,
      rules: [
        { mccs: ['7011'], days: 31, overPercent: 0 },
        { mccs: ['5812-5814'], days: undefined, overPercent: 15 },
      ],
    }
    const { policy: after } = await callHandler(methods.updateHoldPolicy, { policy })
    expect(after).to.deep.equal(policy)
    expect(await callHandler(methods.getHoldPolicy, {})).to.deep.equal({ policy })
    await core.catalogCache.refresh()
    expect(core.catalog().holdPolicy).to.deep.equal({
      days: 5,
      rules: [
        { mccs: mccSet(['7011']), days: 31 },
        { mccs: mccSet(['5812-5814']), overPercent: 15 },
      ],
    })
    // Other edits keep it.
    await upsert({ id: 'BESIDE', mccs: [], order: 85 })
    expect(await callHandler(methods.getHoldPolicy, {})).to.deep.equal({ policy })
  })

  it('names every invalid field of a hold policy', async () => {
    const rules = [
      { mccs: [], days: 0, overPercent: -1 },
      { mccs: ['x'], days: 32, overPercent: 101 },
    ]
    const { badFields } = await failHandler(methods.updateHoldPolicy, { policy: { days: 0, rules } })
    expect(badFields).to.deep.equal([
      'policy.days',
      ...['mccs', 'days', 'over_percent'].map((field) => `policy.rules[0].${field}`),
      'policy.rules[1].days',
      'policy.rules[1].over_percent',
      'policy.rules[1].mccs[0]',
    ])
    const none = await failHandler(methods.updateHoldPolicy, { policy: undefined })
    expect(none.badFields).to.deep.equal(['policy', 'policy.days'])
    const many = Array.from({ length: 101 }, () => ({ mccs: ['7011'], days: undefined, overPercent: 0 }))
    const tooMany = await failHandler(methods.updateHoldPolicy, { policy: { days: 7, rules: many } })
    expect(tooMany.badFields).to.deep.equal(['policy.rules'])
  })

  it('names every invalid MCC of both lists', async () => {
    const policy = { neverPermitted: ['7995', '1'], neverPermittedAsReceived: ['x', '7995'] }
    const { badFields } = await failHandler(methods.updateMccPolicy, { policy })
    expect(badFields).to.deep.equal(['policy.never_permitted[1]', 'policy.never_permitted_as_received[0]'])
  })

  it('permits no MCC in a category that is never permitted as received', async () => {
    const policy = { neverPermitted: [], neverPermittedAsReceived: ['5400-5500'] }
    const { info, message } = await failHandler(methods.updateMccPolicy, { policy })
    expect(info?.reason).to.equal('CATALOG_CONTRADICTION')
    expect(message).to.match(/5411 is in FOOD and also never permitted as received/)
  })

  it('rejects a category with a never-permitted MCC', async () => {
    const policy = { neverPermitted: ['5400-5500'], neverPermittedAsReceived: [] }
    const { info, message } = await failHandler(methods.updateMccPolicy, { policy })
    expect(info?.reason).to.equal('CATALOG_CONTRADICTION')
    expect(message).to.include('MCC 5411 is in FOOD')
  })

  it('decides purchases over rails by the stored category and by MISSING_RAIL', async () => {
    await upsert({ id: 'OVER', mccs: ['7921'], order: 85, rails: [Rail.VOUCHER] })
    const environment = { MISSING_RAIL: 'decline' }
    const strict = await openCore(await testMongoUri(), database().databaseName, {}, environment)
    try {
      await core.catalogCache.refresh()
      const account = await fundedAccount(core, { OVER: 10_000n })
      const reasonOf = async (deciding: Core, rail?: RailName) => {
        const asked = { mcc: '7921', fallback: 'NEVER' as const, ...(rail && { network: { rail } }) }
        const verdict = await decideOn(deciding, account, somePurchase(asked))
        return verdict.type === 'RECORD' && verdict.entry.reason
      }
      expect(await reasonOf(core, 'VOUCHER')).to.equal('APPROVED')
      expect(await reasonOf(core, 'DEBIT')).to.equal('RAIL_NOT_PERMITTED')
      expect(await reasonOf(core)).to.equal('APPROVED')
      expect(await reasonOf(strict, 'VOUCHER')).to.equal('APPROVED')
      expect(await reasonOf(strict)).to.equal('RAIL_NOT_PERMITTED')
    } finally {
      await strict.close(2_000)
    }
  })

  describe('when deleting', () => {
    it('is rejected while the category takes credits', async () => {
      const { code, info } = await remove('FOOD')
      expect([code, info?.reason]).to.deep.equal(['FAILED_PRECONDITION', 'CREDITS_OPEN'])
    })

    it('is rejected shortly after the category stopped taking credits', async () => {
      await upsert({ id: 'FRESH', mccs: [], order: 300, creditsClosed: true })
      expect((await remove('FRESH')).message).to.include('until recently')
    })

    it('is rejected for the free balance', async () => {
      expect((await remove('CASH')).info?.reason).to.equal('CATALOG_CONTRADICTION')
    })

    it('is rejected while an account holds money in it, and names the account', async () => {
      const held = { id: 'HELD', mccs: [], order: 301 }
      await upsert(held)
      await core.catalogCache.refresh()
      const account = await fundedAccount(core, { HELD: 1n })
      await closedLongAgo(held)
      const { code, info, message } = await remove('HELD')
      expect([code, info?.reason]).to.deep.equal(['FAILED_PRECONDITION', 'CATEGORY_IN_USE'])
      expect(message).to.include(account)
    })

    it('succeeds when no account holds money in it, and its purchases can still be reversed', async () => {
      const gone = { id: 'GONE', mccs: ['7911'], order: 302 }
      await upsert(gone)
      await core.catalogCache.refresh()
      const account = await fundedAccount(core, { GONE: 1_000n })
      const purchase = somePurchase({ mcc: '7911' })
      await decideOn(core, account, purchase)
      await closedLongAgo(gone)
      await callHandler(methods.deleteCategory, { categoryId: 'GONE' })
      await core.catalogCache.refresh()
      expect(idsOf(await list())).not.to.include('GONE')

      const reversal = { transactionId: 'back', originalId: purchase.transactionId, described: {} }
      const reversed = await reverse(core.engine, account, reversal, testBudget())
      expect(entryIn(reversed).reason).to.equal('APPROVED')
      // Its money cannot be spent, and is not lost:
      const declined = await decideOn(core, account, somePurchase({ mcc: '7911' }))
      expect(entryIn(declined).reason).to.equal('INSUFFICIENT_BALANCE')
      // once the category is created again, the money can be spent.
      await upsert(gone)
      await core.catalogCache.refresh()
      const paid = await decideOn(core, account, somePurchase({ mcc: '7911' }))
      expect(entryIn(paid).movement?.wallet).to.equal('GONE')
    })

    it('finds the one holder among many accounts', async () => {
      await upsert({ id: 'RARE', mccs: [], order: 303 })
      await core.catalogCache.refresh()
      const others = Array.from({ length: 30 }, (_, index) => fundedAccount(core, {}, `other-${index}`))
      await Promise.all(others)
      await fundedAccount(core, { RARE: 5n }, 'other-15-b')
      expect(await core.categories.holderOf('RARE', testBudget())).to.equal('other-15-b')
    })

    it('gives up when there is no time to check every account', async () => {
      const { info } = await core.categories.holderOf('RARE', { remainingMs: () => 0 }).then(
        () => ({ info: 'answered' }),
        (error: unknown) => ({ info: String(error) }),
      )
      expect(info).to.include('not every account could be checked')
    })
  })

  describe('closed for credits', () => {
    it('rejects new credits, repeats old answers, and pays', async () => {
      await upsert({ id: 'ENDING', mccs: ['7929'], order: 400 })
      await core.catalogCache.refresh()
      const account = await fundedAccount(core, { ENDING: 1_000n })
      await upsert({ id: 'ENDING', mccs: ['7929'], order: 400, creditsClosed: true })
      await core.catalogCache.refresh()
      const credit = (transactionId: string) =>
        creditAccount(
          core,
          account,
          { transactionId, wallet: 'ENDING', amount: centavos(1_000n) },
          testBudget(),
        )
      expect(await credit('new')).to.deep.equal({ type: 'REJECTED', rejection: 'CREDITS_CLOSED' })
      expect((await credit('credit:ENDING')).type).to.equal('REPLAY')
      const paid = await decideOn(core, account, somePurchase({ mcc: '7929' }))
      expect(entryIn(paid).movement?.wallet).to.equal('ENDING')
    })
  })
})

/** The created entry. Fails the test when there is none. */
function entryIn<Kind extends Entry>(verdict: Verdict<Kind>): Kind {
  if (verdict.type !== 'RECORD') throw new Error(`nothing was recorded: ${verdict.type}`)
  return verdict.entry
}
