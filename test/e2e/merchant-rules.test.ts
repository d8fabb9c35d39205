import { expect } from 'chai'
import { purchase } from '../support/clients/client.js'
import { fundedAccount } from '../support/database/accounts.js'
import { eventually } from '../support/eventually.js'
import { useService } from '../support/processes/service-fixture.js'

/** The MCC of a hardware store: switches often send a wrong MCC. */
const WRONG_MCC = '5251'

describe('the example rules and accounts (SEED_EXAMPLES=true)', () => {
  const fixture = useService({ SEED_EXAMPLES: 'true' })

  for (const [merchant, effective_mcc, category, merchant_rule] of [
    ['UBER TRIP                   SAO PAULO BR', '5411', 'FOOD', 'uber-trip'],
    ['UBER EATS                   SAO PAULO BR', '5412', 'FOOD', 'uber-eats'],
    ['PAG*JoseDaSilva          RIO DE JANEI BR', '5811', 'MEAL', 'pag-jose-da-silva'],
    ['PICPAY*BILHETEUNICO           GOIANIA BR', '5812', 'MEAL', 'picpay-bilhete-unico'],
    ['PADARIA DO ZE               SAO PAULO BR', WRONG_MCC, 'CASH', ''],
  ] as const) {
    const name = merchant.slice(0, 25).trim()
    it(`reads MCC ${WRONG_MCC} at ${name} as ${effective_mcc} (L3)`, async () => {
      const { client, core } = fixture()
      const account_id = await fundedAccount(core, { FOOD: 1_000n, MEAL: 1_000n, CASH: 1_000n })
      const answer = await client.decide(purchase({ account_id, merchant, mcc: WRONG_MCC }))
      expect(answer).to.include({ code: '00', effective_mcc, category, merchant_rule })
    })
  }

  it('prefers the merchant name to an MCC with its own wallet (L3)', async () => {
    const { client, core } = fixture()
    const account_id = await fundedAccount(core, { FOOD: 1_000n, MEAL: 1_000n })
    const merchant = 'PAG*JoseDaSilva          RIO DE JANEI BR'
    const answer = await client.decide(purchase({ account_id, merchant, mcc: '5411' }))
    expect(answer).to.include({ category: 'MEAL', effective_mcc: '5811' })
  })

  it('falls back to CASH after a rule, too (L2 after L3)', async () => {
    const { client, core } = fixture()
    const account_id = await fundedAccount(core, { FOOD: 9_999n, CASH: 1_000n })
    const merchant = 'PICPAY*BILHETEUNICO           GOIANIA BR'
    const answer = await client.decide(purchase({ account_id, merchant, mcc: '5411' }))
    expect(answer).to.include({ category: 'CASH', effective_mcc: '5812' })
  })

  it('reads a merchant shorter than 40 characters as a bare name', async () => {
    const { client, core } = fixture()
    const account_id = await fundedAccount(core, { FOOD: 1_000n })
    const answer = await client.decide(purchase({ account_id, merchant: 'uber   trip', mcc: WRONG_MCC }))
    expect(answer).to.include({ category: 'FOOD', merchant_rule: 'uber-trip' })
  })

  it('applies a rule only to the whole name', async () => {
    const { client, core } = fixture()
    const account_id = await fundedAccount(core, { FOOD: 1_000n, CASH: 1_000n })
    const merchant = 'UBER TRIPS                  SAO PAULO BR'
    const answer = await client.decide(purchase({ account_id, merchant, mcc: WRONG_MCC }))
    expect(answer).to.include({ category: 'CASH', merchant_rule: '' })
  })

  it('applies a rule that was added at run time', async () => {
    const { client, core } = fixture()
    const account_id = await fundedAccount(core, { FOOD: 1_000_000n, CASH: 1_000_000n })
    await core.merchantRules.create({ id: 'new', match: 'EXACT', name: 'MERCADO NOVO', mcc: '5411' }, 'ana')
    await eventually('the new rule applies', async () => {
      const answer = await client.decide(purchase({ account_id, merchant: 'Mercado Novo', amount: 1 }))
      return answer.merchant_rule === 'new'
    })
  })

  for (const [account_id, balance] of [
    ['6712b3eb3ec7354864d4274f', 1_200],
    ['6712b3eb3ec7354864d42750', 2_400],
  ] as const) {
    for (const [mcc, category] of [
      ['5411', 'FOOD'],
      ['5811', 'MEAL'],
      ['5999', 'CASH'],
    ] as const) {
      it(`hold ${balance} centavos in ${category} of ${account_id}`, async () => {
        const answer = await fixture().client.decide(purchase({ account_id, mcc, amount: balance }))
        expect(answer).to.include({ code: '00', category, balance: '0' })
      })
    }
  }
})
