import { expect } from 'chai'
import { unopenedAccount } from '../../../src/domain/account.js'
import type { AccountStatus } from '../../../src/domain/account-status.js'
import type { Entry } from '../../../src/domain/entry.js'
import { decideOpening } from '../../../src/domain/open-account.js'
import {
  accountWith,
  adminEntryOf,
  at,
  authorizationOf,
  creditEntryOf,
  declineOf,
  historyOf,
} from './builders.js'

const opening = { transactionId: 'tx-1', subject: 'back-office' }
const others: readonly AccountStatus[] = ['ACTIVE', 'BLOCKED', 'CLOSED']

describe('repeated opening', () => {
  for (const status of others) {
    it(`gets the stored answer on an account now ${status}`, () => {
      const stored = adminEntryOf()
      const history = historyOf(accountWith({}, { status, version: 9n }), [stored])
      expect(decideOpening(history, opening, at)).to.deep.equal({ type: 'REPLAY', entry: stored })
    })
  }

  it('gets the time of the first opening', () => {
    const history = historyOf(accountWith({}, { version: 1n }), [adminEntryOf()])
    expect(decideOpening(history, opening, new Date('2036-01-01'))).to.deep.include({ entry: adminEntryOf() })
  })
})

describe('opening with an id that was used before', () => {
  const uses: readonly (readonly [string, Entry])[] = [
    ['a purchase', authorizationOf()],
    ['a credit', creditEntryOf()],
    ['a block', adminEntryOf({ action: 'STATUS', status: 'BLOCKED' })],
    ['a closing', adminEntryOf({ action: 'STATUS', status: 'CLOSED' })],
    ['an unblocking', adminEntryOf({ action: 'STATUS' })],
  ]
  for (const [what, entry] of uses) {
    it(`is a reuse for ${what}`, () => {
      const history = historyOf(accountWith({}, { version: 1n }), [entry])
      expect(decideOpening(history, opening, at)).to.deep.equal({ type: 'REUSED', entry })
    })
  }

  it('is a reuse even when the account was never opened', () => {
    const entry = declineOf({ reason: 'ACCOUNT_NOT_FOUND' })
    const history = historyOf({ ...unopenedAccount('account-1'), version: 1n }, [entry])
    expect(decideOpening(history, opening, at)).to.deep.equal({ type: 'REUSED', entry })
  })
})

describe('opening with a fresh id', () => {
  for (const status of others) {
    it(`is rejected when the account is ${status}`, () => {
      const history = historyOf(accountWith({}, { status, version: 1n }))
      expect(decideOpening(history, opening, at)).to.deep.equal({
        type: 'REJECTED',
        rejection: 'ALREADY_OPENED',
      })
    })
  }

  it('makes the account active, and records author and time', () => {
    const entry = {
      kind: 'ADMIN',
      action: 'OPEN',
      accountId: 'account-1',
      transactionId: 'tx-1',
      seq: 1n,
      at,
      status: 'ACTIVE',
      subject: 'back-office',
    }
    const verdict = decideOpening(historyOf(unopenedAccount('account-1')), opening, at)
    expect(verdict).to.deep.equal({ type: 'RECORD', entry })
  })

  it('follows earlier declines in the history', () => {
    const asked = { ...unopenedAccount('account-1'), version: 3n }
    expect(decideOpening(historyOf(asked), opening, at)).to.have.nested.property('entry.seq', 4n)
  })
})
