import { expect } from 'chai'
import type { Account } from '../../../src/domain/account.js'
import { benefit, challengeCategories, freeBalance } from '../../../src/domain/category.js'
import { evaluate, type Purchase } from '../../../src/domain/decide.js'
import { mccSet } from '../../../src/domain/mcc-set.js'
import { centavos } from '../../../src/domain/money.js'
import { HOLDS_MAX } from '../../../src/domain/open-hold.js'
import { type Trace, traceOf } from '../../../src/domain/trace.js'
import { catalogOf } from '../../support/catalog/catalogs.js'
import { utcCalendar } from '../../support/catalog/utc-calendar.js'
import { accountWith, at, byMerchantId, byTaxId, historyOf, purchaseOf, ruleOf } from './builders.js'
import { CardAccount } from './card-account.js'

const day = utcCalendar(at)
const catalog = catalogOf(challengeCategories, [
  ruleOf({ id: 'won', name: 'UBER TRIP', mcc: '5811' }),
  ruleOf({ id: 'lost', match: 'PREFIX', name: 'UBER', mcc: '5411' }),
])

function traced(account: Account, over: Partial<Purchase> = {}): Trace {
  const purchase = purchaseOf(over)
  const decision = evaluate(historyOf(account), purchase, catalog, at, utcCalendar)
  return traceOf(decision, { account, purchase, catalog, day })
}

describe('trace of a decision', () => {
  it('names the applied merchant rule, and those that were not used', () => {
    expect(traced(accountWith({ MEAL: 1_000n }), { merchant: 'UBER TRIP' }).rules).to.deep.equal([
      { id: 'won', outcome: 'WON' },
      { id: 'lost', outcome: 'PREFIX' },
    ])
  })

  it('names the rule by tax id that decided, and the rules by name that it set aside', () => {
    const catalog = catalogOf(challengeCategories, [
      ruleOf({ id: 'name', name: 'UBER TRIP', mcc: '5811' }),
      byMerchantId('merchant', { mcc: '5811' }),
      byTaxId('won', { mcc: '5411' }),
    ])
    const { merchantTaxId } = byTaxId('won')
    const { acquirerId, merchantId } = byMerchantId('merchant')
    const purchase = purchaseOf({
      merchant: 'UBER TRIP',
      mcc: '5811',
      network: { merchantTaxId, acquirerId, merchantId },
    })
    const account = accountWith({ FOOD: 1_000n })
    const decision = evaluate(historyOf(account), purchase, catalog, at, utcCalendar)
    const trace = traceOf(decision, { account, purchase, catalog, day })
    expect(trace.rules).to.deep.equal([
      { id: 'won', outcome: 'WON' },
      { id: 'merchant', outcome: 'BY_MERCHANT_ID' },
      { id: 'name', outcome: 'BY_NAME' },
    ])
    expect(trace.wallets[0]).to.deep.include({ wallet: 'FOOD', outcome: 'PAYS' })
  })

  it('names only unused rules when none applied', () => {
    expect(traced(accountWith({ MEAL: 1_000n }), { merchant: 'UBERABA' }).rules).to.deep.equal([
      { id: 'lost', outcome: 'INSIDE_WORD' },
    ])
  })

  it('shows the wallets that the rail excludes last, with their balances', () => {
    const railed = catalogOf([
      benefit({ id: 'FOOD', displayName: 'Food', order: 1, mccs: '5411', rails: ['VOUCHER'] }),
      freeBalance({ id: 'CASH', displayName: 'Cash', rails: ['DEBIT'] }),
    ])
    const account = accountWith({ FOOD: 7n, CASH: 2_000n })
    const purchase = purchaseOf({ network: { rail: 'DEBIT' } })
    const decision = evaluate(historyOf(account), purchase, railed, at, utcCalendar)
    expect(traceOf(decision, { account, purchase, catalog: railed, day }).wallets).to.deep.equal([
      { wallet: 'CASH', balance: 2_000n, outcome: 'PAYS' },
      { wallet: 'FOOD', balance: 7n, outcome: 'WRONG_RAIL' },
    ])
  })

  it('names the list of the MCC policy that forbids the purchase', () => {
    const lists = { neverPermitted: mccSet(['6051']), neverPermittedAsReceived: mccSet(['5921']) }
    const strict = catalogOf(challengeCategories, [ruleOf({ name: 'LIQUOR FOOD', mcc: '5411' })], lists)
    const forbiddenBy = (over: Partial<Purchase>) => {
      const [account, purchase] = [accountWith({ CASH: 2_000n }), purchaseOf(over)]
      const decision = evaluate(historyOf(account), purchase, strict, at, utcCalendar)
      return traceOf(decision, { account, purchase, catalog: strict, day }).forbiddenBy
    }
    expect(forbiddenBy({ mcc: '5921', merchant: 'LIQUOR FOOD' })).to.equal('NEVER_PERMITTED_AS_RECEIVED')
    expect(forbiddenBy({ mcc: '6051' })).to.equal('NEVER_PERMITTED')
    expect(forbiddenBy({})).to.equal(undefined)
  })

  it('names the rail as the rule when it leaves no wallet', () => {
    const railed = catalogOf([freeBalance({ id: 'CASH', displayName: 'Cash', rails: ['DEBIT'] })])
    const account = accountWith({ CASH: 2_000n })
    const purchase = purchaseOf({ network: { rail: 'VOUCHER' } })
    const decision = evaluate(historyOf(account), purchase, railed, at, utcCalendar)
    const { rule, wallets } = traceOf(decision, { account, purchase, catalog: railed, day })
    expect([rule, wallets.map(({ outcome }) => outcome)]).to.deep.equal(['RAIL', ['WRONG_RAIL']])
  })

  it('says of the wallet that covers a hold that the account has no room for it', () => {
    const card = new CardAccount({ FOOD: 5_000n, CASH: 5_000n })
    for (let nth = 0; nth < HOLDS_MAX; nth += 1) card.hold({ transactionId: `hold-${nth}`, amount: 1n })
    const { account } = card
    const held = traced(account, { hold: {}, merchant: '' })
    expect([held.rule, held.wallets.map(({ outcome }) => outcome)]).to.deep.equal([
      'WALLETS',
      ['HOLDS_FULL', 'NOT_ASKED'],
    ])
    expect(traced(account, { merchant: '' }).wallets[0]).to.deep.include({ outcome: 'PAYS' })
    const poor = traced(account, { hold: {}, merchant: '', amount: centavos(1_000_000n) })
    expect(poor.wallets.map(({ outcome }) => outcome)).to.deep.equal([
      'INSUFFICIENT_BALANCE',
      'INSUFFICIENT_BALANCE',
    ])
  })

  for (const [spent, left] of [
    [200n, 1n],
    [201n, 0n],
    [202n, 0n],
    [199n, 2n],
  ] as const) {
    it(`shows ${left} left of a limit of 201 when ${spent} were spent`, () => {
      const spending = { day, dayAmount: centavos(spent), monthAmount: centavos(spent) }
      const account = accountWith(
        { FOOD: 5_000n },
        {
          limits: { wallets: new Map([['FOOD', { day: centavos(201n), month: centavos(201n) }]]) },
          spent: new Map([['FOOD', spending]]),
        },
      )
      const [food] = traced(account).wallets
      expect(food).to.deep.include({ dayLeft: left, monthLeft: left, outcome: 'OVER_DAY_LIMIT' })
    })
  }
})
