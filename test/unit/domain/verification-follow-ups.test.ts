import { expect } from 'chai'
import { CardAccount } from './card-account.js'

const rich = { FOOD: 1_000n, MEAL: 1_000n, CASH: 1_000n }
const ofTx1 = { originalId: 'tx-1' }

describe('follow-ups of a verification', () => {
  const verified = () => {
    const card = new CardAccount(rich)
    card.buy({ amount: 0n, verification: true })
    return card
  }

  for (const [what, reason, step] of [
    ['a capture', 'CAPTURED_UNSEEN', (card: CardAccount) => card.capture()],
    ['an advice', 'ADVISED', (card: CardAccount) => card.advise(ofTx1)],
    ['a refund', 'REFUNDED_UNLINKED', (card: CardAccount) => card.refund(ofTx1)],
    ['a reversal', 'ORIGINAL_NOT_REVERSIBLE', (card: CardAccount) => card.reverse()],
  ] as const) {
    it(`counts as never seen for ${what}`, () => {
      expect(step(verified()).reason).to.equal(reason)
    })
  }

  it('is declined after any early reversal, even a partial one', () => {
    const card = new CardAccount(rich)
    card.reverse({ amount: 1n })
    expect(card.buy({ amount: 0n, verification: true }).reason).to.equal('ALREADY_REVERSED')
  })

  it('is approved after a refund that was declined', () => {
    const card = new CardAccount(rich)
    card.refund({ ...ofTx1, request: true })
    expect(card.buy({ amount: 0n, verification: true }).reason).to.equal('VERIFIED')
  })
})
