import { expect } from 'chai'
import { isFollowUp } from '../../../src/domain/entry.js'
import { stateOf, sumsOf } from '../../../src/domain/purchase-sums.js'
import { CardAccount } from './card-account.js'

const states: readonly (readonly [string, string | undefined, (card: CardAccount) => unknown])[] = [
  ['was never seen', undefined, () => undefined],
  ['was declined', undefined, (card) => card.hold({ amount: 5_000n })],
  ['was refunded without a purchase', undefined, (card) => card.refund()],
  ['is held', 'HELD', (card) => card.hold()],
  ['is held in part', 'HELD', (card) => [card.hold(), card.captureSome({ amount: 60n })]],
  ['was paid at once', 'CAPTURED', (card) => card.buy()],
  ['was captured', 'CAPTURED', (card) => [card.hold(), card.capture({ amount: 60n })]],
  [
    'was captured in part, and expired',
    'CAPTURED',
    (card) => [card.hold(), card.captureSome({ amount: 60n }), card.wait(7).expire()],
  ],
  ['was captured and refunded', 'CAPTURED', (card) => [card.hold(), card.capture(), card.refund()]],
  ['was captured late', 'CAPTURED', (card) => [card.hold(), card.wait(7).capture()]],
  ['was reversed while held', 'RELEASED', (card) => [card.hold(), card.reverse()]],
  ['was reversed after it was paid', 'RELEASED', (card) => [card.buy(), card.reverse()]],
  ['has expired', 'EXPIRED', (card) => [card.hold(), card.wait(7).expire()]],
  [
    'was captured late and reversed',
    'EXPIRED',
    (card) => [card.hold(), card.wait(7).capture(), card.reverse()],
  ],
]

describe('state of a purchase', () => {
  for (const [what, state, before] of states) {
    it(`is ${state ?? 'absent'} when it ${what}`, () => {
      const card = new CardAccount({ FOOD: 1_000n })
      before(card)
      expect(stateOf(card.sums())).to.equal(state)
    })
  }
})

describe('sums of a purchase', () => {
  /** A purchase with every step that it can have. */
  function lived(): CardAccount {
    const card = new CardAccount({ FOOD: 200n })
    card.captureSome({ amount: 10n })
    card.hold({ amount: 110n })
    card.increment({ amount: 50n })
    card.captureSome({ amount: 60n })
    card.reverse({ amount: 20n })
    card.wait(7).expire()
    card.capture({ amount: 200n })
    card.reverse({ amount: 30n })
    card.refund({ amount: 40n })
    return card
  }

  it('add up all of its entries', () => {
    expect(lived().sums()).to.deep.equal({
      wallet: 'FOOD',
      authorized: 100n,
      incremented: 50n,
      captured: 270n,
      excess: 210n,
      released: 90n,
      expired: 70n,
      reversed: 30n,
      refunded: 40n,
      owed: 0n,
      paidAtOnce: 0n,
      confirmed: 0n,
      isFinal: true,
      heldDays: [],
      spentDays: [
        { day: '2026-01-02', amount: 70n },
        { day: '2026-01-09', amount: 170n },
      ],
    })
  })

  it('are the same in any order of the entries', () => {
    const { past } = lived()
    const original = past.find(({ transactionId }) => transactionId === 'tx-1')
    const followUps = past.filter(isFollowUp)
    expect(sumsOf(original, followUps.toReversed())).to.deep.equal(sumsOf(original, followUps))
  })

  it('add an advice to the captures before it', () => {
    const card = new CardAccount({ FOOD: 50n })
    card.buy()
    card.captureSome({ amount: 40n })
    card.advise({ originalId: 'tx-1' })
    expect(card.sums()).to.include({
      captured: 100n,
      excess: 100n,
      paidAtOnce: 60n,
      owed: 50n,
      isFinal: true,
    })
  })

  it('leave out declined steps', () => {
    const card = new CardAccount({ FOOD: 1_000n })
    card.hold()
    const before = card.sums()
    card.increment({ amount: 5_000n })
    card.reverse({ amount: 5_000n })
    card.refund({ request: true })
    expect(card.sums()).to.deep.equal(before)
  })
})
