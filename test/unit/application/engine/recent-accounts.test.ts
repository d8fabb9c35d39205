import { expect } from 'chai'
import { RecentAccounts } from '../../../../src/application/engine/recent-accounts.js'
import { reverse } from '../../../../src/application/reverse.js'
import { type Account, JOURNAL_MAX } from '../../../../src/domain/account.js'
import type { OpenHold } from '../../../../src/domain/open-hold.js'
import { v8Codec } from '../../../../src/storage/account/v8-codec.js'
import { accountWithJournal, credited, fundedAccount, patience, purchase } from '../fixtures.js'
import { soon } from '../soon.js'
import { allSettled, type TestEngine, testEngine } from '../test-engine.js'

const committed = { copied: false }

describe('recent accounts', () => {
  const account = fundedAccount('a')
  const newer = credited(account, { transactionId: 'more', amount: 1n })
  let recent: RecentAccounts

  beforeEach(() => {
    recent = new RecentAccounts(v8Codec)
  })

  it('return no copy of an account that was only read', () => {
    recent.loaded(account)
    expect(recent.get('a')).to.equal(undefined)
  })

  it('return a copy of an account as last committed', () => {
    recent.committed(account, committed)
    recent.committed(newer, committed)
    expect(recent.get('a')).to.deep.equal(newer)
  })

  it('withhold a stale copy', () => {
    recent.committed(account, committed)
    recent.stale('a')
    expect(recent.get('a')).to.equal(undefined)
  })

  it('withhold the next copy of an account with a stale copy', () => {
    recent.committed(account, committed)
    recent.stale('a')
    recent.committed(newer, committed)
    expect(recent.get('a')).to.equal(undefined)
  })

  it('use a copy again once a copy of the account has proven current', () => {
    recent.committed(account, committed)
    recent.stale('a')
    recent.committed(newer, committed)
    recent.loaded(newer)
    expect(recent.get('a')).to.deep.equal(newer)
  })

  it('replace a stale copy with the account as read, once that is proven current', () => {
    recent.committed(account, committed)
    recent.loaded(newer)
    expect(recent.get('a')).to.equal(undefined)
    recent.loaded(newer)
    expect(recent.get('a')).to.deep.equal(newer)
  })

  it('return no copy after a commit with an unknown outcome', () => {
    recent.committed(account, committed)
    recent.forget('a')
    expect(recent.get('a')).to.equal(undefined)
  })

  it('return no copies while more than one in ten is stale', () => {
    makeStale(recent, 7)
    recent.committed(account, committed)
    expect(recent.get('a')).to.equal(undefined)
  })

  it('return copies while fewer are stale', () => {
    makeStale(recent, 6)
    recent.committed(account, committed)
    expect(recent.get('a')).to.deep.equal(account)
  })

  it('return copies again when nearly all of them would have been current', () => {
    makeStale(recent, 7)
    recent.committed(account, committed)
    for (let looks = 0; looks < 64; looks++) recent.loaded(account)
    expect(recent.get('a')).to.deep.equal(account)
  })

  describe('packing of a copy', () => {
    let packed: string[]
    let unpacked: number

    beforeEach(() => {
      packed = []
      unpacked = 0
      recent = new RecentAccounts({
        pack: (account) => {
          packed.push(account.id)
          return v8Codec.pack(account)
        },
        unpack: (what) => {
          unpacked += 1
          return v8Codec.unpack(what)
        },
      })
    })

    it('spares an account in constant use', () => {
      for (let times = 0; times < 9; times++) {
        recent.committed(newer, committed)
        expect(recent.get('a')).to.equal(newer)
      }
      expect({ packed, unpacked }).to.deep.equal({ packed: [], unpacked: 0 })
    })

    it('starts when the other accounts and their entries number more than 4,096', () => {
      recent.committed(holding(1, 'cold'), committed)
      recent.committed(holding(4_093, 'hot'), committed)
      expect(packed).to.deep.equal([])
      recent.committed(holding(4_094, 'hot'), committed)
      expect(packed).to.deep.equal(['cold'])
    })

    it('preserves a copy, which is unpacked once for as long as it is used', () => {
      const cold = holding(1, 'cold')
      recent.committed(cold, committed)
      recent.committed(holding(4_094, 'hot'), committed)
      expect(recent.get('cold')).to.deep.equal(cold)
      expect(recent.get('cold')).to.deep.equal(cold)
      expect(unpacked).to.equal(1)
    })

    it('is not repeated for an unchanged copy', () => {
      recent.committed(holding(1, 'cold'), committed)
      recent.committed(holding(4_094, 'hot'), committed)
      recent.get('cold')
      recent.committed(holding(4_094, 'hot'), committed)
      expect(packed.filter((id) => id === 'cold')).to.have.lengthOf(1)
      expect(recent.get('cold')).not.to.equal(undefined)
    })

    it('is repeated for a changed copy', () => {
      const changed = holding(2, 'cold')
      recent.committed(holding(1, 'cold'), committed)
      recent.committed(holding(4_094, 'hot'), committed)
      recent.committed(changed, committed)
      recent.committed(holding(4_094, 'hot'), committed)
      expect(packed.filter((id) => id === 'cold')).to.have.lengthOf(2)
      expect(recent.get('cold')).to.deep.equal(changed)
    })

    it('does not happen to a copy that was forgotten while in use', () => {
      recent.committed(holding(1, 'cold'), committed)
      recent.forget('cold')
      recent.committed(holding(4_095, 'hot'), committed)
      expect(packed).to.deep.equal([])
      expect(recent.get('cold')).to.equal(undefined)
    })
  })

  describe('trust in copies', () => {
    const stale = (count: number): RecentAccounts => {
      const recent = new RecentAccounts(v8Codec)
      for (let index = 0; index <= count; index++)
        recent.committed(fundedAccount(`a-${index}`), { copied: false })
      for (let index = 0; index < count; index++) recent.stale(`a-${index}`)
      return recent
    }

    it('is lost with the seventh stale copy', () => {
      expect(stale(6).get('a-6')).not.to.equal(undefined)
      expect(stale(7).get('a-7')).to.equal(undefined)
    })

    it('does not fall when a copy is marked stale twice', () => {
      const recent = stale(6)
      recent.stale('a-0')
      recent.stale('nobody')
      expect(recent.get('a-6')).not.to.equal(undefined)
    })

    it('is lost with a copy that another read proves stale', () => {
      const recent = stale(6)
      recent.loaded(credited(fundedAccount('a-6'), { transactionId: 'theirs', amount: 1n }))
      recent.committed(fundedAccount('other'), { copied: false })
      expect(recent.get('other')).to.equal(undefined)
    })

    it('returns after three current copies', () => {
      const recent = stale(7)
      for (let times = 1; times <= 3; times++) {
        expect(recent.get('a-7'), `${times}`).to.equal(undefined)
        recent.committed(fundedAccount('a-7'), { copied: true })
      }
      expect(recent.get('a-7')).not.to.equal(undefined)
    })

    it('does not return with commits that needed no copy', () => {
      const recent = stale(7)
      for (let times = 0; times < 9; times++) recent.committed(fundedAccount('a-7'), { copied: false })
      expect(recent.get('a-7')).to.equal(undefined)
    })
  })

  /** An account with so many entries in its journal. */
  const holding = (length: number, id: string): Account => ({
    ...account,
    id,
    journal: Array.from({ length }, () => account.journal[0]).flatMap((entry) => entry ?? []),
  })
  const long = (id: string): Account => holding(500, id)

  it('forget the account longest unused when the journals hold more than 50,000 entries', () => {
    for (let index = 0; index < 100; index++) recent.committed(long(`${index}`), committed)
    recent.committed(long('0'), committed)
    expect(recent.get('1')).not.to.equal(undefined)
    recent.committed(holding(1, 'one more'), committed)
    const kept = ['0', '1', '2', 'one more'].filter((id) => recent.get(id) !== undefined)
    expect(kept).to.deep.equal(['0', '2', 'one more'])
  })

  it('count eight open holds as one entry', () => {
    const hold: OpenHold = {
      ...{ id: 'hold', wallet: 'FOOD', authorized: 1n, captured: 0n, released: 0n },
      ...{ expiresAt: new Date(0), counted: [{ day: '1970-01-01', amount: 1n }] },
    }
    const withHolds = { ...holding(42, 'holds'), holds: Array.from({ length: 64 }, () => hold) }
    for (let index = 0; index < 1_000; index++) recent.committed({ ...withHolds, id: `${index}` }, committed)
    expect(recent.get('0')).not.to.equal(undefined)
    recent.committed(holding(1, 'one more'), committed)
    expect([recent.get('0'), recent.get('1')].map((copy) => copy?.id)).to.deep.equal([undefined, '1'])
  })

  it('have room again after copies were dropped', () => {
    recent.committed(long('first'), committed)
    for (let index = 0; index < 100; index++) {
      recent.committed(long(`${index}`), committed)
      recent.forget(`${index}`)
    }
    expect(recent.get('first')).not.to.equal(undefined)
  })
})

function makeStale(recent: RecentAccounts, count: number): void {
  for (let index = 0; index < count; index++) {
    recent.committed(fundedAccount(`stale-${index}`), committed)
    recent.stale(`stale-${index}`)
  }
}

describe('engine: a stale copy', () => {
  let test: TestEngine

  beforeEach(async () => {
    test = testEngine()
    test.store.put(fundedAccount('a', 1_000n))
    await test.authorize('a', purchase('1', 100n), patience)
    await allSettled(test)
  })

  it('leads to no decision: the account is read and decided on at once', async () => {
    creditBehindItsBack(600n)
    const verdict = await test.authorize('a', purchase('2', 1_500n), patience)
    expect(verdict.type === 'RECORD' && verdict.entry.movement?.balanceAfter).to.equal(0n)
  })

  it('is reported once for each request', async () => {
    creditBehindItsBack(600n)
    await test.authorize('a', purchase('2', 1n), patience)
    expect(test.retries).to.deep.equal(['STALE_COPY'])
  })

  it('causes no decline when the account could pay', async () => {
    creditBehindItsBack(1n)
    const verdict = await test.authorize('a', purchase('2', 901n), patience)
    expect(verdict.type === 'RECORD' && verdict.entry.reason).to.equal('APPROVED')
  })

  it('does not hide an entry of another process', async () => {
    const other = testEngine({ store: test.store })
    await other.authorize('a', purchase('2', 100n), patience)
    const verdict = await test.authorize('a', purchase('2', 100n), patience)
    expect(verdict.type).to.equal('REPLAY')
  })

  it('does not hide an entry of another process that has left the journal', async () => {
    const other = testEngine({ store: test.store })
    await other.authorize('a', purchase('2', 100n), patience)
    await allSettled(other)
    await other.authorize('a', purchase('3', 100n), patience)
    const verdict = await test.authorize('a', purchase('2', 100n), patience)
    expect(verdict.type).to.equal('REPLAY')
  })

  it('does not undo a purchase of another process', async () => {
    // Now the copy's journal has only the latest entry, and others are read from the ledger.
    await test.authorize('a', purchase('latest', 1n), patience)
    await allSettled(test)
    const other = testEngine({ store: test.store })
    await other.authorize('a', purchase('2', 300n), patience)
    await allSettled(other)
    await other.authorize('a', purchase('3', 1n), patience)
    await allSettled(other)
    const reversal = { transactionId: 'back', originalId: '2', described: {} }
    const verdict = await reverse(test.engine, 'a', reversal, patience)
    expect(verdict.type === 'RECORD' && verdict.entry.movement?.delta).to.equal(300n)
  })

  it('causes no permanent rejection: a request without an entry is decided on the current account', async () => {
    creditBehindItsBack(7n)
    const seen: bigint[] = []
    await test.engine.execute(
      {
        accountId: 'a',
        lane: 'PURCHASE',
        transactionIds: ['look'],
        decide: ({ account }) => {
          seen.push(account.version)
          return { type: 'REJECTED', rejection: 'NO' }
        },
      },
      patience,
    )
    expect(seen).to.deep.equal([3n, 4n])
  })

  it("does not hide the request's own entry after a lost reply", async () => {
    test.store.committing.meets('LOST_REPLY')
    const verdict = await test.authorize('a', purchase('2', 100n), patience)
    expect(verdict.type).to.equal('REPLAY')
  })

  it('does not block an account when the copy has a full journal', async () => {
    test.store.appending.alwaysMeets('OUTAGE')
    // This process has posted none of it.
    test.store.put(accountWithJournal('b', JOURNAL_MAX - 1))
    await test.authorize('b', purchase('full'), patience)
    // Another process has posted meanwhile, and shortened the journal.
    const { journal, ...account } = test.store.account('b')
    test.store.putInLedger(...journal)
    test.store.put(
      credited({ ...account, journal: journal.slice(-1) }, { transactionId: 'theirs', amount: 1n }),
    )
    const verdict = await test.authorize('b', purchase('after', 1n), patience)
    expect(verdict.type).to.equal('RECORD')
    test.store.appending.alwaysMeets(undefined)
    await soon('all is posted', () => test.poster.unposted === 0)
  })

  function creditBehindItsBack(amount: bigint): void {
    test.store.put(credited(test.store.account('a'), { transactionId: 'theirs', amount }))
  }
})
