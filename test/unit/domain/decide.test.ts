import { expect } from 'chai'
import { unopenedAccount } from '../../../src/domain/account.js'
import type { AccountStatus } from '../../../src/domain/account-status.js'
import { approvalCodeOf } from '../../../src/domain/approval-code.js'
import { Catalog, type Route, type RoutedPurchase } from '../../../src/domain/catalog.js'
import { benefit, challengeCategories, freeBalance } from '../../../src/domain/category.js'
import type { Purchase } from '../../../src/domain/decide.js'
import type { Entry } from '../../../src/domain/entry.js'
import { InvariantError } from '../../../src/domain/invariant.js'
import { permissivePolicy } from '../../../src/domain/mcc-policy.js'
import { mccSet } from '../../../src/domain/mcc-set.js'
import { merchantRules } from '../../../src/domain/merchant-rule-index.js'
import { centavos } from '../../../src/domain/money.js'
import { type NetworkData, networkFields, type Rail } from '../../../src/domain/network.js'
import { catalogOf } from '../../support/catalog/catalogs.js'
import {
  accountWith,
  adminEntryOf,
  at,
  authorizationOf,
  creditEntryOf,
  decideOn,
  declineOf,
  historyOf,
  padaria,
  purchaseOf,
  recorded,
  ruleOf,
} from './builders.js'

const statuses: readonly AccountStatus[] = ['UNOPENED', 'ACTIVE', 'BLOCKED', 'CLOSED']
const everyField: NetworkData = {
  rail: 'VOUCHER',
  product: 'FOOD_PAT',
  merchantId: 'LOJA 1',
  merchantTaxId: '12ABC34501DE35',
  acquirerId: '12345',
  terminalId: 'TERM0001',
  rrn: '633412000123',
  networkReference: 'MCC0123456789',
  currency: 'BRL',
  entryMode: '051',
  localTime: '2026-01-02T00:04:05',
}
const rich = { FOOD: 100_000n, MEAL: 100_000n, CASH: 100_000n }

describe('purchase, rule 1: the id was decided before, same content', () => {
  for (const status of statuses) {
    it(`gives the stored answer on an account now ${status}`, () => {
      const stored = authorizationOf()
      const history = historyOf(accountWith(rich, { status, version: 9n }), [stored])
      const verdict = decideOn(history, purchaseOf())
      expect(verdict).to.deep.equal({ type: 'REPLAY', entry: stored })
    })
  }

  it('gives the stored approval when no wallet could pay any more', () => {
    const history = historyOf(accountWith({}, { version: 1n }), [authorizationOf()])
    expect(decideOn(history, purchaseOf()).type).to.equal('REPLAY')
  })

  it('gives the stored decline when a wallet could pay now', () => {
    const stored = declineOf()
    const history = historyOf(accountWith(rich, { version: 2n }), [stored])
    const verdict = decideOn(history, purchaseOf())
    expect(verdict).to.deep.equal({ type: 'REPLAY', entry: stored })
  })

  it('gives the stored decline after the account was opened and credited', () => {
    const stored = declineOf({ reason: 'ACCOUNT_NOT_FOUND' })
    const history = historyOf(accountWith(rich, { version: 3n }), [stored])
    const verdict = decideOn(history, purchaseOf())
    expect(verdict).to.deep.equal({ type: 'REPLAY', entry: stored })
  })

  it('gives the stored answer, with its time, years later', () => {
    const history = historyOf(accountWith(rich, { version: 1n }), [authorizationOf()])
    const verdict = decideOn(history, purchaseOf(), { now: new Date('2046-01-01') })
    expect(verdict).to.deep.equal({ type: 'REPLAY', entry: authorizationOf() })
  })

  it('gives the stored answer when its network data is the same, field by field', () => {
    const stored = authorizationOf({ network: everyField })
    const history = historyOf(accountWith(rich, { version: 1n }), [stored])
    const verdict = decideOn(history, purchaseOf({ network: { ...everyField } }))
    expect(verdict).to.deep.equal({ type: 'REPLAY', entry: stored })
  })

  it('gives the stored answer after the rules have changed', () => {
    const changed = catalogOf(challengeCategories, [ruleOf({ name: 'PADARIA DO ZE', mcc: '5811' })])
    const history = historyOf(accountWith(rich, { version: 1n }), [authorizationOf()])
    const verdict = decideOn(history, purchaseOf(), { catalog: changed })
    expect(verdict).to.deep.equal({ type: 'REPLAY', entry: authorizationOf() })
  })
})

describe('purchase, rule 2: the id was decided before, other content', () => {
  const reuses: readonly (readonly [string, Partial<Purchase>, Entry])[] = [
    ['another amount', { amount: centavos(1001n) }, authorizationOf()],
    ['another MCC', { mcc: '5412' }, authorizationOf()],
    ['another merchant', { merchant: 'UBER TRIP' }, authorizationOf()],
    ['a merchant written otherwise', { merchant: padaria.toLowerCase() }, authorizationOf()],
    ['the MCC that the rule put in its place', { mcc: '5811' }, authorizationOf({ effectiveMcc: '5811' })],
    ['without fallback, which was with it', { fallback: 'NEVER' }, authorizationOf()],
    ['with fallback, which was without it', {}, authorizationOf({ fallback: 'NEVER' })],
    ['with network data, which was without', { network: { rrn: '1' } }, authorizationOf()],
    ['without network data, which was with it', {}, authorizationOf({ network: { rrn: '1' } })],
    ...networkFields.flatMap((field): readonly (readonly [string, Partial<Purchase>, Entry])[] => {
      const network = { ...everyField, [field]: 'other' } as NetworkData
      const { [field]: _, ...less } = everyField
      return [
        [`another ${field}`, { network }, authorizationOf({ network: everyField })],
        [`no ${field}, which was sent`, { network: less }, authorizationOf({ network: everyField })],
        [`${field}, which was not sent`, { network: everyField }, authorizationOf({ network: less })],
      ]
    }),
    ['another amount than what was declined', { amount: centavos(1n) }, declineOf()],
    ['a credit of that id before', {}, creditEntryOf()],
    ['a change of the account of that id before', {}, adminEntryOf()],
  ]
  for (const [what, over, earlier] of reuses) {
    it(`is rejected as a reuse: ${what}`, () => {
      const history = historyOf(accountWith(rich, { version: 1n }), [earlier])
      const verdict = decideOn(history, purchaseOf(over))
      expect(verdict).to.deep.equal({ type: 'REUSED', entry: earlier })
    })
  }

  for (const status of statuses) {
    it(`is rejected as a reuse on an account now ${status}`, () => {
      const history = historyOf(accountWith(rich, { status, version: 9n }), [authorizationOf()])
      const verdict = decideOn(history, purchaseOf({ mcc: '5812' }))
      expect(verdict.type).to.equal('REUSED')
    })
  }
})

describe('purchase, rules 3, 5 and 6: an account that may not pay', () => {
  const rows = [
    ['UNOPENED', 'ACCOUNT_NOT_FOUND'],
    ['CLOSED', 'ACCOUNT_CLOSED'],
    ['BLOCKED', 'ACCOUNT_BLOCKED'],
  ] as const
  for (const [status, reason] of rows) {
    it(`${status} declines as ${reason} although a wallet could pay`, () => {
      const verdict = decideOn(accountWith(rich, { status }), purchaseOf())
      expect(recorded(verdict)).to.include({ reason })
    })

    it(`${status} declines as ${reason} although no wallet could pay either`, () => {
      const verdict = decideOn(accountWith({}, { status }), purchaseOf())
      expect(recorded(verdict)).to.include({ reason })
    })

    it(`${status} moves no money`, () => {
      const verdict = decideOn(accountWith(rich, { status }), purchaseOf())
      expect(recorded(verdict)).not.to.have.property('movement')
    })
  }

  it('an unknown account gets the decline as its first entry', () => {
    const verdict = decideOn(unopenedAccount('account-9'), purchaseOf())
    expect(recorded(verdict)).to.include({ accountId: 'account-9', seq: 1n, reason: 'ACCOUNT_NOT_FOUND' })
  })
})

describe('purchase, rule 7: a currency that accounts do not have', () => {
  const dollars = { network: { currency: 'USD' } }

  it('is declined, and the entry keeps the currency', () => {
    const entry = recorded(decideOn(accountWith(rich), purchaseOf(dollars)))
    expect(entry).to.deep.include({ reason: 'CURRENCY_NOT_SUPPORTED', ...dollars })
    expect(entry).not.to.have.property('movement')
  })

  for (const currency of ['BRL', '986']) {
    it(`is not ${currency}`, () => {
      const entry = recorded(decideOn(accountWith(rich), purchaseOf({ network: { currency } })))
      expect(entry).to.deep.include({ reason: 'APPROVED', network: { currency } })
    })
  }

  it('is not there when the network sends other data only', () => {
    const entry = recorded(decideOn(accountWith(rich), purchaseOf({ network: { rrn: '1' } })))
    expect(entry).to.deep.include({ reason: 'APPROVED', network: { rrn: '1' } })
  })

  for (const [status, reason] of [
    ['UNOPENED', 'ACCOUNT_NOT_FOUND'],
    ['CLOSED', 'ACCOUNT_CLOSED'],
    ['BLOCKED', 'ACCOUNT_BLOCKED'],
  ] as const) {
    it(`is declined for the account first when that is ${status}`, () => {
      expect(recorded(decideOn(accountWith(rich, { status }), purchaseOf(dollars)))).to.include({ reason })
    })
  }

  it('is declined for its currency before an MCC that nothing pays for', () => {
    const catalog = catalogOf(challengeCategories, [], { version: 1n, neverPermitted: mccSet(['7995']) })
    const verdict = decideOn(accountWith(rich), purchaseOf({ ...dollars, mcc: '7995' }), { catalog })
    expect(recorded(verdict).reason).to.equal('CURRENCY_NOT_SUPPORTED')
  })

  it('is declined for its currency before a reversal that came first', () => {
    const reversal: Entry = {
      kind: 'REVERSAL',
      accountId: 'account-1',
      transactionId: 'rev-1',
      seq: 1n,
      at,
      reason: 'REVERSED_BEFORE_PURCHASE',
      originalId: 'tx-1',
      described: {},
    }
    const history = historyOf(accountWith(rich, { version: 1n, hasEarlyReversal: true }), [reversal])
    expect(recorded(decideOn(history, purchaseOf(dollars))).reason).to.equal('CURRENCY_NOT_SUPPORTED')
  })
})

describe('purchase, rule 9: an MCC without a paying wallet', () => {
  const catalog = catalogOf(challengeCategories, [ruleOf({ id: 'casino', name: 'LUCKY', mcc: '7995' })], {
    version: 8n,
    neverPermitted: mccSet(['7995', '6010-6011']),
  })
  const decided = (over: Partial<Purchase>) =>
    recorded(decideOn(accountWith(rich), purchaseOf(over), { catalog }))

  it('is declined, even for the free balance', () => {
    const entry = decided({ mcc: '6011' })
    expect(entry).to.include({ reason: 'MCC_NOT_PERMITTED', effectiveMcc: '6011', catalogVersion: 8n })
    expect(entry).not.to.have.property('movement')
  })

  it('is declined for the MCC as received although a merchant rule replaces it', () => {
    const strict = catalogOf(challengeCategories, [ruleOf({ name: 'LUCKY FOOD', mcc: '5411' })], {
      neverPermittedAsReceived: mccSet(['7995']),
    })
    const purchase = purchaseOf({ merchant: 'LUCKY FOOD', mcc: '7995' })
    const entry = recorded(decideOn(accountWith(rich), purchase, { catalog: strict }))
    expect(entry).to.include({ reason: 'MCC_NOT_PERMITTED', mcc: '7995', effectiveMcc: '5411' })
    expect(entry).not.to.have.property('movement')
  })

  it('is declined when a merchant rule sets its MCC', () => {
    expect(decided({ merchant: 'LUCKY', mcc: '5411' })).to.include({
      reason: 'MCC_NOT_PERMITTED',
      effectiveMcc: '7995',
      merchantRule: 'casino',
    })
  })

  for (const [status, reason] of [
    ['UNOPENED', 'ACCOUNT_NOT_FOUND'],
    ['CLOSED', 'ACCOUNT_CLOSED'],
    ['BLOCKED', 'ACCOUNT_BLOCKED'],
  ] as const) {
    it(`is declined for the account first when that is ${status}`, () => {
      const history = historyOf(accountWith(rich, { status }))
      expect(recorded(decideOn(history, purchaseOf({ mcc: '6011' }), { catalog }))).to.include({
        reason,
      })
    })
  }

  it('is declined at any balance', () => {
    const history = historyOf(accountWith({}))
    expect(recorded(decideOn(history, purchaseOf({ mcc: '6011' }), { catalog })).reason).to.equal(
      'MCC_NOT_PERMITTED',
    )
  })
})

describe('purchase, rule 10: a rail that leaves no wallet', () => {
  const [food, meal, cash] = [
    benefit({ id: 'FOOD', displayName: 'Food', order: 1, mccs: '5411', rails: ['VOUCHER'] }),
    benefit({ id: 'MEAL', displayName: 'Meals', order: 2, mccs: '5411 5811', rails: ['VOUCHER'] }),
    freeBalance({ id: 'CASH', displayName: 'Cash', rails: ['CREDIT', 'DEBIT'] }),
  ]
  const catalog = catalogOf([food, meal, cash], [], { neverPermitted: mccSet(['7995']) })
  const decided = (rail: Rail, over: Partial<Purchase> = {}, account = accountWith(rich)) =>
    recorded(decideOn(account, purchaseOf({ network: { rail }, ...over }), { catalog }))

  it('is declined when only the free balance is there and does not permit it', () => {
    const entry = decided('VOUCHER', { mcc: '5999' })
    expect(entry).to.include({ reason: 'RAIL_NOT_PERMITTED', effectiveMcc: '5999' })
    expect(entry).not.to.have.property('movement')
  })

  it('is declined when the benefit does not permit it and the free balance is kept out', () => {
    expect(decided('CREDIT', { fallback: 'NEVER' }).reason).to.equal('RAIL_NOT_PERMITTED')
  })

  it('is declined for its balance when no benefit pays for the MCC and only the purchase keeps out CASH', () => {
    expect(decided('CREDIT', { mcc: '5999', fallback: 'NEVER' }).reason).to.equal('INSUFFICIENT_BALANCE')
  })

  it('is paid by the wallet that permits it, and never by another one', () => {
    expect(decided('VOUCHER').movement?.wallet).to.equal('FOOD')
    expect(decided('DEBIT').movement?.wallet).to.equal('CASH')
    expect(decided('VOUCHER', {}, accountWith({ CASH: 9999n })).reason).to.equal('INSUFFICIENT_BALANCE')
    expect(decided('DEBIT', {}, accountWith({ FOOD: 9999n })).reason).to.equal('INSUFFICIENT_BALANCE')
  })

  it('is declined without a rail only when a missing rail is', () => {
    const decidedBy = (missingRail: 'accept' | 'decline') => {
      const strict = catalogOf([food, meal, cash], [], { missingRail })
      return recorded(decideOn(accountWith(rich), purchaseOf(), { catalog: strict })).reason
    }
    expect(decidedBy('accept')).to.equal('APPROVED')
    expect(decidedBy('decline')).to.equal('RAIL_NOT_PERMITTED')
  })

  it('is declined for the MCC first', () => {
    expect(decided('VOUCHER', { mcc: '7995' }).reason).to.equal('MCC_NOT_PERMITTED')
  })

  it('is declined before the maximum per purchase, and whatever the balance', () => {
    const account = accountWith({}, { limits: { purchase: centavos(1n), wallets: new Map() } })
    expect(decided('VOUCHER', { mcc: '5999' }, account).reason).to.equal('RAIL_NOT_PERMITTED')
  })
})

describe('purchase by an incorrect route', () => {
  // A catalog that sends groceries to the wallet for meals, which no rule can cause: a bug.
  class WrongCatalog extends Catalog {
    override route(purchase: RoutedPurchase): Route {
      return { ...super.route(purchase), wallets: ['MEAL', 'CASH'] }
    }
  }
  const catalog = new WrongCatalog({
    version: 1n,
    categories: challengeCategories,
    ...permissivePolicy,
    rules: merchantRules([]),
  })

  it('takes nothing from a benefit that does not cover the MCC', () => {
    const history = historyOf(accountWith({ MEAL: 9999n }))
    expect(() => decideOn(history, purchaseOf(), { catalog })).to.throw(InvariantError, 'of its category')
  })

  it('takes nothing out of a benefit that does not permit the rail', () => {
    const meal = benefit({ id: 'MEAL', displayName: 'Meals', order: 1, mccs: '5411', rails: ['VOUCHER'] })
    const railCatalog = new WrongCatalog({
      version: 1n,
      categories: [meal, freeBalance({ id: 'CASH', displayName: 'Cash' })],
      ...permissivePolicy,
      rules: merchantRules([]),
    })
    const history = historyOf(accountWith({ MEAL: 9999n }))
    const purchase = purchaseOf({ network: { rail: 'CREDIT' } })
    expect(() => decideOn(history, purchase, { catalog: railCatalog })).to.throw(
      InvariantError,
      'over a rail',
    )
  })

  it('takes nothing from a free balance that the purchase excludes', () => {
    const history = historyOf(accountWith({ CASH: 9999n }))
    const purchase = purchaseOf({ fallback: 'NEVER' })
    expect(() => decideOn(history, purchase, { catalog })).to.throw(InvariantError, 'may pay')
  })
})

describe('purchase without fallback', () => {
  const decided = (wallets: Readonly<Record<string, bigint>>, over: Partial<Purchase> = {}) => {
    const purchase = purchaseOf({ fallback: 'NEVER', ...over })
    return recorded(decideOn(accountWith(wallets), purchase))
  }

  it('is paid by the wallet of its MCC, and the entry records the missing fallback', () => {
    expect(decided({ FOOD: 1000n, CASH: 9999n })).to.include({ reason: 'APPROVED', fallback: 'NEVER' })
  })

  it('is not paid by a free balance with enough money', () => {
    const entry = decided({ FOOD: 999n, CASH: 9999n })
    expect(entry).to.include({ reason: 'INSUFFICIENT_BALANCE', fallback: 'NEVER' })
    expect(entry).not.to.have.property('movement')
  })

  it('is declined for its balance when no category covers the MCC', () => {
    expect(decided({ FOOD: 9999n, CASH: 9999n }, { mcc: '5999' })).to.include({
      reason: 'INSUFFICIENT_BALANCE',
    })
  })

  it('gets the stored answer when it is repeated', () => {
    const earlier = authorizationOf({ fallback: 'NEVER' })
    const history = historyOf(accountWith({}, { version: 1n }), [earlier])
    const verdict = decideOn(history, purchaseOf({ fallback: 'NEVER' }))
    expect(verdict).to.deep.equal({ type: 'REPLAY', entry: earlier })
  })
})

describe('purchase, rules 11 to 15: an account that may pay', () => {
  it('is approved, and the entry is complete', () => {
    const history = historyOf(accountWith({ FOOD: 1200n, MEAL: 1300n, CASH: 1400n }, { version: 41n }))
    const purchase = purchaseOf({ merchant: 'PAG*JoseDaSilva' })
    const entry = {
      kind: 'AUTHORIZATION',
      accountId: 'account-1',
      transactionId: 'tx-1',
      seq: 42n,
      at,
      reason: 'APPROVED',
      amount: 1000n,
      mcc: '5411',
      merchant: 'PAG*JoseDaSilva',
      effectiveMcc: '5811',
      merchantRule: 'pag-jose-da-silva',
      catalogVersion: 1n,
      movement: { wallet: 'MEAL', delta: -1000n, balanceAfter: 300n },
      approvalCode: approvalCodeOf('account-1', 42n),
      day: '2026-01-02',
    }
    expect(decideOn(history, purchase)).to.deep.equal({
      type: 'RECORD',
      entry,
    })
  })

  it('is declined for lack of balance, and the entry is complete except for a movement', () => {
    const history = historyOf(accountWith({ FOOD: 999n, MEAL: 9999n, CASH: 999n }, { version: 41n }))
    const entry = {
      kind: 'AUTHORIZATION',
      accountId: 'account-1',
      transactionId: 'tx-1',
      seq: 42n,
      at,
      reason: 'INSUFFICIENT_BALANCE',
      amount: 1000n,
      mcc: '5411',
      merchant: padaria,
      effectiveMcc: '5411',
      catalogVersion: 1n,
    }
    expect(decideOn(history, purchaseOf())).to.deep.equal({
      type: 'RECORD',
      entry,
    })
  })

  it('keeps the merchant as received, not as normalised', () => {
    const merchant = '  Café  do Zé '
    const verdict = decideOn(accountWith(rich), purchaseOf({ merchant }))
    expect(recorded(verdict)).to.include({ merchant })
  })
})
