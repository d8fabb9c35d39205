import { expect } from 'chai'
import { CardAccount, effectOf } from './card-account.js'

describe('what users of other ledgers reported', () => {
  it('a hold ignored by the balance check: held money cannot be spent again', () => {
    const card = new CardAccount({ FOOD: 100n })
    card.hold()
    expect(card.buy({ transactionId: 'tx-2', amount: 1n }).reason).to.equal('INSUFFICIENT_BALANCE')
    expect(card.hold({ transactionId: 'tx-3', amount: 1n }).reason).to.equal('INSUFFICIENT_BALANCE')
  })

  it('a hold ignored by the balance check, the other way round: spent money cannot be held', () => {
    const card = new CardAccount({ FOOD: 100n })
    card.buy()
    expect(card.hold({ transactionId: 'tx-2', amount: 1n }).reason).to.equal('INSUFFICIENT_BALANCE')
    expect(card.account.holds).to.deep.equal([])
  })

  it('a commit above the held amount: the excess is taken from the wallet, and named', () => {
    const card = new CardAccount({ FOOD: 110n })
    card.hold()
    expect(effectOf(card.capture({ amount: 115n }))).to.equal(
      'CAPTURED_OVER_TOLERANCE FOOD -10 held -100 owed 5',
    )
    expect(card.standing()).to.include({ available: 0n, held: 0n, owed: 5n })
  })

  it('a commit above the held amount, the other way round: the late hold holds nothing', () => {
    const card = new CardAccount({ FOOD: 110n })
    expect(effectOf(card.capture({ amount: 115n }))).to.equal('CAPTURED_UNSEEN FOOD -110 held 0 owed 5')
    expect(effectOf(card.hold())).to.equal('ALREADY_CAPTURED, nothing moved')
    expect(card.standing()).to.include({ available: 0n, held: 0n, owed: 5n })
  })

  it('a payment after a void: the capture is late, and does not take the hold a second time', () => {
    const card = new CardAccount({ FOOD: 100n })
    card.hold()
    card.reverse()
    expect(effectOf(card.capture())).to.equal('CAPTURED_LATE FOOD -100 held 0 owed 0')
    expect(card.standing()).to.include({ available: 0n, held: 0n, owed: 0n })
  })

  it('a payment after a void, the other way round: the void gives the payment back, once', () => {
    const card = new CardAccount({ FOOD: 100n })
    card.hold()
    card.capture()
    expect(effectOf(card.reverse())).to.equal('APPROVED FOOD 100 held 0 owed 0')
    expect(card.reverse().reason).to.equal('ALREADY_REVERSED')
    expect(card.standing()).to.include({ available: 100n, held: 0n, owed: 0n, counted: 0n })
  })

  it('a void twice: the second one gives nothing back', () => {
    const card = new CardAccount({ FOOD: 100n })
    card.hold()
    const reasons = [card.reverse(), card.reverse()].map(({ reason }) => reason)
    expect(reasons).to.deep.equal(['APPROVED', 'ALREADY_REVERSED'])
    expect(card.standing()).to.include({ available: 100n, held: 0n })
  })

  it('a void that is sent again: it is the first one', () => {
    const card = new CardAccount({ FOOD: 100n })
    card.hold()
    const entry = card.reverse({ transactionId: 'void-1' })
    expect(card.reverse({ transactionId: 'void-1' })).to.equal(entry)
    expect(card.standing()).to.include({ available: 100n, held: 0n })
  })

  it('a rejected hold that could be committed: it is no hold, and its capture says so', () => {
    const card = new CardAccount({ FOOD: 99n })
    card.hold()
    expect(card.account.holds).to.deep.equal([])
    expect(effectOf(card.capture())).to.equal('CAPTURED_AFTER_DECLINE FOOD -99 held 0 owed 1')
  })

  it('a rejected hold that could be committed, the other way round: after the capture it holds nothing', () => {
    const card = new CardAccount({ FOOD: 99n })
    expect(effectOf(card.capture())).to.equal('CAPTURED_UNSEEN FOOD -99 held 0 owed 1')
    expect(effectOf(card.hold())).to.equal('ALREADY_CAPTURED, nothing moved')
    expect(card.account.holds).to.deep.equal([])
  })

  for (const first of ['void', 'expiry'] as const) {
    it(`an expiry racing with a void: the ${first} comes first, and the money goes back once`, () => {
      const card = new CardAccount({ FOOD: 100n })
      card.hold({ hold: { expiresInSeconds: 86_400 } })
      if (first === 'expiry') card.wait(1).expire()
      expect(card.reverse().reason).to.equal(first === 'void' ? 'APPROVED' : 'ALREADY_REVERSED')
      card.wait(1).expire()
      expect(card.standing()).to.include({ available: 100n, held: 0n, owed: 0n })
    })
  }

  for (const first of ['capture', 'expiry'] as const) {
    it(`an expiry racing with a capture: the ${first} comes first, and the money is spent once`, () => {
      const card = new CardAccount({ FOOD: 100n })
      card.hold({ hold: { expiresInSeconds: 86_400 } })
      if (first === 'expiry') card.wait(1).expire()
      card.capture()
      card.wait(1).expire()
      expect(card.standing()).to.include({ available: 0n, held: 0n, owed: 0n })
      expect(card.past.filter(({ kind }) => kind === 'EXPIRY')).to.have.length(first === 'expiry' ? 1 : 0)
    })
  }

  it('an event published after the commit and lost: the account that has changed carries its entries', () => {
    const card = new CardAccount({ FOOD: 100n })
    card.hold()
    card.capture({ amount: 60n })
    card.refund({ amount: 10n })
    expect(card.account.journal).to.deep.equal(card.past)
    expect(card.account.version).to.equal(3n)
  })

  it('a capture that is sent again: it is booked once', () => {
    const card = new CardAccount({ FOOD: 200n })
    card.hold()
    const entry = card.capture({ transactionId: 'clearing-1' })
    expect(card.capture({ transactionId: 'clearing-1' })).to.equal(entry)
    expect(card.standing()).to.include({ available: 100n, held: 0n })
  })
})
