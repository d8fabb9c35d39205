import { expect } from 'chai'
import { challengeCategories } from '../../../src/domain/category.js'
import type { AuthorizationEntry } from '../../../src/domain/entry.js'
import { catalogOf } from '../../support/catalog/catalogs.js'
import { accountWith, byTaxId, de43, decideOn, padaria, purchaseOf, recorded, ruleOf } from './builders.js'

const rich = { FOOD: 5000n, MEAL: 5000n, CASH: 5000n }

function buy(
  mcc: string,
  merchant: string,
  wallets: Readonly<Record<string, bigint>> = rich,
): AuthorizationEntry {
  return recorded(decideOn(accountWith(wallets), purchaseOf({ mcc, merchant })))
}

/** The example rules, with the strings of the challenge: merchant, MCC of the rule, rule, wallet. */
const examples = [
  ['UBER TRIP                   SAO PAULO BR', '5411', 'uber-trip', 'FOOD'],
  ['UBER EATS                   SAO PAULO BR', '5412', 'uber-eats', 'FOOD'],
  ['PAG*JoseDaSilva          RIO DE JANEI BR', '5811', 'pag-jose-da-silva', 'MEAL'],
  ['PICPAY*BILHETEUNICO           GOIANIA BR', '5812', 'picpay-bilhete-unico', 'MEAL'],
] as const

describe('purchase at a merchant with a rule (L3)', () => {
  for (const [text, ruleMcc, merchantRule, wallet] of examples) {
    for (const merchant of [text, text.slice(0, 25).trim()]) {
      for (const mcc of ['5411', '5412', '5811', '5812', '9999']) {
        it(`${merchant} with MCC ${mcc} is paid from ${wallet}`, () => {
          expect(buy(mcc, merchant).movement?.wallet).to.equal(wallet)
        })
      }

      it(`${merchant} is recorded with the MCC received, the MCC used and the rule`, () => {
        expect(buy('9999', merchant)).to.include({ mcc: '9999', effectiveMcc: ruleMcc, merchantRule })
      })
    }
  }

  it('falls back from the wallet of the rule to CASH, not to the wallet of the MCC received', () => {
    const entry = buy('5811', 'UBER TRIP', { FOOD: 999n, MEAL: 5000n, CASH: 1000n })
    expect(entry.movement?.wallet).to.equal('CASH')
  })

  it('is declined when only the wallet of the MCC received could pay', () => {
    const entry = buy('5811', 'UBER TRIP', { FOOD: 999n, MEAL: 5000n, CASH: 999n })
    expect(entry.reason).to.equal('INSUFFICIENT_BALANCE')
  })

  it('records the rule of a purchase that is declined', () => {
    expect(buy('5811', 'UBER TRIP', {})).to.include({ effectiveMcc: '5411', merchantRule: 'uber-trip' })
  })

  it('is decided by the rule for its tax id, whatever its name and MCC say', () => {
    const catalog = catalogOf(challengeCategories, [
      ruleOf({ name: 'ACME', mcc: '5411' }),
      byTaxId('company', { mcc: '5812' }),
    ])
    const { merchantTaxId } = byTaxId('company')
    const asked = purchaseOf({ mcc: '5411', merchant: 'ACME', network: { merchantTaxId } })
    const entry = recorded(decideOn(accountWith(rich), asked, { catalog }))
    expect(entry).to.include({ mcc: '5411', effectiveMcc: '5812', merchantRule: 'company' })
    expect(entry.movement?.wallet).to.equal('MEAL')
    const other = purchaseOf({ merchant: 'ACME', network: { merchantTaxId: '11222333000181' } })
    expect(recorded(decideOn(accountWith(rich), other, { catalog })).merchantRule).to.equal('rule-1')
  })

  it('is paid from CASH when the rule names an MCC that no benefit covers', () => {
    const catalog = catalogOf(challengeCategories, [ruleOf({ mcc: '4121' })])
    const purchase = purchaseOf({ mcc: '5411', merchant: 'ACME' })
    const entry = recorded(decideOn(accountWith(rich), purchase, { catalog }))
    expect(entry.movement?.wallet).to.equal('CASH')
  })
})

describe('purchase at a merchant without a rule', () => {
  const rows = [
    ['5411', 'FOOD'],
    ['5812', 'MEAL'],
    ['9999', 'CASH'],
  ] as const
  const unknown = [
    padaria,
    'PADARIA DO ZE',
    '',
    'UBER',
    'UBER TRIPS',
    'UBER TRIP 2',
    'PAG*JoseDaSilvaFilho',
    de43({ name: 'UBERABA LANCHES', city: 'UBERABA' }),
  ]
  for (const merchant of unknown) {
    for (const [mcc, wallet] of rows) {
      it(`${JSON.stringify(merchant)} with MCC ${mcc} is paid from ${wallet}`, () => {
        expect(buy(mcc, merchant).movement?.wallet).to.equal(wallet)
      })
    }
  }

  it('is recorded with the MCC received as the MCC used', () => {
    expect(buy('5412', padaria)).to.include({ mcc: '5412', effectiveMcc: '5412' })
  })

  it('is recorded without a rule', () => {
    expect(buy('5412', padaria)).not.to.have.property('merchantRule')
  })
})
