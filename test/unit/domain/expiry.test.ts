import { expect } from 'chai'
import { dueHolds, expiryIdOf } from '../../../src/domain/expiry.js'
import { CardAccount } from './card-account.js'

describe('expiry of a hold', () => {
  it('is an entry under an id that no caller can send', () => {
    const card = new CardAccount({ FOOD: 1_000n })
    card.hold()
    const verdict = card.wait(8).expire()
    expect(verdict.type === 'RECORD' && verdict.entry).to.deep.include({
      kind: 'EXPIRY',
      transactionId: ' expiry tx-1',
      originalId: 'tx-1',
      reason: 'EXPIRED',
      at: card.now,
      movement: { wallet: 'FOOD', delta: 100n, balanceAfter: 1_000n, heldDelta: -100n, heldAfter: 0n },
      day: '2026-01-02',
    })
  })

  it('has the same id for each purchase, wherever it is decided', () => {
    expect([expiryIdOf('tx-1'), expiryIdOf('tx-2')]).to.deep.equal([' expiry tx-1', ' expiry tx-2'])
  })

  it('is rejected one millisecond before its time', () => {
    const card = new CardAccount({ FOOD: 1_000n })
    card.hold()
    expect(card.wait(7 - 1 / 86_400_000).expire()).to.deep.equal({
      type: 'REJECTED',
      rejection: 'HOLD_NOT_DUE',
    })
    expect(card.wait(1 / 86_400_000).expire().type).to.equal('RECORD')
  })

  it('gets the stored entry when it comes twice', () => {
    const card = new CardAccount({ FOOD: 1_000n })
    card.hold()
    card.wait(7).expire()
    expect(card.expire()).to.deep.equal({ type: 'REPLAY', entry: card.past.at(-1) })
  })

  for (const [what, before] of [
    ['was never seen', () => undefined],
    ['was paid at once', (card: CardAccount) => card.buy()],
    ['was captured', (card: CardAccount) => [card.hold(), card.capture()]],
    ['was reversed', (card: CardAccount) => [card.hold(), card.reverse()]],
  ] as const) {
    it(`is rejected when the purchase ${what}`, () => {
      const card = new CardAccount({ FOOD: 1_000n })
      before(card)
      expect(card.wait(9).expire()).to.deep.equal({ type: 'REJECTED', rejection: 'HOLD_NOT_OPEN' })
    })
  }

  for (const status of ['BLOCKED', 'CLOSED'] as const) {
    it(`gives back on an account that is ${status}`, () => {
      const card = new CardAccount({ FOOD: 1_000n })
      card.hold()
      card.set({ status }).wait(7).expire()
      expect(card.standing()).to.include({ available: 1_000n, held: 0n })
    })
  }

  it('gives back to each day that counted the hold', () => {
    const card = new CardAccount({ FOOD: 1_000n })
    card.hold()
    card.wait(1).increment({ amount: 20n })
    card.wait(6).expire()
    expect(card.past.at(-1)).to.deep.include({
      days: [
        { day: '2026-01-02', amount: 100n },
        { day: '2026-01-03', amount: 20n },
      ],
    })
    expect(card.account.spent.get('FOOD')).to.deep.equal({
      day: '2026-01-03',
      dayAmount: 0n,
      monthAmount: 0n,
    })
  })

  it('lists the due holds, the longest overdue first', () => {
    const card = new CardAccount({ FOOD: 1_000n })
    for (const [transactionId, expiresInSeconds] of [
      ['late', 300],
      ['early', 100],
      ['middle', 200],
    ] as const)
      card.hold({ transactionId, hold: { expiresInSeconds } })
    const inSeconds = (seconds: number) => new Date(card.now.getTime() + seconds * 1_000)
    expect(dueHolds(card.account, inSeconds(99))).to.deep.equal([])
    expect(dueHolds(card.account, inSeconds(200))).to.deep.equal(['early', 'middle'])
    expect(dueHolds(card.account, inSeconds(9_999))).to.deep.equal(['early', 'middle', 'late'])
  })
})
