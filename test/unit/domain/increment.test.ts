import { expect } from 'chai'
import { decideIncrement, type Increment } from '../../../src/domain/increment.js'
import { centavos } from '../../../src/domain/money.js'
import { utcCalendar } from '../../support/catalog/utc-calendar.js'
import { CardAccount, effectOf } from './card-account.js'

/** An account with a hold of 1.00 in FOOD. */
function held(over: ConstructorParameters<typeof CardAccount>[1] = {}, food = 1_000n): CardAccount {
  const card = new CardAccount({ FOOD: food, CASH: 1_000n }, over)
  card.hold()
  return card
}

describe('increment, rules 1 and 2: the id was decided before', () => {
  const increment: Increment = {
    transactionId: 'more',
    originalId: 'tx-1',
    amount: centavos(20n),
    network: { rrn: '1' },
  }
  const card = held()
  const stored = card.increment({ ...increment })
  const { network: _, ...bare } = increment
  const decide = (asked: Increment) => decideIncrement(card.history(), asked, card.now, utcCalendar)

  it('gives the stored answer to the same content', () => {
    expect(decide({ ...increment })).to.deep.equal({ type: 'REPLAY', entry: stored })
  })

  for (const [what, asked] of [
    ['another original', { ...increment, originalId: 'tx-2' }],
    ['another amount', { ...increment, amount: centavos(21n) }],
    ['other network data', { ...increment, network: { rrn: '2' } }],
    ['no network data', bare],
    ['the id of the purchase', { ...increment, transactionId: 'tx-1' }],
  ] as const) {
    it(`is rejected as a reuse of the id: ${what}`, () => {
      expect(decide(asked).type).to.equal('REUSED')
    })
  }
})

describe('increment, rules 3 to 6: an account that may not pay', () => {
  for (const [status, reason] of [
    ['UNOPENED', 'ACCOUNT_NOT_FOUND'],
    ['CLOSED', 'ACCOUNT_CLOSED'],
    ['BLOCKED', 'ACCOUNT_BLOCKED'],
  ] as const) {
    it(`declines with ${reason} while it is ${status}`, () => {
      expect(effectOf(held().set({ status }).increment())).to.equal(`${reason}, nothing moved`)
    })
  }

  it('declines another currency than BRL', () => {
    const { reason } = held().increment({ network: { currency: 'USD' } })
    expect(reason).to.equal('CURRENCY_NOT_SUPPORTED')
  })
})

describe('increment, rule 7: no open hold', () => {
  const closed: readonly (readonly [string, (card: CardAccount) => unknown])[] = [
    ['was never seen', () => undefined],
    ['was paid at once', (card) => card.buy()],
    ['was declined', (card) => card.hold({ amount: 5_000n })],
    ['was captured', (card) => [card.hold(), card.capture()]],
    ['was reversed', (card) => [card.hold(), card.reverse()]],
    ['has expired', (card) => [card.hold(), card.wait(7)]],
  ]
  for (const [what, before] of closed) {
    it(`declines when the purchase ${what}`, () => {
      const card = new CardAccount({ FOOD: 1_000n })
      before(card)
      expect(effectOf(card.increment())).to.equal('HOLD_NOT_OPEN, nothing moved')
    })
  }
})

describe('increment, rules 8 to 11: the hold is open', () => {
  it('grows the hold, and has an approval code', () => {
    const card = held()
    const entry = card.increment({ amount: 30n })
    expect(effectOf(entry)).to.equal('APPROVED FOOD -30 held 30 owed 0')
    expect(entry.approvalCode).to.match(/^[0-9A-Z]{6}$/)
    expect(card.account.holds[0]).to.include({ authorized: 130n })
  })

  it('may take all that the wallet has', () => {
    const card = held({}, 150n)
    expect(effectOf(card.increment({ amount: 50n }))).to.equal('APPROVED FOOD -50 held 50 owed 0')
  })

  it('keeps the time when the hold expires', () => {
    const card = held()
    const [{ expiresAt } = { expiresAt: undefined }] = card.account.holds
    card.wait(3).increment()
    expect(card.account.holds[0]?.expiresAt).to.deep.equal(expiresAt)
  })

  it('is not paid by another wallet', () => {
    expect(effectOf(held({}, 120n).increment())).to.equal('INSUFFICIENT_BALANCE, nothing moved')
  })

  it('compares the whole purchase with the maximum per purchase', () => {
    const card = held({ limits: { purchase: centavos(150n), wallets: new Map() } })
    expect(card.increment({ amount: 51n }).reason).to.equal('AMOUNT_OVER_LIMIT')
    expect(card.increment({ amount: 50n }).reason).to.equal('APPROVED')
    card.reverse({ amount: 40n })
    expect(card.increment({ amount: 40n }).reason).to.equal('APPROVED')
  })

  it('counts on its own day, within the limits', () => {
    const card = held({ limits: { wallets: new Map([['FOOD', { day: centavos(150n) }]]) } })
    expect(card.increment({ amount: 51n }).reason).to.equal('AMOUNT_OVER_LIMIT')
    expect(card.wait(1).increment({ amount: 51n })).to.include({ reason: 'APPROVED', day: '2026-01-03' })
    expect(card.account.holds[0]?.counted).to.deep.equal([
      { day: '2026-01-02', amount: 100n },
      { day: '2026-01-03', amount: 51n },
    ])
  })
})
