import { expect } from 'chai'
import fc from 'fast-check'
import { reverse } from '../../../src/application/reverse.js'
import { Simulator } from '../../../src/application/simulate.js'
import type { Account } from '../../../src/domain/account.js'
import { challengeCategories } from '../../../src/domain/category.js'
import type { Purchase } from '../../../src/domain/decide.js'
import { centavos } from '../../../src/domain/money.js'
import { catalogOf } from '../../support/catalog/catalogs.js'
import { utcCalendar } from '../../support/catalog/utc-calendar.js'
import { accountAfter, type Step, steps } from '../../support/database/example-books.js'
import { patience, purchase } from './fixtures.js'
import { rejectionOf } from './rejection.js'
import { soon } from './soon.js'
import { type TestEngine, testEngine } from './test-engine.js'

const catalog = catalogOf(challengeCategories)

function simulatorOn({ store, clock }: TestEngine): Simulator {
  return new Simulator({
    accounts: store,
    ledger: store,
    clock,
    catalog: () => catalog,
    calendar: utcCalendar,
  })
}

/**
 * An engine and a simulator on the same store. It holds an account with its last entry in the journal and the
 * rest in the ledger.
 */
function serviceWith(whole: Account): TestEngine & { readonly simulator: Simulator } {
  const test = testEngine()
  test.store.put({ ...whole, journal: whole.journal.slice(-1) })
  test.store.putInLedger(...whole.journal)
  return { ...test, simulator: simulatorOn(test) }
}

const funded = accountAfter('a', [steps.open('open'), steps.credit('fund', 'CASH', 100n)])

// Few ids and amounts, so that ids repeat, reversals come first, wallets run dry and limits are met.
const anyId = fc.integer({ min: 1, max: 6 }).map((number) => `tx-${number}`)
const anyAmount = fc.constantFrom(1n, 7n, 30n, 60n)
const anyStatus = fc.constantFrom('ACTIVE' as const, 'ACTIVE' as const, 'BLOCKED' as const, 'CLOSED' as const)
const anyLimits = fc.record({ purchase: anyAmount, foodDay: anyAmount }, { requiredKeys: [] })
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.tuple(anyId, anyAmount).map((of) => steps.purchase(...of)) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(
        anyId.map((id) => `back-${id}`),
        anyId,
      )
      .map((of) => steps.reverse(...of)),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.constantFrom('s-1', 's-2'), anyStatus).map((of) => steps.status(...of)),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(fc.constantFrom('l-1', 'l-2'), anyLimits).map((of) => steps.limits(...of)),
  },
)
const anyPurchase: fc.Arbitrary<Purchase> = fc.record({
  transactionId: anyId,
  amount: anyAmount.map(centavos),
  mcc: fc.constantFrom('5411', '5411', '5411', '5999'),
  merchant: fc.constantFrom('PADARIA DO ZE', 'PADARIA DO ZE', ''),
})
const opening = [steps.open('open'), steps.credit('food', 'FOOD', 200n), steps.credit('cash', 'CASH', 20n)]
const anyHistory = fc
  .record({ isOpen: fc.nat({ max: 9 }), taken: fc.array(anyStep, { minLength: 1, maxLength: 12 }) })
  .map(({ isOpen, taken }) => accountAfter('a', [...(isOpen > 0 ? opening : []), ...taken]))
  .filter(({ version }) => version > 0n)

describe('Simulator', () => {
  it('answers like an authorization right after it, whatever happened before', async () => {
    const seen = new Set<string>()
    await fc.assert(
      fc.asyncProperty(anyHistory, anyPurchase, async (whole, asked) => {
        const { authorize, simulator } = serviceWith(whole)
        const { verdict, trace } = await simulator.simulate('a', asked, patience)
        expect(verdict).to.deep.equal(await authorize('a', asked, patience))
        seen.add(verdict.type === 'RECORD' ? `${trace.rule} ${verdict.entry.reason}` : verdict.type)
      }),
      { numRuns: 1_000 },
    )
    expect([...seen], 'every outcome is met').to.include.members([
      ...[
        'REPLAY',
        'REUSED',
        'WALLETS APPROVED',
        'WALLETS INSUFFICIENT_BALANCE',
        'WALLETS AMOUNT_OVER_LIMIT',
      ],
      ...['PURCHASE_LIMIT AMOUNT_OVER_LIMIT', 'REVERSED_BEFORE ALREADY_REVERSED'],
      ...[
        'ACCOUNT_STATUS ACCOUNT_NOT_FOUND',
        'ACCOUNT_STATUS ACCOUNT_BLOCKED',
        'ACCOUNT_STATUS ACCOUNT_CLOSED',
      ],
    ])
  })

  it('answers ACCOUNT_NOT_FOUND for an unknown account, and remembers nothing', async () => {
    const { simulator, store } = serviceWith(funded)
    const { verdict } = await simulator.simulate('nobody', purchase('tx-1'), patience)
    expect(verdict).to.have.nested.property('entry.reason', 'ACCOUNT_NOT_FOUND')
    expect((await store.load(['nobody'])).size).to.equal(0)
  })

  it('takes holds that are due as expired, and writes nothing', async () => {
    const { authorize, simulator, store, clock } = serviceWith(funded)
    await authorize('a', { ...purchase('held', 60n), hold: { expiresInSeconds: 60 } }, patience)
    const simulated = async () => (await simulator.simulate('a', purchase('tx-1', 100n), patience)).verdict
    expect(await simulated()).to.have.nested.property('entry.reason', 'INSUFFICIENT_BALANCE')
    clock.advance(60_000)
    const verdict = await simulated()
    expect(verdict).to.have.nested.property('entry.reason', 'APPROVED')
    expect(store.account('a').holds).to.have.length(1)
    expect(verdict).to.deep.equal(await authorize('a', purchase('tx-1', 100n), patience))
  })

  it('writes nothing', async () => {
    const { simulator, store } = serviceWith(funded)
    await simulator.simulate('a', purchase('tx-1'), patience)
    expect(store.calls).to.deep.equal(['load'])
    expect(store.account('a').version).to.equal(2n)
  })

  it('reads the reversals of the id no earlier than the account', async () => {
    const test = serviceWith(funded)
    await reverse(test.engine, 'a', { transactionId: 'back', originalId: 'tx-9', described: {} }, patience)
    test.store.calls.splice(0)
    await test.simulator.simulate('a', purchase('tx-1'), patience)
    // The reversal may be posted to the ledger meanwhile.
    const reads = test.store.calls.filter((call) => call === 'load' || call === 'findFollowUps')
    expect(reads).to.deep.equal(['load', 'findFollowUps'])
  })

  it("rejects NO_TIME_LEFT when the caller's time is over", async () => {
    const { simulator } = serviceWith(funded)
    const late = simulator.simulate('a', purchase('tx-1'), { remainingMs: () => 0 })
    expect(await rejectionOf(late)).to.equal('NO_TIME_LEFT')
  })

  it('answers a caller who waits one more millisecond', async () => {
    const { simulator } = serviceWith(funded)
    const { verdict } = await simulator.simulate('a', purchase('tx-1'), { remainingMs: () => 1 })
    expect(verdict.type).to.equal('RECORD')
  })

  it('rejects UNAVAILABLE when the store does not answer, and does not retry', async () => {
    const { simulator, store } = serviceWith(funded)
    store.loading.meets('OUTAGE')
    expect(await rejectionOf(simulator.simulate('a', purchase('tx-1'), patience))).to.equal('UNAVAILABLE')
    expect(store.calls).to.deep.equal(['load'])
  })

  it('runs eight at a time, and lets the others wait in order', async () => {
    const { simulator, store } = serviceWith(funded)
    store.loading.hold()
    const simulate = () => simulator.simulate('a', purchase('tx-1'), patience)
    const all = Array.from({ length: 300 }, simulate)
    await soon('eight are loading', () => store.loading.inProgress === 8)
    expect(store.calls.filter((call) => call === 'load')).to.have.length(8)
    store.loading.release()
    expect(await Promise.all(all)).to.have.length(300)
  })

  it('rejects OVERLOADED when a thousand wait, and NO_TIME_LEFT when the time ends during the wait', async () => {
    const { simulator, store } = serviceWith(funded)
    store.loading.hold()
    let remainingMs = 1
    const simulate = (budget = patience) => simulator.simulate('a', purchase('tx-1'), budget)
    const under = Array.from({ length: 8 }, () => simulate())
    const waiting = Array.from({ length: 1_000 }, () =>
      simulate({ ...patience, remainingMs: () => remainingMs }),
    )
    expect(await rejectionOf(simulate())).to.equal('OVERLOADED')
    remainingMs = 0
    const rejections = waiting.map((one) => rejectionOf(one))
    store.loading.release()
    await Promise.all(under)
    expect(new Set(await Promise.all(rejections))).to.deep.equal(new Set(['NO_TIME_LEFT']))
    expect((await simulate()).verdict.type).to.equal('RECORD')
  })

  it('has room again after failures', async () => {
    const { simulator, store } = serviceWith(funded)
    for (let failed = 0; failed < 9; failed++) {
      store.loading.meets('OUTAGE')
      expect(await rejectionOf(simulator.simulate('a', purchase('tx-1'), patience))).to.equal('UNAVAILABLE')
    }
    expect((await simulator.simulate('a', purchase('tx-1'), patience)).verdict.type).to.equal('RECORD')
  })
})
