import { expect } from 'chai'
import { type PurchaseOverview, Purchases } from '../../../src/application/purchase.js'
import type { Account } from '../../../src/domain/account.js'
import { CardAccount } from '../domain/card-account.js'
import { HandClock } from './hand-clock.js'
import { InMemoryStore } from './in-memory-store.js'

/** A held purchase of 1.00 with an increment, a partial capture and a declined increment. */
function heldCard(): CardAccount {
  const card = CardAccount.opened({ FOOD: 200n })
  card.hold({ transactionId: 'tx-1', amount: 100n })
  card.increment({ transactionId: 'raise', amount: 20n })
  card.captureSome({ transactionId: 'part', amount: 50n })
  card.increment({ transactionId: 'too much', amount: 999n })
  return card
}

/** Reads purchases of the account, whose journal has only its last entries; the ledger has them all. */
function readerOf(card: CardAccount, journal = card.past.length) {
  const store = new InMemoryStore()
  const account: Account = { ...card.account, journal: card.account.journal.slice(-journal) }
  store.put(account)
  store.putInLedger(...card.past)
  const clock = new HandClock()
  clock.advance(card.now.getTime())
  return { purchases: new Purchases({ accounts: store, ledger: store, clock }), accountId: account.id }
}

async function overviewOf(card: CardAccount, journal?: number): Promise<PurchaseOverview> {
  const { purchases, accountId } = readerOf(card, journal)
  const reading = await purchases.find(accountId, 'tx-1')
  if ('missing' in reading) throw new Error(`no ${reading.missing}`)
  return reading.purchase
}

const idsOf = ({ entries }: PurchaseOverview) => entries.map(({ transactionId }) => transactionId)

describe('a purchase with all that followed it', () => {
  for (const journal of [1, 2, 6]) {
    it(`has its entries, oldest first, declined ones too, when the journal holds ${journal} of 6`, async () => {
      const purchase = await overviewOf(heldCard(), journal)
      expect(idsOf(purchase)).to.deep.equal(['tx-1', 'raise', 'part', 'too much'])
      expect(purchase).to.include({ rest: 70n, state: 'HELD' })
      expect(purchase.sums).to.include({ authorized: 100n, incremented: 20n, captured: 50n, released: 0n })
    })
  }

  it('counts a hold that is due as expired, before an entry says so', async () => {
    const purchase = await overviewOf(heldCard().wait(8))
    expect(purchase).to.include({ rest: 0n, state: 'CAPTURED' })
    expect(purchase.sums).to.include({ expired: 70n, released: 70n })
    expect(idsOf(purchase)).not.to.include(' expiry tx-1')
  })

  it('counts a recorded expiry once', async () => {
    const card = heldCard().wait(8)
    card.expire()
    const purchase = await overviewOf(card)
    expect(purchase.sums).to.include({ expired: 70n, released: 70n })
    expect(idsOf(purchase).at(-1)).to.equal(' expiry tx-1')
  })

  it('is found by captures alone, when the service has never seen it', async () => {
    const card = CardAccount.opened({ FOOD: 200n })
    card.capture({ transactionId: 'cap', amount: 60n })
    const purchase = await overviewOf(card)
    expect(idsOf(purchase)).to.deep.equal(['cap'])
    expect(purchase).to.include({ rest: 0n, state: 'CAPTURED' })
  })

  it('has no state when nothing was held or spent', async () => {
    const card = CardAccount.opened({ FOOD: 200n })
    card.buy({ amount: 999n })
    const purchase = await overviewOf(card)
    expect(purchase).not.to.have.property('state')
    expect(idsOf(purchase)).to.deep.equal(['tx-1'])
  })

  for (const [what, id, missing] of [
    ['an id that nobody used', 'nobody', 'PURCHASE'],
    ['a credit', 'fund-FOOD', 'PURCHASE'],
    ['a follow-up', 'raise', 'PURCHASE'],
  ] as const) {
    it(`is missing: ${what}`, async () => {
      const { purchases, accountId } = readerOf(heldCard())
      expect(await purchases.find(accountId, id)).to.deep.equal({ missing })
    })
  }

  it('is missing with its account, when nobody opened the account', async () => {
    const { purchases } = readerOf(heldCard())
    expect(await purchases.find('nobody', 'tx-1')).to.deep.equal({ missing: 'ACCOUNT' })
  })
})
