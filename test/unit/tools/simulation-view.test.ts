import { expect } from 'chai'
import { simulationView } from '../../../tools/simulation-view.js'

describe('simulation in a terminal', () => {
  it('says the answer, what it was made of, and what became of each wallet', () => {
    const view = simulationView({
      answer: {
        code: '00',
        iso8583Code: '00',
        reason: 'REASON_APPROVED',
        category: 'CASH',
        balance: '600',
        effectiveMcc: '5411',
        merchantRule: 'acme',
      },
      rung: 'RUNG_WALLETS',
      merchant: { name: 'ACME', city: 'SAO PAULO', country: 'BR' },
      mcc: '5999',
      rules: [
        { merchantRule: 'acme', outcome: 'RULE_OUTCOME_WON' },
        { merchantRule: 'acme-rio', outcome: 'RULE_OUTCOME_ELSEWHERE' },
      ],
      wallets: [
        { category: 'FOOD', balance: '400', dayLeft: '0', outcome: 'WALLET_OUTCOME_OVER_DAY_LIMIT' },
        { category: 'CASH', balance: '700', outcome: 'WALLET_OUTCOME_PAYS' },
      ],
    })
    expect(view.split('\n')).to.deep.equal([
      'answer      00 (DE39 00) paid by CASH, which has R$ 6.00 left then',
      'decided by  the wallets',
      'merchant    ACME, SAO PAULO, BR',
      'MCC         5999, made 5411 by merchant rule acme',
      '',
      'merchant rule',
      '-------------  ---------------------------',
      'acme           replaces the MCC',
      'acme-rio       no: another city or country',
      '',
      'wallet    R$  left today  left this month',
      '------  ----  ----------  ---------------  --------------------------',
      'FOOD    4.00        0.00                   over its limit for the day',
      'CASH    7.00                               pays',
    ])
  })

  it('names the reason of a refusal, and what was not sent', () => {
    const view = simulationView({
      answer: { code: '07', iso8583Code: '61', reason: 'REASON_AMOUNT_OVER_LIMIT' },
      rung: 'RUNG_PURCHASE_LIMIT',
      merchant: {},
      mcc: '5411',
      wallets: [{ category: 'CASH', outcome: 'WALLET_OUTCOME_NOT_ASKED' }],
    })
    expect(view.split('\n')).to.deep.equal([
      'answer      07 (DE39 61) AMOUNT_OVER_LIMIT',
      'decided by  the limit of one purchase',
      'merchant    none was sent',
      'MCC         5411',
      '',
      'wallet    R$  left today  left this month',
      '------  ----  ----------  ---------------  ---------',
      'CASH    0.00                               not asked',
    ])
  })

  it('says what reversals that came first take off', () => {
    const view = simulationView({
      answer: { code: '07', iso8583Code: '94', reason: 'REASON_ALREADY_REVERSED' },
      rung: 'RUNG_REVERSED_BEFORE',
      merchant: { name: 'ACME' },
      mcc: '5411',
      earlyReversedAmount: '1250',
    })
    expect(view.split('\n')).to.deep.equal([
      'answer      07 (DE39 94) ALREADY_REVERSED',
      'decided by  reversals that came first',
      'merchant    ACME',
      'MCC         5411',
      'taken off   R$ 12.50 by reversals that came first',
    ])
  })

  for (const [what, answer, line] of [
    [
      'a purchase that was answered before',
      { code: '51', iso8583Code: '51', reason: 'REASON_INSUFFICIENT_BALANCE', replayed: true },
      'answer      51 (DE39 51) INSUFFICIENT_BALANCE, as it was answered before',
    ],
    [
      'an id that was used for something else',
      undefined,
      'answer      error ALREADY_EXISTS: the id was used for something else',
    ],
  ] as const) {
    it(`says so of ${what}, without a table of wallets that nobody looked at`, () => {
      const view = simulationView({
        ...(answer && { answer }),
        rung: 'RUNG_TRANSACTION_ID',
        merchant: { name: 'ACME' },
        mcc: '5411',
      })
      expect(view.split('\n')).to.deep.equal([
        line,
        'decided by  the id, which was used before',
        'merchant    ACME',
        'MCC         5411',
      ])
    })
  }
})
