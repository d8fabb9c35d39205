import { randomUUID } from 'node:crypto'
import { expect } from 'chai'
import { changeLimits } from '../../src/application/change-limits.js'
import type { LimitsChange } from '../../src/domain/change-limits.js'
import { centavos } from '../../src/domain/money.js'
import { type AuthorizeRequest, purchase } from '../support/clients/client.js'
import { changeStatus, fundedAccount, testBudget } from '../support/database/accounts.js'
import { readBook } from '../support/database/books.js'
import { useService } from '../support/processes/service-fixture.js'

const approved = (category: string, balance: string) => ({
  code: '00',
  decision: 'DECISION_APPROVED',
  reason: 'REASON_APPROVED',
  iso8583_code: '00',
  category,
  balance,
  retry: 'RETRY_NEVER',
})
const declined = (reason: string, code: string, iso8583_code: string) => ({
  code,
  decision: 'DECISION_DECLINED',
  reason: `REASON_${reason}`,
  iso8583_code,
  category: '',
})

describe('Authorize', () => {
  const fixture = useService()
  const account = { FOOD: 1_000n, MEAL: 2_000n, CASH: 3_000n }
  const all = (amount: bigint) => ({ FOOD: amount, MEAL: amount, CASH: amount })

  /** Opens an account and sends one purchase on it. */
  async function decideOn(balances: Readonly<Record<string, bigint>>, request: Partial<AuthorizeRequest>) {
    const { client, core } = fixture()
    const account_id = await fundedAccount(core, balances)
    return await client.decide(purchase({ ...request, account_id }))
  }

  describe('with limits', () => {
    /** Opens an account, limits it, and sends one purchase of 5.00 at a grocery. */
    async function decideWithin(most: Pick<LimitsChange, 'purchase' | 'wallets'>) {
      const { client, core } = fixture()
      const account_id = await fundedAccount(core, { FOOD: 1_000n })
      const change = { transactionId: 'limits', subject: 'test', replaces: true, ...most }
      await changeLimits(core.engine, account_id, change, testBudget())
      return await client.decide(purchase({ account_id, mcc: '5411', amount: 500 }))
    }

    it('declines an amount over the limit for one purchase', async () => {
      const answer = await decideWithin({ purchase: { limit: centavos(499n) }, wallets: new Map() })
      expect(answer).to.include(declined('AMOUNT_OVER_LIMIT', '07', '61'))
    })

    it('declines an amount over the daily limit of the wallet', async () => {
      const answer = await decideWithin({ wallets: new Map([['FOOD', { day: centavos(499n) }]]) })
      expect(answer).to.include(declined('AMOUNT_OVER_LIMIT', '07', '61'))
    })

    it('pays up to the limit', async () => {
      const answer = await decideWithin({ wallets: new Map([['FOOD', { month: centavos(500n) }]]) })
      expect(answer).to.include(approved('FOOD', '500'))
    })
  })

  describe('by MCC (L1)', () => {
    for (const [mcc, category, balance] of [
      ['5411', 'FOOD', '500'],
      ['5412', 'FOOD', '500'],
      ['5811', 'MEAL', '1500'],
      ['5812', 'MEAL', '1500'],
      ['5999', 'CASH', '2500'],
      ['0000', 'CASH', '2500'],
      ['5413', 'CASH', '2500'],
    ] as const) {
      it(`takes a purchase at MCC ${mcc} from ${category}`, async () => {
        expect(await decideOn(account, { mcc, amount: 500 })).to.include(approved(category, balance))
      })
    }

    it('spends the whole balance of a wallet', async () => {
      expect(await decideOn(account, { mcc: '5411', amount: 1_000 })).to.include(approved('FOOD', '0'))
    })

    it('never splits an amount between wallets', async () => {
      const answer = await decideOn(all(600n), { mcc: '5411', amount: 1_000 })
      expect(answer).to.include(declined('INSUFFICIENT_BALANCE', '51', '51'))
    })
  })

  describe('with fallback (L2)', () => {
    it('takes the purchase from CASH when the benefit wallet holds too little', async () => {
      expect(await decideOn(account, { mcc: '5411', amount: 1_001 })).to.include(approved('CASH', '1999'))
    })

    it('leaves the benefit wallet as it was when CASH pays', async () => {
      const { client, core, env } = fixture()
      const account_id = await fundedAccount(core, account)
      await client.decide(purchase({ account_id, mcc: '5811', amount: 2_500 }))
      const { balances } = await readBook(core.client.db(env['MONGODB_DATABASE']), account_id)
      expect(balances).to.deep.equal({ FOOD: 1_000n, MEAL: 2_000n, CASH: 500n })
    })

    it('never debits the food wallet for another category', async () => {
      const answer = await decideOn({ FOOD: 9_999n, MEAL: 9_999n }, { mcc: '5999', amount: 100 })
      expect(answer).to.include(declined('INSUFFICIENT_BALANCE', '51', '51'))
    })

    it('never takes a meal from the food wallet', async () => {
      const answer = await decideOn({ FOOD: 9_999n }, { mcc: '5811', amount: 100 })
      expect(answer).to.include(declined('INSUFFICIENT_BALANCE', '51', '51'))
    })

    it('answers 51 when neither wallet covers the whole amount', async () => {
      const answer = await decideOn(account, { mcc: '5411', amount: 3_001 })
      expect(answer).to.include(declined('INSUFFICIENT_BALANCE', '51', '51'))
    })

    it('returns no balance with a decline', async () => {
      expect(await decideOn({}, { amount: 1 })).not.to.have.property('balance')
    })
  })

  describe('on an account that cannot pay', () => {
    it('answers 07 and ACCOUNT_NOT_FOUND when it was never opened', async () => {
      const answer = await fixture().client.decide(purchase({ account_id: randomUUID() }))
      expect(answer).to.include(declined('ACCOUNT_NOT_FOUND', '07', '14'))
    })

    for (const [status, iso8583_code, retry] of [
      ['BLOCKED', '62', 'RETRY_LATER'],
      ['CLOSED', '46', 'RETRY_NEVER'],
    ] as const) {
      it(`answers 07 and ACCOUNT_${status} when it is ${status.toLowerCase()}, whatever it holds`, async () => {
        const { client, core } = fixture()
        const account_id = await fundedAccount(core, account)
        await changeStatus(core, account_id, status)
        const answer = await client.decide(purchase({ account_id, amount: 1 }))
        expect(answer).to.include({ ...declined(`ACCOUNT_${status}`, '07', iso8583_code), retry })
      })
    }
  })

  it('accepts the largest amount that ISO 8583 can carry', async () => {
    const answer = await decideOn({ CASH: 2_000_000_000_000n }, { amount: '999999999999' })
    expect(answer).to.include(approved('CASH', '1000000000001'))
  })

  it('returns the time of the decision, to the millisecond', async () => {
    const sentMs = Date.now()
    const { decided_at } = await decideOn(account, {})
    const decidedMs = Number(decided_at.seconds) * 1_000 + decided_at.nanos / 1_000_000
    expect(decidedMs).to.be.within(sentMs, Date.now())
  })

  it('repeats the id and the MCC of the purchase', async () => {
    const answer = await decideOn(account, { transaction_id: 'acquirer-7/20261123!42', mcc: '5411' })
    expect(answer).to.include({
      transaction_id: 'acquirer-7/20261123!42',
      effective_mcc: '5411',
      merchant_rule: '',
      replayed: false,
    })
  })
})
