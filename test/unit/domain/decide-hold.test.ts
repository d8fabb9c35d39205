import { expect } from 'chai'
import { approvalCodeOf } from '../../../src/domain/approval-code.js'
import { challengeCategories } from '../../../src/domain/category.js'
import { HOLDS_MAX } from '../../../src/domain/open-hold.js'
import { catalogOf } from '../../support/catalog/catalogs.js'
import { accountWith, at, decideOn, historyOf, purchaseOf, recorded } from './builders.js'
import { CardAccount, effectOf } from './card-account.js'

const rich = { FOOD: 1_000n, MEAL: 1_000n, CASH: 1_000n }

/** An account with this many open holds of 1 centavo. */
function withHolds(count: number, catalog = catalogOf(challengeCategories)): CardAccount {
  const card = new CardAccount(rich, { catalog })
  for (let index = 0; index < count; index += 1) card.hold({ transactionId: `hold-${index}`, amount: 1n })
  return card
}

describe('purchase that asks for a hold', () => {
  it('reserves the money, and the entry is complete', () => {
    const entry = recorded(decideOn(accountWith({ FOOD: 1_200n }), purchaseOf({ hold: {} })))
    expect(entry).to.deep.equal({
      kind: 'AUTHORIZATION',
      accountId: 'account-1',
      transactionId: 'tx-1',
      seq: 1n,
      at,
      reason: 'APPROVED',
      amount: 1_000n,
      mcc: '5411',
      merchant: purchaseOf().merchant,
      effectiveMcc: '5411',
      catalogVersion: 1n,
      hold: {},
      heldUntil: new Date('2026-01-09T03:04:05.678Z'),
      movement: { wallet: 'FOOD', delta: -1_000n, balanceAfter: 200n, heldDelta: 1_000n, heldAfter: 1_000n },
      approvalCode: approvalCodeOf('account-1', 1n),
      day: '2026-01-02',
    })
  })

  it('holds as long as it asks', () => {
    const { heldUntil } = new CardAccount(rich).hold({ hold: { expiresInSeconds: 90 } })
    expect(heldUntil).to.deep.equal(new Date('2026-01-02T03:05:35.678Z'))
  })

  it('stands among the open holds of the account', () => {
    const card = new CardAccount(rich)
    const { heldUntil } = card.hold()
    expect(card.account.holds).to.deep.equal([
      {
        id: 'tx-1',
        wallet: 'FOOD',
        authorized: 100n,
        captured: 0n,
        released: 0n,
        expiresAt: heldUntil,
        counted: [{ day: '2026-01-02', amount: 100n }],
      },
    ])
  })

  it('holds nothing when it is declined', () => {
    const entry = new CardAccount({}).hold()
    expect(entry)
      .to.include({ reason: 'INSUFFICIENT_BALANCE' })
      .and.not.have.any.keys('heldUntil', 'movement')
    expect(entry.hold).to.deep.equal({})
  })

  it('leaves nothing of the held money for another purchase', () => {
    const card = new CardAccount({ FOOD: 150n })
    card.hold()
    expect(effectOf(card.buy({ transactionId: 'tx-2' }))).to.equal('INSUFFICIENT_BALANCE, nothing moved')
  })

  it('counts against the limits, until its release gives back', () => {
    const limits = { wallets: new Map([['FOOD', { day: 150n as never }]]) }
    const card = new CardAccount({ FOOD: 1_000n }, { limits })
    card.hold()
    expect(card.buy({ transactionId: 'tx-2' }).reason).to.equal('AMOUNT_OVER_LIMIT')
    card.reverse()
    expect(card.buy({ transactionId: 'tx-3' }).reason).to.equal('APPROVED')
  })

  for (const [what, first, second] of [
    ['with a hold, which was without', {}, { hold: {} }],
    ['without a hold, which was with one', { hold: {} }, {}],
    ['another duration', { hold: { expiresInSeconds: 60 } }, { hold: { expiresInSeconds: 61 } }],
    ['no duration, which had one', { hold: { expiresInSeconds: 60 } }, { hold: {} }],
  ] as const) {
    it(`is rejected as a reuse of the id: ${what}`, () => {
      const earlier = recorded(decideOn(accountWith(rich), purchaseOf({ amount: 5n as never, ...first })))
      const history = historyOf(accountWith(rich, { version: 1n }), [earlier])
      expect(decideOn(history, purchaseOf({ amount: 5n as never, ...second })).type).to.equal('REUSED')
    })
  }

  it('gets the stored answer when it is repeated, even after the hold has expired', () => {
    const card = new CardAccount(rich)
    const entry = card.hold({ hold: { expiresInSeconds: 60 } })
    expect(card.wait(1).hold({ hold: { expiresInSeconds: 60 } })).to.equal(entry)
  })
})

describe('purchase, rule 12: too many holds', () => {
  it(`opens the hold number ${HOLDS_MAX}, and declines the next one`, () => {
    const card = withHolds(HOLDS_MAX - 1)
    expect(card.hold().reason).to.equal('APPROVED')
    expect(effectOf(card.hold({ transactionId: 'tx-2' }))).to.equal('HOLDS_FULL, nothing moved')
  })

  it('does not matter to a purchase without a hold', () => {
    expect(withHolds(HOLDS_MAX).buy().reason).to.equal('APPROVED')
  })

  it('does not matter to an immediate category, which pays at once', () => {
    const categories = challengeCategories.map((one) =>
      one.id === 'MEAL' ? { ...one, immediate: true as const } : one,
    )
    const entry = withHolds(HOLDS_MAX, catalogOf(categories)).hold({ mcc: '5811' })
    expect(effectOf(entry)).to.equal('APPROVED MEAL -100 held 0 owed 0')
    expect(entry).not.to.have.property('heldUntil')
    expect(entry.hold).to.deep.equal({})
  })

  it('comes after the balance, which is asked first', () => {
    expect(withHolds(HOLDS_MAX).hold({ amount: 5_000n }).reason).to.equal('INSUFFICIENT_BALANCE')
  })

  it('ends when a hold expires', () => {
    expect(withHolds(HOLDS_MAX).wait(7).hold().reason).to.equal('APPROVED')
  })
})

describe('purchase after its captures', () => {
  it('is approved with a code, although the account is blocked', () => {
    const card = new CardAccount(rich)
    card.capture()
    const entry = card.set({ status: 'BLOCKED' }).hold()
    expect(effectOf(entry)).to.equal('ALREADY_CAPTURED, nothing moved')
    expect(entry.approvalCode).to.match(/^[0-9A-Z]{6}$/)
    expect(entry).not.to.have.any.keys('heldUntil', 'day')
  })

  it('pays the remainder from the wallet of the captures, and from no other', () => {
    const card = new CardAccount({ FOOD: 50n, CASH: 1_000n })
    card.captureSome({ amount: 30n })
    expect(effectOf(card.buy())).to.equal('INSUFFICIENT_BALANCE, nothing moved')
    expect(card.standing('CASH').available).to.equal(1_000n)
  })

  it('holds the remainder less what was reversed in part before', () => {
    const card = new CardAccount(rich)
    card.captureSome({ amount: 30n })
    card.reverse({ amount: 10n })
    expect(effectOf(card.hold())).to.equal('APPROVED FOOD -70 held 70 owed 0')
  })

  it('pays nothing more after an advice, even of less', () => {
    const card = new CardAccount(rich)
    card.advise({ originalId: 'tx-1', amount: 60n })
    expect(effectOf(card.hold())).to.equal('ALREADY_CAPTURED, nothing moved')
  })

  it('is approved when a full reversal came before a capture, because that is booked', () => {
    const card = new CardAccount(rich)
    card.reverse()
    card.captureSome({ amount: 60n })
    expect(effectOf(card.buy())).to.equal('ALREADY_CAPTURED, nothing moved')
  })

  it('pays nothing more when its amount was captured bit by bit, with more to come', () => {
    const card = new CardAccount(rich)
    card.captureSome({ amount: 60n })
    card.captureSome({ amount: 40n })
    expect(card.buy().reason).to.equal('ALREADY_CAPTURED')
  })

  it('is decided without a look-up as long as nothing came early', () => {
    const card = new CardAccount(rich)
    expect([card.account.hasEarlyCapture, card.account.hasEarlyReversal]).to.deep.equal([false, false])
    card.refund()
    card.increment()
    expect([card.account.hasEarlyCapture, card.account.hasEarlyReversal]).to.deep.equal([false, false])
    card.capture()
    expect(card.account.hasEarlyCapture).to.equal(true)
  })
})
