import { expect } from 'chai'
import type { Entry } from '../../../src/domain/entry.js'
import { centavos } from '../../../src/domain/money.js'
import { fitsFilter, type StatementFilter } from '../../../src/domain/statement.js'
import { adminEntryOf, at, authorizationOf, creditEntryOf, declineOf } from './builders.js'

const later = (ms: number) => new Date(at.getTime() + ms)

const reversal: Entry = {
  kind: 'REVERSAL',
  accountId: 'account-1',
  transactionId: 'rev-1',
  seq: 4n,
  at,
  reason: 'APPROVED',
  originalId: 'tx-1',
  described: {},
  movement: { wallet: 'FOOD', delta: 10n, balanceAfter: centavos(10n) },
}
const { movement: _, ...unmoved } = reversal
const mark: Entry = { ...unmoved, reason: 'REVERSED_BEFORE_PURCHASE' }
const declinedReversal: Entry = { ...unmoved, reason: 'ALREADY_REVERSED' }

const verified = { amount: centavos(0n), verification: true } as const

const all: Readonly<Record<string, Entry>> = {
  purchase: authorizationOf(),
  decline: declineOf(),
  verification: declineOf({ ...verified, reason: 'VERIFIED', verifiedWallet: 'FOOD' }),
  credit: creditEntryOf(),
  change: adminEntryOf(),
  reversal,
  mark,
  declinedReversal,
}
const every = Object.keys(all)

/** Names of the matching entries. */
function fitting(filter: StatementFilter): readonly string[] {
  return every.filter((name) => {
    const entry = all[name]
    return entry !== undefined && fitsFilter(entry, filter)
  })
}

describe('statement filter', () => {
  it('lets every entry through when it is empty', () => {
    expect(fitting({})).to.deep.equal(every)
  })

  const byKind = {
    AUTHORIZATION: ['purchase', 'decline', 'verification'],
    REVERSAL: ['reversal', 'mark', 'declinedReversal'],
    CREDIT: ['credit'],
    ADMIN: ['change'],
  } as const
  for (const kind of ['AUTHORIZATION', 'REVERSAL', 'CREDIT', 'ADMIN'] as const) {
    it(`finds entries of the kind ${kind}`, () => {
      expect(fitting({ kind })).to.deep.equal(byKind[kind])
    })
  }

  it('finds entries that took effect, including early reversals and verifications', () => {
    expect(fitting({ decision: 'APPROVED' })).to.deep.equal([
      'purchase',
      'verification',
      'credit',
      'change',
      'reversal',
      'mark',
    ])
  })

  it('finds entries without effect', () => {
    expect(fitting({ decision: 'DECLINED' })).to.deep.equal(['decline', 'declinedReversal'])
  })

  it('finds entries that moved money of a wallet', () => {
    expect(fitting({ wallet: 'FOOD' })).to.deep.equal(['purchase', 'credit', 'reversal'])
  })

  it('finds nothing for an unused wallet', () => {
    expect(fitting({ wallet: 'CASH' })).to.deep.equal([])
  })

  it('includes the start time itself', () => {
    expect(fitting({ startAt: at })).to.deep.equal(every)
  })

  it('omits an entry of a millisecond before the start', () => {
    expect(fitting({ startAt: later(1) })).to.deep.equal([])
  })

  it('excludes the end time itself', () => {
    expect(fitting({ endAt: at })).to.deep.equal([])
  })

  it('includes an entry of a millisecond before the end', () => {
    expect(fitting({ endAt: later(1) })).to.deep.equal(every)
  })

  it('combines all set conditions', () => {
    const filter: StatementFilter = { kind: 'REVERSAL', decision: 'APPROVED', wallet: 'FOOD', startAt: at }
    expect(fitting(filter)).to.deep.equal(['reversal'])
  })
})
