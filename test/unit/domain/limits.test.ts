import { expect } from 'chai'
import { type Account, applyEntry } from '../../../src/domain/account.js'
import type { Entry } from '../../../src/domain/entry.js'
import { isLimited, type Limits, sameLimits, type WalletLimits } from '../../../src/domain/limits.js'
import { BALANCE_MAX, centavos } from '../../../src/domain/money.js'
import { decideReversal } from '../../../src/domain/reverse.js'
import { accountWith, decideOn, historyOf, purchaseOf, recorded } from './builders.js'

const rich = { FOOD: 100_000n, MEAL: 100_000n, CASH: 100_000n }
const noon = (day: string) => new Date(`${day}T12:00:00Z`)

/** An account and its history, with one purchase or reversal after another. */
class Card {
  account: Account
  readonly #past: Entry[] = []

  constructor(limits: Limits, wallets: Readonly<Record<string, bigint>> = rich) {
    this.account = accountWith(wallets, { limits })
  }

  /** Buys by MCC 5411, FOOD first. Returns the wallet that paid, or the reason of the decline. */
  buy(amount: bigint, day = '2026-03-10'): string {
    const purchase = purchaseOf({ transactionId: `buy-${this.#past.length}`, amount: centavos(amount) })
    const history = historyOf(this.account, this.#past)
    const entry = recorded(decideOn(history, purchase, { now: noon(day) }))
    this.#add(entry)
    return entry.movement?.wallet ?? entry.reason
  }

  /** Reverses the purchase in the entry at this place, from 0. */
  reverse(place: number, { amount, day = '2026-03-10' }: { amount?: bigint; day?: string } = {}): void {
    const reversal = {
      transactionId: `back-${this.#past.length}`,
      originalId: `buy-${place}`,
      described: {},
      ...(amount !== undefined && { amount: centavos(amount) }),
    }
    this.#add(recorded(decideReversal(historyOf(this.account, this.#past), reversal, noon(day))))
  }

  setLimits(limits: Limits): void {
    this.account = { ...this.account, limits }
  }

  /** Spending of FOOD: the day, and the amounts of the day and of its month. */
  get spent(): readonly [string, bigint, bigint] | undefined {
    const spending = this.account.spent.get('FOOD')
    return spending && [spending.day, spending.dayAmount, spending.monthAmount]
  }

  #add(entry: Entry): void {
    this.account = applyEntry(this.account, entry)
    this.#past.push(entry)
  }
}

const purchaseMax = (most: bigint): Limits => ({ purchase: centavos(most), wallets: new Map() })
const food = (limits: { day?: bigint; month?: bigint }): Limits => ({
  wallets: new Map([['FOOD', walletLimits(limits)]]),
})
const walletLimits = ({ day, month }: { day?: bigint; month?: bigint }): WalletLimits => ({
  ...(day !== undefined && { day: centavos(day) }),
  ...(month !== undefined && { month: centavos(month) }),
})

describe('limits', () => {
  const none: Limits = { wallets: new Map() }

  it('exist when a purchase or a wallet has one', () => {
    expect([none, purchaseMax(0n), food({ day: 0n })].map(isLimited)).to.deep.equal([false, true, true])
  })

  for (const [what, one, other] of [
    ['the purchase', purchaseMax(1n), purchaseMax(2n)],
    ['the day', food({ day: 1n, month: 9n }), food({ day: 2n, month: 9n })],
    ['the month', food({ day: 1n, month: 9n }), food({ day: 1n, month: 8n })],
    ['a wallet that has none', none, food({ month: 9n })],
  ] as const) {
    it(`differ when they have another ${what}`, () => {
      expect([sameLimits(one, other), sameLimits(other, one), sameLimits(one, one)]).to.deep.equal([
        false,
        false,
        true,
      ])
    })
  }
})

describe('the maximum of one purchase', () => {
  it('allows the maximum itself', () => {
    expect(new Card(purchaseMax(500n)).buy(500n)).to.equal('FOOD')
  })

  it('declines one centavo more, whatever the wallets hold', () => {
    expect(new Card(purchaseMax(500n)).buy(501n)).to.equal('AMOUNT_OVER_LIMIT')
  })

  it('is checked before the wallets: even without money the reason is AMOUNT_OVER_LIMIT', () => {
    expect(new Card(purchaseMax(500n), {}).buy(501n)).to.equal('AMOUNT_OVER_LIMIT')
  })

  it('of 0 allows no purchase', () => {
    expect(new Card(purchaseMax(0n)).buy(1n)).to.equal('AMOUNT_OVER_LIMIT')
  })
})

for (const [name, limit, sameCount] of [
  ['day', (most: bigint) => food({ day: most }), ['2026-03-10', '2026-03-10']],
  ['month', (most: bigint) => food({ month: most }), ['2026-03-01', '2026-03-31']],
] as const) {
  const [first, second] = sameCount
  const unpaid = { FOOD: 100_000n }

  describe(`the limit of a wallet for the ${name}`, () => {
    it('allows purchases that add up to it', () => {
      const card = new Card(limit(500n))
      expect([card.buy(300n, first), card.buy(200n, second)]).to.deep.equal(['FOOD', 'FOOD'])
    })

    it('makes the next permitted wallet pay', () => {
      const card = new Card(limit(500n))
      expect([card.buy(300n, first), card.buy(201n, second)]).to.deep.equal(['FOOD', 'CASH'])
    })

    it('is the reason when nothing else prevents the purchase: AMOUNT_OVER_LIMIT', () => {
      expect(new Card(limit(500n), unpaid).buy(501n)).to.equal('AMOUNT_OVER_LIMIT')
    })

    it('is not the reason when no wallet had the money: INSUFFICIENT_BALANCE', () => {
      expect(new Card(limit(500n), { FOOD: 500n, CASH: 500n }).buy(501n)).to.equal('INSUFFICIENT_BALANCE')
    })

    it('allows a smaller purchase after a decline', () => {
      const card = new Card(limit(500n), unpaid)
      expect([card.buy(501n, first), card.buy(500n, second)]).to.deep.equal(['AMOUNT_OVER_LIMIT', 'FOOD'])
    })

    it('of 0 prevents any payment from the wallet', () => {
      expect(new Card(limit(0n)).buy(1n)).to.equal('CASH')
    })

    it('declines the next purchase when it is lowered below the spending', () => {
      const card = new Card(limit(500n), unpaid)
      card.buy(400n, first)
      card.setLimits(limit(100n))
      expect(card.buy(1n, second)).to.equal('AMOUNT_OVER_LIMIT')
    })

    it('allows everything once it is removed', () => {
      const card = new Card(limit(500n), unpaid)
      card.buy(500n, first)
      card.setLimits(food({}))
      expect(card.buy(1n, second)).to.equal('FOOD')
    })

    it('counts purchases made before the limit was set', () => {
      const card = new Card(food({}), unpaid)
      card.buy(400n, first)
      card.setLimits(limit(500n))
      expect([card.buy(101n, second), card.buy(100n, second)]).to.deep.equal(['AMOUNT_OVER_LIMIT', 'FOOD'])
    })
  })
}

describe('the counters of a wallet', () => {
  it('start with the first purchase', () => {
    const card = new Card(food({}))
    expect(card.spent).to.equal(undefined)
    card.buy(30n)
    expect(card.spent).to.deep.equal(['2026-03-10', 30n, 30n])
  })

  it('count even without a limit', () => {
    const card = new Card(food({}))
    card.buy(30n)
    card.buy(12n)
    expect(card.spent).to.deep.equal(['2026-03-10', 42n, 42n])
  })

  it('start at zero on a new day, in the same month', () => {
    const card = new Card(food({}))
    card.buy(30n)
    card.buy(12n, '2026-03-11')
    expect(card.spent).to.deep.equal(['2026-03-11', 12n, 42n])
  })

  for (const [what, day, next] of [
    ['month', '2026-03-31', '2026-04-01'],
    ['year', '2026-12-31', '2027-01-01'],
    ['month, after a leap day', '2028-02-29', '2028-03-01'],
    ['month of the same name, a year later', '2026-03-10', '2027-03-10'],
  ] as const) {
    it(`start at zero in a new ${what}`, () => {
      const card = new Card(food({}))
      card.buy(30n, day)
      card.buy(12n, next)
      expect(card.spent).to.deep.equal([next, 12n, 12n])
    })
  }

  it('count each wallet separately', () => {
    const card = new Card(food({ day: 500n }))
    card.buy(300n)
    expect(card.buy(300n)).to.equal('CASH')
    expect(card.spent).to.deep.equal(['2026-03-10', 300n, 300n])
    expect(card.account.spent.get('CASH')?.dayAmount).to.equal(300n)
  })

  it('ignore declines', () => {
    const card = new Card(purchaseMax(10n))
    card.buy(11n)
    expect(card.spent).to.equal(undefined)
  })

  it('hold at most an int64: a larger total exceeds the limit of every account', () => {
    const spending = {
      day: '2026-03-10',
      dayAmount: centavos(BALANCE_MAX),
      monthAmount: centavos(BALANCE_MAX),
    }
    const card = new Card(food({}), { FOOD: 100n })
    card.account = { ...card.account, spent: new Map([['FOOD', spending]]) }
    expect(card.buy(1n)).to.equal('AMOUNT_OVER_LIMIT')
  })
})

describe('a reversal', () => {
  it('returns the amount to the day and to the month', () => {
    const card = new Card(food({ day: 500n, month: 500n }), { FOOD: 1_000n })
    card.buy(500n)
    card.reverse(0)
    expect(card.spent).to.deep.equal(['2026-03-10', 0n, 0n])
    expect(card.buy(500n)).to.equal('FOOD')
  })

  it('in part returns that part', () => {
    const card = new Card(food({ day: 500n }), { FOOD: 1_000n })
    card.buy(500n)
    card.reverse(0, { amount: 200n })
    expect([card.buy(201n), card.buy(200n)]).to.deep.equal(['AMOUNT_OVER_LIMIT', 'FOOD'])
  })

  it('on a later day gives nothing to that day, but to the month if it is the same', () => {
    const card = new Card(food({}))
    card.buy(500n)
    card.buy(30n, '2026-03-11')
    card.reverse(0, { day: '2026-03-11' })
    expect(card.spent).to.deep.equal(['2026-03-11', 30n, 30n])
  })

  it('on a later day without purchases gives nothing to the old day: the new day starts at zero', () => {
    const card = new Card(food({}))
    card.buy(500n)
    card.reverse(0, { amount: 100n, day: '2026-03-11' })
    expect(card.spent).to.deep.equal(['2026-03-10', 400n, 400n])
    card.buy(30n, '2026-03-11')
    expect(card.spent).to.deep.equal(['2026-03-11', 30n, 430n])
  })

  it('in a later month gives nothing to either', () => {
    const card = new Card(food({}))
    card.buy(500n)
    card.buy(30n, '2026-04-01')
    card.reverse(0, { day: '2026-04-01' })
    expect(card.spent).to.deep.equal(['2026-04-01', 30n, 30n])
  })

  it('counts nothing when it comes before its purchase', () => {
    const card = new Card(food({}))
    card.reverse(1)
    expect([card.buy(30n), card.spent]).to.deep.equal(['ALREADY_REVERSED', undefined])
  })

  it('of a purchase from before counters existed returns the money and counts nothing', () => {
    const { day: _, ...uncounted } = recorded(
      decideOn(accountWith(rich), purchaseOf(), { now: noon('2026-03-10') }),
    )
    const account = applyEntry(accountWith(rich), uncounted)
    const reversal = { transactionId: 'back', originalId: 'tx-1', described: {} }
    const entry = recorded(decideReversal(historyOf(account, [uncounted]), reversal, noon('2026-03-10')))
    expect(entry).not.to.have.property('day')
    expect(applyEntry(account, entry).spent.size).to.equal(0)
  })
})

describe('a clock that is behind', () => {
  it('counts in the latest counted day', () => {
    const card = new Card(food({ day: 500n }), { FOOD: 1_000n })
    card.buy(400n, '2026-03-11')
    expect(card.buy(101n, '2026-03-10')).to.equal('AMOUNT_OVER_LIMIT')
    expect(card.buy(100n, '2026-03-10')).to.equal('FOOD')
    expect(card.spent).to.deep.equal(['2026-03-11', 500n, 500n])
  })

  it('counts in the latest month, too', () => {
    const card = new Card(food({ month: 500n }), { FOOD: 1_000n })
    card.buy(400n, '2026-04-01')
    expect(card.buy(101n, '2026-03-31')).to.equal('AMOUNT_OVER_LIMIT')
  })

  it('has its reversals counted where the purchases were counted', () => {
    const card = new Card(food({}))
    card.buy(400n, '2026-03-11')
    card.buy(100n, '2026-03-10')
    card.reverse(1)
    expect(card.spent).to.deep.equal(['2026-03-11', 400n, 400n])
  })
})
