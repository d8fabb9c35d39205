import { expect } from 'chai'
import { decisionOf } from '../../../src/domain/entry.js'
import { BALANCE_MAX, centavos } from '../../../src/domain/money.js'
import { decideReversal } from '../../../src/domain/reverse.js'
import { CardAccount, effectOf } from './card-account.js'

const rich = { FOOD: 1_000n, CASH: 1_000n }

/** An account on which 60 of a hold of 100 were captured, with more to come. */
function halfCaptured(): CardAccount {
  const card = new CardAccount(rich)
  card.hold()
  card.captureSome({ amount: 60n })
  return card
}

describe('reversal of a hold', () => {
  it('gives back all that is held, without an amount', () => {
    const card = new CardAccount(rich)
    card.hold()
    card.increment({ amount: 30n })
    expect(effectOf(card.reverse())).to.equal('APPROVED FOOD 130 held -130 owed 0')
    expect(card.account.holds).to.deep.equal([])
  })

  it('takes the held part first', () => {
    expect(effectOf(halfCaptured().reverse({ amount: 30n }))).to.equal('APPROVED FOOD 30 held -30 owed 0')
  })

  it('then takes what was captured', () => {
    const card = halfCaptured()
    expect(effectOf(card.reverse({ amount: 70n }))).to.equal('APPROVED FOOD 70 held -40 owed 0')
    expect(card.sums()).to.include({ released: 40n, reversed: 30n, captured: 60n })
  })

  it('gives back held and captured money without an amount', () => {
    expect(effectOf(halfCaptured().reverse())).to.equal('APPROVED FOOD 100 held -40 owed 0')
  })

  it('is declined for more than is left, held and captured together', () => {
    const card = halfCaptured()
    expect(card.reverse({ amount: 101n }).reason).to.equal('AMOUNT_OVER_REMAINDER')
    card.refund({ amount: 20n })
    expect(card.reverse({ amount: 81n }).reason).to.equal('AMOUNT_OVER_REMAINDER')
    expect(card.reverse({ amount: 80n }).reason).to.equal('APPROVED')
    expect(card.reverse().reason).to.equal('ALREADY_REVERSED')
  })

  it('gives back to the newest days of each part', () => {
    const card = new CardAccount(rich)
    card.hold()
    card.wait(1).increment({ amount: 50n })
    card.wait(1).captureSome({ amount: 120n })
    const entry = card.reverse({ amount: 60n })
    expect(effectOf(entry)).to.equal('APPROVED FOOD 60 held -30 owed 0')
    // Held: 30 of the 3rd. Captured: 100 of the 2nd and 20 of the 3rd.
    expect(entry.days).to.deep.equal([
      { day: '2026-01-02', amount: 10n },
      { day: '2026-01-03', amount: 50n },
    ])
  })

  it('compares the purchase with its description', () => {
    const card = new CardAccount(rich)
    card.hold()
    expect(card.reverse({ described: { mcc: '5412' } }).reason).to.equal('ORIGINAL_MISMATCH')
    expect(card.reverse({ described: { amount: centavos(100n) } }).reason).to.equal('APPROVED')
  })

  it('always has room for held money, because credits leave it', () => {
    const card = new CardAccount({ FOOD: BALANCE_MAX })
    card.hold()
    expect(() => card.credit({ amount: 1n })).to.throw('REJECTED')
    expect(card.reverse().reason).to.equal('APPROVED')
    expect(card.standing().available).to.equal(BALANCE_MAX)
  })
})

describe('reversal of a purchase that was booked', () => {
  it('gives back a capture of a purchase never seen, and keeps the purchase out', () => {
    const card = new CardAccount(rich)
    card.capture()
    expect(effectOf(card.reverse())).to.equal('REVERSED_BEFORE_PURCHASE FOOD 100 held 0 owed 0')
    expect(card.reverse().reason).to.equal('ALREADY_REVERSED')
    expect(card.buy().reason).to.equal('ALREADY_REVERSED')
  })

  it('gives back a capture that came after a full reversal of a purchase never seen', () => {
    const card = new CardAccount(rich)
    card.reverse()
    card.capture()
    expect(effectOf(card.reverse())).to.equal('REVERSED_BEFORE_PURCHASE FOOD 100 held 0 owed 0')
  })

  it('gives back what was captured of a declined purchase', () => {
    const card = new CardAccount({ FOOD: 30n })
    card.buy()
    expect(card.reverse().reason).to.equal('ORIGINAL_DECLINED')
    card.capture({ amount: 20n })
    expect(effectOf(card.reverse())).to.equal('APPROVED FOOD 20 held 0 owed 0')
    expect(card.reverse().reason).to.equal('ALREADY_REVERSED')
  })

  it('gives back a late capture to the wallet that paid', () => {
    const card = new CardAccount(rich)
    card.hold()
    card.wait(7).capture()
    expect(effectOf(card.reverse())).to.equal('APPROVED FOOD 100 held 0 owed 0')
  })

  it('cancels first what the purchase itself made the wallet owe', () => {
    const card = new CardAccount({ FOOD: 30n })
    card.capture()
    expect(effectOf(card.reverse({ amount: 80n }))).to.equal(
      'REVERSED_BEFORE_PURCHASE FOOD 10 held 0 owed -70',
    )
    expect(card.standing()).to.include({ available: 10n, owed: 0n })
  })

  it('gives back in money what a credit has paid of it since', () => {
    const card = new CardAccount({})
    card.capture()
    card.credit({ amount: 80n, paysOwed: true })
    expect(effectOf(card.reverse())).to.equal('REVERSED_BEFORE_PURCHASE FOOD 80 held 0 owed -20')
  })

  it('leaves what another purchase owes', () => {
    const card = new CardAccount({ FOOD: 100n })
    card.buy()
    card.capture({ originalId: 'tx-2' })
    expect(effectOf(card.reverse())).to.equal('APPROVED FOOD 100 held 0 owed 0')
    expect(card.standing().owed).to.equal(100n)
  })
})

describe('reversal that is an advice', () => {
  const declined: readonly (readonly [string, (card: CardAccount) => unknown])[] = [
    ['ORIGINAL_DECLINED', (card) => card.buy({ amount: 5_000n })],
    ['ALREADY_REVERSED', (card) => [card.buy(), card.reverse()]],
    ['AMOUNT_OVER_REMAINDER', (card) => card.buy({ amount: 10n })],
  ]
  for (const [reason, before] of declined) {
    it(`is approved although its reason is ${reason}, and moves nothing`, () => {
      const card = new CardAccount(rich)
      before(card)
      const entry = card.reverse({ amount: 100n, advice: true })
      expect([effectOf(entry), decisionOf(entry)]).to.deep.equal([`${reason}, nothing moved`, 'APPROVED'])
      expect(decisionOf(card.reverse({ amount: 100n }))).to.equal('DECLINED')
    })
  }

  it('has the effect of a request', () => {
    const card = new CardAccount(rich)
    card.hold()
    expect(effectOf(card.reverse({ advice: true }))).to.equal('APPROVED FOOD 100 held -100 owed 0')
  })

  it('is other content than the same request', () => {
    const card = new CardAccount(rich)
    card.buy()
    const { transactionId } = card.reverse({ advice: true })
    const reversal = { transactionId, originalId: 'tx-1', described: {} }
    expect(decideReversal(card.history(), reversal, card.now).type).to.equal('REUSED')
    expect(decideReversal(card.history(), { ...reversal, advice: true }, card.now).type).to.equal('REPLAY')
  })
})
