import { expect } from 'chai'
import { unopenedAccount } from '../../../src/domain/account.js'
import type { AccountStatus } from '../../../src/domain/account-status.js'
import { challengeCategories } from '../../../src/domain/category.js'
import { type Credit, decideCredit } from '../../../src/domain/credit.js'
import type { Entry } from '../../../src/domain/entry.js'
import { AMOUNT_MAX, BALANCE_MAX, centavos } from '../../../src/domain/money.js'
import { catalogOf } from '../../support/catalog/catalogs.js'
import {
  accountWith,
  adminEntryOf,
  at,
  authorizationOf,
  challengeCatalog,
  creditEntryOf,
  historyOf,
  recorded,
} from './builders.js'
import { CardAccount, effectOf } from './card-account.js'

const creditOf = (over: Partial<Credit> = {}): Credit => ({
  transactionId: 'tx-1',
  wallet: 'FOOD',
  amount: centavos(1000n),
  ...over,
})
const rejection = (name: string) => ({ type: 'REJECTED', rejection: name })
const full = { FOOD: BALANCE_MAX }

describe('credit repeated', () => {
  const statuses: readonly AccountStatus[] = ['ACTIVE', 'BLOCKED', 'CLOSED']
  for (const status of statuses) {
    it(`gets the stored answer on an account now ${status}`, () => {
      const stored = creditEntryOf()
      const history = historyOf(accountWith({ FOOD: 1000n }, { status, version: 9n }), [stored])
      expect(decideCredit(history, creditOf(), challengeCatalog, at)).to.deep.equal({
        type: 'REPLAY',
        entry: stored,
      })
    })
  }

  it('returns the stored entry even when the wallet is full', () => {
    const history = historyOf(accountWith(full, { version: 9n }), [creditEntryOf()])
    expect(decideCredit(history, creditOf(), challengeCatalog, at)).to.deep.equal({
      type: 'REPLAY',
      entry: creditEntryOf(),
    })
  })
})

describe('credit repeated after its category has gone', () => {
  it('gets the stored answer', () => {
    const history = historyOf(accountWith({ FOOD: 1000n }, { version: 9n }), [creditEntryOf()])
    const withoutFood = catalogOf(challengeCategories.filter(({ id }) => id !== 'FOOD'))
    const verdict = decideCredit(history, creditOf(), withoutFood, at)
    expect(verdict).to.deep.equal({ type: 'REPLAY', entry: creditEntryOf() })
  })
})

describe('credit with an id that was used before', () => {
  const uses: readonly (readonly [string, Credit, Entry])[] = [
    ['for another amount', creditOf({ amount: centavos(1001n) }), creditEntryOf()],
    ['for another wallet', creditOf({ wallet: 'MEAL' }), creditEntryOf()],
    ['for a purchase', creditOf(), authorizationOf()],
    ['for a change of the account', creditOf(), adminEntryOf()],
  ]
  for (const [what, credit, entry] of uses) {
    it(`${what} is a reuse`, () => {
      const history = historyOf(accountWith({ FOOD: 1000n }, { version: 1n }), [entry])
      expect(decideCredit(history, credit, challengeCatalog, at)).to.deep.equal({ type: 'REUSED', entry })
    })
  }

  for (const status of ['UNOPENED', 'CLOSED'] as const) {
    it(`is a reuse on an account that is ${status}`, () => {
      const history = historyOf(accountWith({}, { status, version: 1n }), [authorizationOf()])
      expect(decideCredit(history, creditOf(), challengeCatalog, at).type).to.equal('REUSED')
    })
  }
})

describe('credit with a fresh id', () => {
  const closed = catalogOf(challengeCategories.map((category) => ({ ...category, creditsClosed: true })))

  it('is rejected when its category is closed for credits', () => {
    const history = historyOf(accountWith({ FOOD: 1n }))
    expect(decideCredit(history, creditOf(), closed, at)).to.deep.equal(rejection('CREDITS_CLOSED'))
  })

  it('is rejected when the category does not exist', () => {
    const verdict = decideCredit(historyOf(accountWith({})), creditOf({ wallet: 'PETS' }), closed, at)
    expect(verdict).to.deep.equal(rejection('CATEGORY_UNKNOWN'))
  })

  it('is rejected when the account was never opened', () => {
    const history = historyOf(unopenedAccount('account-1'))
    expect(decideCredit(history, creditOf(), challengeCatalog, at)).to.deep.equal(
      rejection('ACCOUNT_NOT_FOUND'),
    )
  })

  it('is rejected when the account is closed', () => {
    const history = historyOf(accountWith({}, { status: 'CLOSED' }))
    expect(decideCredit(history, creditOf(), challengeCatalog, at)).to.deep.equal(rejection('ACCOUNT_CLOSED'))
  })

  it('is rejected as closed before it is rejected as too large', () => {
    const history = historyOf(accountWith(full, { status: 'CLOSED' }))
    expect(decideCredit(history, creditOf(), challengeCatalog, at)).to.deep.equal(rejection('ACCOUNT_CLOSED'))
  })

  it('is rejected when the balance would exceed the maximum by one centavo', () => {
    const history = historyOf(accountWith(full))
    const credit = creditOf({ amount: centavos(1n) })
    expect(decideCredit(history, credit, challengeCatalog, at)).to.deep.equal(rejection('BALANCE_TOO_LARGE'))
  })

  it('may reach the maximum balance', () => {
    const history = historyOf(accountWith({ FOOD: BALANCE_MAX - AMOUNT_MAX }))
    const { movement } = recorded(
      decideCredit(history, creditOf({ amount: centavos(AMOUNT_MAX) }), challengeCatalog, at),
    )
    expect(movement.balanceAfter).to.equal(BALANCE_MAX)
  })

  it("is not rejected because of another wallet's balance", () => {
    const history = historyOf(accountWith(full))
    expect(decideCredit(history, creditOf({ wallet: 'MEAL' }), challengeCatalog, at).type).to.equal('RECORD')
  })

  it('is accepted on a blocked account', () => {
    const history = historyOf(accountWith({}, { status: 'BLOCKED' }))
    expect(decideCredit(history, creditOf(), challengeCatalog, at).type).to.equal('RECORD')
  })

  it('becomes an entry with the movement and the balance after it', () => {
    const history = historyOf(accountWith({ FOOD: 200n, CASH: 7n }, { version: 4n }))
    const movement = { wallet: 'FOOD', delta: 1000n, balanceAfter: 1200n }
    const entry = { kind: 'CREDIT', accountId: 'account-1', transactionId: 'tx-1', seq: 5n, at, movement }
    expect(decideCredit(history, creditOf(), challengeCatalog, at)).to.deep.equal({ type: 'RECORD', entry })
  })

  it('creates a missing wallet', () => {
    const { movement } = recorded(
      decideCredit(historyOf(accountWith({})), creditOf({ wallet: 'MEAL' }), challengeCatalog, at),
    )
    expect(movement).to.deep.equal({ wallet: 'MEAL', delta: 1000n, balanceAfter: 1000n })
  })
})

describe('credit that pays what the wallet owes', () => {
  /** An account that owes 1.00 in FOOD. */
  function owing(): CardAccount {
    const card = new CardAccount({})
    card.capture()
    return card
  }

  it('becomes available as far as nothing is owed', () => {
    const entry = owing().credit({ amount: 130n, paysOwed: true })
    expect(effectOf(entry)).to.equal('CREDIT FOOD 30 held 0 owed -100')
  })

  it('may pay a part, and nothing becomes available', () => {
    const card = owing()
    expect(effectOf(card.credit({ amount: 60n, paysOwed: true }))).to.equal('CREDIT FOOD 0 held 0 owed -60')
    expect(card.standing()).to.include({ available: 0n, owed: 40n })
  })

  it('needs no room for the part that pays', () => {
    const card = owing().set({ wallets: new Map([['FOOD', centavos(BALANCE_MAX)]]) })
    expect(() => card.credit({ amount: 100n })).to.throw('REJECTED')
    expect(effectOf(card.credit({ amount: 100n, paysOwed: true }))).to.equal('CREDIT FOOD 0 held 0 owed -100')
  })

  it('gets the stored answer when it is repeated', () => {
    const card = owing()
    const asked = { transactionId: 'load', amount: 130n, paysOwed: true } as const
    const entry = card.credit(asked)
    expect(card.credit(asked)).to.equal(entry)
    expect(() => card.credit({ transactionId: 'load', amount: 130n })).to.throw('REUSED')
  })
})
