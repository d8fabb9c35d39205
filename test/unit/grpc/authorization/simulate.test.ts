import { expect } from 'chai'
import { Simulator } from '../../../../src/application/simulate.js'
import { approvalCodeOf } from '../../../../src/domain/approval-code.js'
import { challengeCategories } from '../../../../src/domain/category.js'
import {
  Decision,
  DecisionRule,
  Fallback,
  MccList,
  Reason,
  Retry,
  RuleOutcome,
  type SimulateRequest,
  type SimulateResponse,
  WalletOutcome,
} from '../../../../src/gen/benefits/v1/authorization.js'
import { authorizationService } from '../../../../src/grpc/authorization/authorization-service.js'
import { PageGate } from '../../../../src/grpc/pages/page-gate.js'
import { catalogOf } from '../../../support/catalog/catalogs.js'
import { utcCalendar } from '../../../support/catalog/utc-calendar.js'
import { callHandler, failHandler } from '../../../support/clients/handler-call.js'
import { accountAfter, steps } from '../../../support/database/example-books.js'
import { testEngine } from '../../application/test-engine.js'
import { de43, ruleOf } from '../../domain/builders.js'

const catalog = catalogOf(challengeCategories, [
  ruleOf({ id: 'acme', name: 'AÇME', mcc: '5411' }),
  ruleOf({ id: 'acme-rio', name: 'ACME', city: 'RIO', mcc: '5811' }),
])
const UUID = /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/

/**
 * The dependencies of AuthorizationService in memory. Account a has FOOD 4.00 with a limit of 0.50 a day, and
 * CASH 7.00.
 */
function service() {
  const { store, clock, authorize } = testEngine()
  store.put(
    accountAfter('a', [
      steps.open('open'),
      steps.credit('food', 'FOOD', 410n),
      steps.credit('cash', 'CASH', 700n),
      steps.purchase('bread', 10n),
      steps.limits('limits', { purchase: 900n, foodDay: 60n }),
      steps.reverse('early-1', 'late', 20n),
      steps.reverse('early-2', 'late', 30n),
    ]),
  )
  clock.advance(Date.UTC(2026, 0, 1, 12))
  const simulator = new Simulator({
    accounts: store,
    ledger: store,
    clock,
    catalog: () => catalog,
    calendar: utcCalendar,
  })
  const fail = () => {
    throw new Error('a simulation is not a decision')
  }
  const handlers = { clock, durationMsMax: 10_000, onBug: fail, pages: new PageGate() }
  const methods = authorizationService({
    authorize,
    simulate: (...asked) => simulator.simulate(...asked),
    reverse: fail,
    handlers,
    streams: { window: 1, ageMsMax: 1_000, draining: new AbortController().signal },
    onDecision: fail,
    onItemError: fail,
  })
  const request = (over: Partial<SimulateRequest>): SimulateRequest => ({
    transactionId: 'tx-1',
    accountId: 'a',
    amount: 100n,
    mcc: '5999',
    merchant: de43({ name: 'Açme' }),
    fallback: Fallback.UNSPECIFIED,
    network: undefined,
    verification: false,
    hold: undefined,
    ...over,
  })
  return {
    simulate: (over: Partial<SimulateRequest> = {}): Promise<SimulateResponse> =>
      callHandler(methods.simulate, request(over)),
    fail: (over: Partial<SimulateRequest>) => failHandler(methods.simulate, request(over)),
    store,
  }
}

describe('Simulate', () => {
  it('returns the answer that Authorize would give, with its explanation', async () => {
    expect(await service().simulate()).to.deep.equal({
      answer: {
        transactionId: 'tx-1',
        code: '00',
        decision: Decision.APPROVED,
        reason: Reason.APPROVED,
        iso8583Code: '00',
        category: 'CASH',
        effectiveMcc: '5411',
        merchantRule: 'acme',
        balance: 600n,
        replayed: false,
        decidedAt: new Date(Date.UTC(2026, 0, 1, 12)),
        retry: Retry.NEVER,
        approvedAmount: 100n,
        approvalCode: approvalCodeOf('a', 8n),
        held: false,
        heldUntil: undefined,
      },
      rule: DecisionRule.WALLETS,
      merchant: { name: 'ACME', city: 'SAO PAULO', country: 'BR' },
      mcc: '5999',
      forbiddenBy: MccList.UNSPECIFIED,
      rules: [
        { merchantRule: 'acme', outcome: RuleOutcome.WON },
        { merchantRule: 'acme-rio', outcome: RuleOutcome.ELSEWHERE },
      ],
      wallets: [
        {
          category: 'FOOD',
          balance: 400n,
          dayLeft: 50n,
          monthLeft: undefined,
          outcome: WalletOutcome.OVER_DAY_LIMIT,
        },
        {
          category: 'CASH',
          balance: 700n,
          dayLeft: undefined,
          monthLeft: undefined,
          outcome: WalletOutcome.PAYS,
        },
      ],
      earlyReversedAmount: 0n,
    })
  })

  it('returns the amount of early reversals, and asks the wallets for the rest', async () => {
    const { answer, earlyReversedAmount, wallets } = await service().simulate({
      transactionId: 'late',
      amount: 750n,
    })
    expect(answer).to.include({ category: 'CASH', approvedAmount: 700n, balance: 0n })
    expect(earlyReversedAmount).to.equal(50n)
    expect(wallets.map(({ outcome }) => outcome)).to.deep.equal([
      WalletOutcome.INSUFFICIENT_BALANCE,
      WalletOutcome.PAYS,
    ])
  })

  it('reports that early reversals leave nothing', async () => {
    const { answer, rule, earlyReversedAmount } = await service().simulate({
      transactionId: 'late',
      amount: 50n,
    })
    expect(answer).to.include({ reason: Reason.ALREADY_REVERSED, approvedAmount: 0n })
    expect([rule, earlyReversedAmount]).to.deep.equal([DecisionRule.REVERSED_BEFORE, 50n])
  })

  it('has neither city nor country for a bare name, and no rule when none matches', async () => {
    const { merchant, rules } = await service().simulate({ merchant: 'padaria' })
    expect({ merchant, rules }).to.deep.equal({
      merchant: { name: 'PADARIA', city: '', country: '' },
      rules: [],
    })
  })

  it('names the limit of one purchase, and then asks no wallet', async () => {
    const { answer, rule, wallets } = await service().simulate({ amount: 901n })
    expect(answer).to.include({ code: '07', iso8583Code: '61', retry: Retry.SMALLER })
    expect(rule).to.equal(DecisionRule.PURCHASE_LIMIT)
    expect(wallets.map(({ outcome }) => outcome)).to.deep.equal([
      WalletOutcome.NOT_ASKED,
      WalletOutcome.NOT_ASKED,
    ])
  })

  it('omits the free balance from the wallets of a purchase without fallback', async () => {
    const without = { mcc: '5411', fallback: Fallback.NEVER }
    const { wallets } = await service().simulate({ ...without, merchant: 'PADARIA' })
    expect(wallets.map(({ category }) => category)).to.deep.equal(['FOOD'])
  })

  it('rejects an unknown fallback', async () => {
    const { badFields } = await service().fail({ fallback: 7 as Fallback })
    expect(badFields).to.deep.equal(['fallback'])
  })

  it('reports that a purchase was decided before, with its decision', async () => {
    const asked = { transactionId: 'bread', amount: 10n, mcc: '5411', merchant: 'PADARIA DO ZE' }
    const { answer, rule } = await service().simulate(asked)
    expect(answer).to.include({ replayed: true, category: 'FOOD', balance: 400n })
    expect(rule).to.equal(DecisionRule.TRANSACTION_ID)
  })

  it('reports that the id was used for a different request, without an answer', async () => {
    const { answer, rule } = await service().simulate({ transactionId: 'food' })
    expect([answer, rule]).to.deep.equal([undefined, DecisionRule.TRANSACTION_ID])
  })

  it('verifies an account: the first wallet would pay, whatever its limits, and nothing moves', async () => {
    const { answer, wallets } = await service().simulate({ amount: 0n, verification: true })
    expect(answer).to.include({
      code: '00',
      reason: Reason.VERIFIED,
      decision: Decision.APPROVED,
      retry: Retry.NEVER,
      category: 'FOOD',
      approvedAmount: 0n,
      balance: undefined,
      approvalCode: approvalCodeOf('a', 8n),
    })
    expect(wallets.map(({ outcome }) => outcome)).to.deep.equal([WalletOutcome.PAYS, WalletOutcome.NOT_ASKED])
  })

  for (const [amount, verification] of [
    [0n, false],
    [100n, true],
    [-1n, true],
  ] as const) {
    it(`rejects the amount ${amount} with verification = ${verification}`, async () => {
      const { code, badFields } = await service().fail({ amount, verification })
      expect({ code, badFields }).to.deep.equal({ code: 'INVALID_ARGUMENT', badFields: ['amount'] })
    })
  }

  it('uses a fresh id when the request has none', async () => {
    expect((await service().simulate({ transactionId: '' })).answer?.transactionId).to.match(UUID)
  })

  it('reports that the account does not exist', async () => {
    const { answer, rule } = await service().simulate({ accountId: 'nobody' })
    expect([answer?.reason, rule]).to.deep.equal([Reason.ACCOUNT_NOT_FOUND, DecisionRule.ACCOUNT_STATUS])
  })

  it('changes nothing', async () => {
    const on = service()
    await on.simulate()
    expect(on.store.calls).not.to.include('commit')
  })

  it('names every invalid field', async () => {
    const { code, badFields } = await service().fail({ accountId: '', amount: 0n, mcc: '1', merchant: '\n' })
    expect({ code, badFields }).to.deep.equal({
      code: 'INVALID_ARGUMENT',
      badFields: ['account_id', 'amount', 'mcc', 'merchant'],
    })
  })
})
