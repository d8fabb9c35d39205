import { expect } from 'chai'
import type { AccountStatus } from '../../../src/domain/account-status.js'
import { decideStatusChange, type StatusChange } from '../../../src/domain/change-status.js'
import type { Entry } from '../../../src/domain/entry.js'
import {
  accountWith,
  adminEntryOf,
  at,
  authorizationOf,
  creditEntryOf,
  historyOf,
  recorded,
} from './builders.js'

type Opened = StatusChange['status']
const opened: readonly Opened[] = ['ACTIVE', 'BLOCKED', 'CLOSED']

function change(from: AccountStatus, to: Opened, past: readonly Entry[] = []) {
  const history = historyOf(accountWith({ CASH: 5n }, { status: from, version: 4n }), past)
  return decideStatusChange(history, { transactionId: 'change-1', status: to, subject: 'ana' }, at)
}

/** The entry of a change with the id change-1. */
const stored = (status: Opened) =>
  adminEntryOf({ action: 'STATUS', transactionId: 'change-1', status, seq: 4n })

describe('a change of status with an id that was used before', () => {
  for (const status of opened) {
    it(`gets the stored answer for the same change, on an account now ${status}`, () => {
      const verdict = change(status, 'BLOCKED', [stored('BLOCKED')])
      expect(verdict).to.deep.equal({ type: 'REPLAY', entry: stored('BLOCKED') })
    })
  }

  const uses: readonly (readonly [string, Entry])[] = [
    ['a change to another status', stored('ACTIVE')],
    ['the opening of the account', adminEntryOf({ transactionId: 'change-1', status: 'BLOCKED' })],
    ['a purchase', authorizationOf({ transactionId: 'change-1' })],
    ['a credit', creditEntryOf({ transactionId: 'change-1' })],
  ]
  for (const [what, entry] of uses) {
    it(`is a reuse for ${what}`, () => {
      expect(change('ACTIVE', 'BLOCKED', [entry])).to.deep.equal({ type: 'REUSED', entry })
    })
  }

  it('is a reuse, even when the account was never opened', () => {
    const entry = authorizationOf({ transactionId: 'change-1' })
    expect(change('UNOPENED', 'BLOCKED', [entry]).type).to.equal('REUSED')
  })
})

describe('a change of status with a fresh id', () => {
  const allowed: readonly (readonly [Opened, Opened])[] = [
    ['ACTIVE', 'BLOCKED'],
    ['ACTIVE', 'CLOSED'],
    ['BLOCKED', 'ACTIVE'],
    ['BLOCKED', 'CLOSED'],
  ]
  for (const [from, to] of allowed) {
    it(`changes ${from} to ${to}`, () => {
      expect(recorded(change(from, to)).status).to.equal(to)
    })
  }

  for (const status of opened) {
    it(`to the current status ${status} still creates an entry: its id is used`, () => {
      expect(recorded(change(status, status))).to.include({ transactionId: 'change-1', status, seq: 5n })
    })
    it(`to ${status} is rejected while the account was never opened`, () => {
      expect(change('UNOPENED', status)).to.deep.equal({ type: 'REJECTED', rejection: 'ACCOUNT_NOT_FOUND' })
    })
  }

  for (const status of ['ACTIVE', 'BLOCKED'] as const) {
    it(`to ${status} is rejected on a closed account, which never opens again`, () => {
      expect(change('CLOSED', status)).to.deep.equal({ type: 'REJECTED', rejection: 'ACCOUNT_CLOSED' })
    })
  }

  it('creates an entry with author and time', () => {
    expect(recorded(change('ACTIVE', 'BLOCKED'))).to.deep.equal({
      kind: 'ADMIN',
      action: 'STATUS',
      accountId: 'account-1',
      transactionId: 'change-1',
      seq: 5n,
      at,
      status: 'BLOCKED',
      subject: 'ana',
    })
  })
})
