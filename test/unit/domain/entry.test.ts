import { expect } from 'chai'
import { decisionOf, isEarlyCapture, isPurchase, movementOf } from '../../../src/domain/entry.js'
import { adminEntryOf, authorizationOf, creditEntryOf, declineOf } from './builders.js'
import { CardAccount } from './card-account.js'

describe('movement of an entry', () => {
  it('is the debit of an approved purchase', () => {
    const entry = authorizationOf()
    expect(movementOf(entry)).to.equal(entry.movement)
  })

  it('is the amount of a credit', () => {
    const entry = creditEntryOf()
    expect(movementOf(entry)).to.equal(entry.movement)
  })

  it('is absent from a declined purchase', () => {
    expect(movementOf(declineOf())).to.equal(undefined)
  })

  it('is absent from a change of the account', () => {
    expect(movementOf(adminEntryOf())).to.equal(undefined)
  })
})

describe('decision of an entry', () => {
  it('follows the code of its reason, whatever it moved', () => {
    const card = new CardAccount({ FOOD: 1_000n })
    card.buy()
    const confirmed = card.capture()
    expect(movementOf(confirmed)).to.equal(undefined)
    expect(decisionOf(confirmed)).to.equal('APPROVED')
    expect(decisionOf(card.increment())).to.equal('DECLINED')
  })

  it('is an approval of each credit and change', () => {
    expect([decisionOf(creditEntryOf()), decisionOf(adminEntryOf())]).to.deep.equal(['APPROVED', 'APPROVED'])
  })
})

describe('entry that begins a purchase', () => {
  it('is an authorization, or an advice that names no purchase', () => {
    const card = new CardAccount({ FOOD: 1_000n })
    const entries = [
      card.buy(),
      card.advise(),
      card.advise({ originalId: 'tx-9' }),
      card.capture(),
      card.credit(),
    ]
    expect(entries.map(isPurchase)).to.deep.equal([true, true, false, false, false])
  })
})

describe('entry that books a purchase before it comes', () => {
  it('is a capture or an advice of a purchase never seen', () => {
    const card = new CardAccount({ FOOD: 1_000n })
    card.buy({ amount: 5_000n })
    const entries = [
      card.capture({ originalId: 'tx-2' }),
      card.advise({ originalId: 'tx-3' }),
      card.advise(),
      card.capture(),
      card.advise({ originalId: 'tx-1', amount: 500n }),
      card.reverse({ originalId: 'tx-4' }),
    ]
    expect(entries.map(isEarlyCapture)).to.deep.equal([true, true, false, false, false, false])
  })
})
