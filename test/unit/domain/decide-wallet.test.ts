import { expect } from 'chai'
import { type Account, applyEntry } from '../../../src/domain/account.js'
import type { Catalog } from '../../../src/domain/catalog.js'
import { challengeCategories } from '../../../src/domain/category.js'
import type { Purchase } from '../../../src/domain/decide.js'
import { mccSet } from '../../../src/domain/mcc-set.js'
import { AMOUNT_MAX, BALANCE_MAX, centavos } from '../../../src/domain/money.js'
import type { Reason } from '../../../src/domain/reason.js'
import { catalogOf } from '../../support/catalog/catalogs.js'
import { accountWith, challengeCatalog, decideOn, purchaseOf, recorded } from './builders.js'

type Wallets = Readonly<Record<string, bigint>>

/** The paying wallet and its balance afterwards, or the reason of the decline. */
function outcome(wallets: Wallets, over: Partial<Purchase>, catalog: Catalog = challengeCatalog): unknown {
  const verdict = decideOn(accountWith(wallets), purchaseOf(over), { catalog })
  const { movement, reason } = recorded(verdict)
  return movement ? [movement.wallet, movement.balanceAfter] : reason
}

describe('purchase paid by MCC (L1)', () => {
  const rows: readonly (readonly [string, string])[] = [
    ['5411', 'FOOD'],
    ['5412', 'FOOD'],
    ['5811', 'MEAL'],
    ['5812', 'MEAL'],
    ['5410', 'CASH'],
    ['5413', 'CASH'],
    ['5813', 'CASH'],
    ['4121', 'CASH'],
    ['0000', 'CASH'],
    ['9999', 'CASH'],
  ]
  for (const [mcc, wallet] of rows) {
    it(`${mcc} is paid from ${wallet}`, () => {
      expect(outcome({ FOOD: 1200n, MEAL: 1200n, CASH: 1200n }, { mcc })).to.deep.equal([wallet, 200n])
    })
  }

  it('is never split between two wallets', () => {
    expect(outcome({ FOOD: 600n, MEAL: 999n, CASH: 999n }, {})).to.equal('INSUFFICIENT_BALANCE')
  })

  it('is never paid from a benefit of another purpose', () => {
    expect(outcome({ FOOD: 0n, MEAL: 5000n, CASH: 0n }, {})).to.equal('INSUFFICIENT_BALANCE')
  })

  it('that no benefit covers is never paid from a benefit', () => {
    expect(outcome({ FOOD: 5000n, MEAL: 5000n, CASH: 0n }, { mcc: '9999' })).to.equal('INSUFFICIENT_BALANCE')
  })
})

describe('purchase paid by the free balance (L2)', () => {
  const rows: readonly (readonly [string, Wallets, readonly [string, bigint] | Reason])[] = [
    ['the benefit is one centavo short', { FOOD: 999n, CASH: 1500n }, ['CASH', 500n]],
    ['the benefit is empty', { FOOD: 0n, CASH: 1500n }, ['CASH', 500n]],
    ['the benefit is not there', { CASH: 1500n }, ['CASH', 500n]],
    ['both cover it exactly, the benefit first', { FOOD: 1000n, CASH: 1000n }, ['FOOD', 0n]],
    ['the benefit covers it and CASH holds more', { FOOD: 1001n, CASH: 9000n }, ['FOOD', 1n]],
    ['CASH covers it exactly', { FOOD: 999n, CASH: 1000n }, ['CASH', 0n]],
    ['CASH is one centavo short', { FOOD: 999n, CASH: 999n }, 'INSUFFICIENT_BALANCE'],
    ['CASH is not there', { FOOD: 999n }, 'INSUFFICIENT_BALANCE'],
    ['nothing is there', {}, 'INSUFFICIENT_BALANCE'],
  ]
  for (const [what, wallets, expected] of rows) {
    it(`when ${what}: ${expected}`, () => {
      expect(outcome(wallets, {})).to.deep.equal(expected)
    })
  }
})

describe('purchase of an extreme amount', () => {
  const rows: readonly (readonly [string, Wallets, bigint, readonly [string, bigint] | Reason])[] = [
    ['one centavo of one', { FOOD: 1n }, 1n, ['FOOD', 0n]],
    ['one centavo of none', { FOOD: 0n, CASH: 0n }, 1n, 'INSUFFICIENT_BALANCE'],
    ['the largest amount, exactly there', { FOOD: AMOUNT_MAX }, AMOUNT_MAX, ['FOOD', 0n]],
    ['the largest amount, one centavo short', { FOOD: AMOUNT_MAX - 1n }, AMOUNT_MAX, 'INSUFFICIENT_BALANCE'],
    [
      'the largest amount of the largest balance',
      { FOOD: BALANCE_MAX },
      AMOUNT_MAX,
      ['FOOD', BALANCE_MAX - AMOUNT_MAX],
    ],
    ['one centavo of the largest balance', { FOOD: BALANCE_MAX }, 1n, ['FOOD', BALANCE_MAX - 1n]],
  ]
  for (const [what, wallets, amount, expected] of rows) {
    it(`${what}: ${expected}`, () => {
      expect(outcome(wallets, { amount: centavos(amount) })).to.deep.equal(expected)
    })
  }
})

describe('purchase at a bakery, which two benefits cover', () => {
  const bakery = mccSet(['5462'])
  const categories = challengeCategories.map((category) =>
    category.free ? category : { ...category, mccs: bakery },
  )
  const catalog = catalogOf(categories, [])

  const rows: readonly (readonly [string, Wallets, string])[] = [
    ['the first in order when both cover it', { FOOD: 1000n, MEAL: 9000n, CASH: 9000n }, 'FOOD'],
    ['the second when the first is short', { FOOD: 999n, MEAL: 1000n, CASH: 9000n }, 'MEAL'],
    ['the free balance when both are short', { FOOD: 999n, MEAL: 999n, CASH: 1000n }, 'CASH'],
  ]
  for (const [what, wallets, payer] of rows) {
    it(`is paid by ${what}`, () => {
      expect(outcome(wallets, { mcc: '5462' }, catalog)).to.deep.include(payer)
    })
  }
})

describe('a hundred purchases of 10.00 on FOOD 100.00 and CASH 100.00', () => {
  it('are paid ten times by FOOD and ten times by CASH, and declined eighty times', () => {
    let account: Account = accountWith({ FOOD: 10_000n, CASH: 10_000n })
    const payers: string[] = []
    for (let index = 0; index < 100; index++) {
      const purchase = purchaseOf({ transactionId: `tx-${index}` })
      const entry = recorded(decideOn(account, purchase))
      payers.push(entry.movement?.wallet ?? entry.reason)
      account = applyEntry(account, entry)
    }
    const expected = [...Array(10).fill('FOOD'), ...Array(10).fill('CASH')]
    expect(payers).to.deep.equal([...expected, ...Array(80).fill('INSUFFICIENT_BALANCE')])
  })
})
