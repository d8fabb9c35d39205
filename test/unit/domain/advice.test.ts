import { expect } from 'chai'
import { type Advice, decideAdvice } from '../../../src/domain/advice.js'
import { centavos } from '../../../src/domain/money.js'
import { utcCalendar } from '../../support/catalog/utc-calendar.js'
import { challengeCatalog, padaria } from './builders.js'
import { CardAccount, effectOf } from './card-account.js'

const rich = { FOOD: 1_000n, MEAL: 1_000n, CASH: 1_000n }
const ofTx1 = { originalId: 'tx-1' }

describe('advice, rules 1 and 2: the id was decided before', () => {
  const advice: Advice = {
    transactionId: 'advice',
    originalId: 'tx-1',
    amount: centavos(10n),
    mcc: '5411',
    merchant: padaria,
    fallback: 'NEVER',
    network: { rrn: '1' },
  }
  const card = new CardAccount(rich)
  const stored = card.advise({ ...advice })
  const { originalId: _, ...unlinked } = advice
  const { fallback: _fallback, ...withFallback } = advice
  const decide = (asked: Advice) =>
    decideAdvice(card.history(), asked, challengeCatalog, card.now, utcCalendar)

  it('gives the stored answer to the same content', () => {
    expect(decide({ ...advice })).to.deep.equal({ type: 'REPLAY', entry: stored })
  })

  for (const [what, asked] of [
    ['no original', unlinked],
    ['another amount', { ...advice, amount: centavos(11n) }],
    ['another MCC', { ...advice, mcc: '5412' }],
    ['another merchant', { ...advice, merchant: '' }],
    ['with fallback, which was without', withFallback],
    ['other network data', { ...advice, network: { rrn: '2' } }],
  ] as const) {
    it(`is rejected as a reuse of the id: ${what}`, () => {
      expect(decide(asked).type).to.equal('REUSED')
    })
  }
})

describe('advice, rules 3 to 6: nothing is booked', () => {
  it('is declined on an account that was never opened', () => {
    const card = new CardAccount({}, { status: 'UNOPENED' })
    expect(effectOf(card.advise(ofTx1))).to.equal('ACCOUNT_NOT_FOUND, nothing moved')
    expect(card.account.hasEarlyCapture).to.equal(false)
  })

  const covered: readonly (readonly [string, string, (card: CardAccount) => unknown])[] = [
    ['was paid', 'ALREADY_APPROVED', (card) => card.buy()],
    ['is held, for less', 'ALREADY_APPROVED', (card) => card.hold({ amount: 10n })],
    ['was paid and reversed', 'ALREADY_APPROVED', (card) => [card.buy(), card.reverse()]],
    ['was advised under its own id', 'ALREADY_APPROVED', (card) => card.advise({ transactionId: 'tx-1' })],
    ['was captured', 'ALREADY_CAPTURED', (card) => card.capture()],
    ['was advised under another id', 'ALREADY_CAPTURED', (card) => card.advise(ofTx1)],
    ['was reversed before', 'ADVICE_REVERSED', (card) => card.reverse()],
  ]
  for (const [what, reason, before] of covered) {
    it(`answers ${reason} when the purchase ${what}`, () => {
      const card = new CardAccount(rich)
      before(card)
      expect(effectOf(card.advise(ofTx1))).to.equal(`${reason}, nothing moved`)
    })
  }
})

describe('advice, rules 7 and 8: the purchase is booked', () => {
  for (const status of ['BLOCKED', 'CLOSED'] as const) {
    it(`books on an account that is ${status}`, () => {
      const card = new CardAccount(rich, { status })
      expect(effectOf(card.advise())).to.equal('ADVISED FOOD -100 held 0 owed 0')
    })
  }

  it('books past the limits, and counts', () => {
    const limits = { purchase: centavos(1n), wallets: new Map([['FOOD', { day: centavos(1n) }]]) }
    const card = new CardAccount(rich, { limits })
    expect(card.advise().reason).to.equal('ADVISED')
    expect(card.standing().counted).to.equal(100n)
  })

  it('overrides the decline of a purchase', () => {
    const card = new CardAccount({ FOOD: 30n })
    card.buy()
    expect(effectOf(card.advise(ofTx1))).to.equal('ADVICE_OVERRIDES FOOD -30 held 0 owed 70')
    expect(card.account.hasEarlyCapture).to.equal(false)
  })

  it('books what earlier captures of a declined purchase leave, on their wallet', () => {
    const card = new CardAccount({ FOOD: 50n, CASH: 90n }, { status: 'BLOCKED' })
    card.buy()
    card.captureSome({ amount: 40n })
    expect(effectOf(card.advise(ofTx1))).to.equal('ADVICE_OVERRIDES FOOD -10 held 0 owed 50')
  })

  it('takes off what was reversed in part before', () => {
    const card = new CardAccount(rich)
    card.reverse({ amount: 30n })
    expect(effectOf(card.advise(ofTx1))).to.equal('ADVISED FOOD -70 held 0 owed 0')
  })

  it('does not take off a reversal of the declined purchase that was asked for and declined', () => {
    const card = new CardAccount({ FOOD: 30n })
    card.buy()
    expect(card.reverse().reason).to.equal('ORIGINAL_DECLINED')
    expect(effectOf(card.advise(ofTx1))).to.equal('ADVICE_OVERRIDES FOOD -30 held 0 owed 70')
  })

  it('is paid by another wallet that covers it, as a purchase is', () => {
    const card = new CardAccount({ FOOD: 99n, CASH: 100n })
    expect(effectOf(card.advise())).to.equal('ADVISED CASH -100 held 0 owed 0')
  })

  it('keeps the free balance out when it is asked to', () => {
    const card = new CardAccount({ FOOD: 99n, CASH: 100n })
    expect(effectOf(card.advise({ fallback: 'NEVER' }))).to.equal('ADVISED FOOD -99 held 0 owed 1')
  })

  it('can be reversed and refunded under its own id', () => {
    const card = new CardAccount(rich)
    card.advise({ transactionId: 'tx-1' })
    expect(effectOf(card.refund({ amount: 30n }))).to.equal('REFUNDED FOOD 30 held 0 owed 0')
    expect(effectOf(card.reverse())).to.equal('APPROVED FOOD 70 held 0 owed 0')
  })

  it('is no purchase of its own when it names one', () => {
    const card = new CardAccount(rich)
    const { transactionId } = card.advise(ofTx1)
    expect(card.reverse({ originalId: transactionId }).reason).to.equal('ORIGINAL_NOT_REVERSIBLE')
  })
})
