import { mock } from 'node:test'
import { expect } from 'chai'
import { LedgerPoster } from '../../../../src/application/engine/ledger-poster.js'
import type { Ledger } from '../../../../src/application/ledger.js'
import type { Account } from '../../../../src/domain/account.js'
import { unopenedAccount } from '../../../../src/domain/account.js'
import { accountAfter, steps } from '../../../support/database/example-books.js'
import { accountWithJournal, credited, fundedAccount, trimmed } from '../fixtures.js'
import { HandClock } from '../hand-clock.js'
import { InMemoryStore } from '../in-memory-store.js'
import { nextTurns, soon } from '../soon.js'

describe('ledger poster', () => {
  let store: InMemoryStore
  let clock: HandClock
  let poster: LedgerPoster

  beforeEach(() => {
    store = new InMemoryStore()
    clock = new HandClock()
    poster = new LedgerPoster({
      ledger: store,
      clock,
      gatherMsMax: 10,
      onFailure: () => {},
      onDiscrepancy: () => {},
    })
  })

  it('posts the entries of the journal to the ledger', async () => {
    const account = fundedAccount('a')
    poster.add(account)
    await posted()
    expect(store.posted('a')).to.deep.equal(account.journal)
  })

  it('gathers the entries of several accounts into one batch', async () => {
    for (const id of ['a', 'b', 'c']) poster.add(fundedAccount(id))
    await posted()
    expect(store.appending.asked.length).to.equal(1)
  })

  for (const { entries, turn } of [
    { entries: 63, turn: 'waits for more while 63 entries have gathered' },
    { entries: 64, turn: 'does not wait for more once 64 entries have gathered' },
  ]) {
    it(turn, async () => {
      mock.timers.enable({ apis: ['setTimeout'] })
      try {
        poster.add(fundedAccount('a'))
        poster.add(accountWithJournal('b', entries - 2))
        mock.timers.tick(9)
        await nextTurns()
        expect(store.appending.asked.length).to.equal(entries === 64 ? 1 : 0)
        mock.timers.tick(1)
        await nextTurns()
        expect(store.appending.asked.length).to.equal(1)
      } finally {
        mock.timers.reset()
      }
      await posted()
    })
  }

  it('gathers again before each batch', async () => {
    store.appending.hold()
    poster.add(accountWithJournal('a', 64))
    await soon('a batch is on its way', () => store.appending.inProgress === 1)
    poster.add(fundedAccount('b'))
    store.appending.release()
    await soon('the batch has arrived', () => poster.postedThrough('a') === 64n)
    poster.add(fundedAccount('c'))
    await posted()
    expect(store.appending.asked.map((batch) => batch.length)).to.deep.equal([64, 4])
  })

  it('does not use the ledger in the turn in which an account arrives', () => {
    poster.add(fundedAccount('a'))
    expect(store.appending.asked).to.deep.equal([])
  })

  it('sends at most 500 entries at once', async () => {
    poster.add(accountWithJournal('a', 512))
    await posted()
    expect(store.appending.asked.map((batch) => batch.length)).to.deep.equal([500, 12])
  })

  it('sends an entry once, however often its account is committed', async () => {
    const account = fundedAccount('a')
    poster.add(account)
    poster.add(account)
    poster.add(credited(account, { transactionId: 'more', amount: 1n }))
    await posted()
    expect(idsSent()).to.deep.equal(['open', 'fund', 'more'])
  })

  it('sends entries that arrive while a batch is in flight with the next one', async () => {
    store.appending.hold()
    poster.add(fundedAccount('a'))
    await soon('a batch is on its way', () => store.appending.inProgress === 1)
    poster.add(credited(fundedAccount('a'), { transactionId: 'more', amount: 1n }))
    store.appending.release()
    await posted()
    expect(store.appending.asked.map((batch) => batch.length)).to.deep.equal([2, 1])
  })

  it('has one batch in flight', async () => {
    store.appending.hold()
    poster.add(fundedAccount('a'))
    await soon('a batch is on its way', () => store.appending.inProgress === 1)
    poster.add(fundedAccount('b'))
    expect(store.appending.inProgress).to.equal(1)
    store.appending.release()
    await posted()
  })

  it('has no posted entry of an unknown account', () => {
    expect(poster.postedThrough('a')).to.equal(0n)
  })

  it('knows the last posted entry of an account once the ledger has acknowledged it', async () => {
    poster.add(fundedAccount('a'))
    await posted()
    expect(poster.postedThrough('a')).to.equal(2n)
  })

  it('does not count entries in flight as posted', async () => {
    store.appending.hold()
    poster.add(fundedAccount('a'))
    await soon('a batch is on its way', () => store.appending.inProgress === 1)
    expect(poster.postedThrough('a')).to.equal(0n)
    store.appending.release()
    await posted()
  })

  it('counts only acknowledged entries as posted', async () => {
    store.appending.hold()
    poster.add(accountWithJournal('a', 512))
    await soon('the first batch is on its way', () => store.appending.inProgress === 1)
    store.appending.releaseOne()
    await soon('the second batch is on its way', () => store.appending.asked.length === 2)
    expect(poster.postedThrough('a')).to.equal(500n)
    store.appending.release()
    await posted()
  })

  for (let ticks = 0; ticks < 8; ticks++) {
    it(`misses no account that arrives ${ticks} ticks after the last entry was posted`, async () => {
      const ledger: Ledger = {
        find: (keys) => store.find(keys),
        missing: (entries) => store.missing(entries),
        findFollowUps: (keys) => store.findFollowUps(keys),
        append: async (entries) => {
          const damaged = await store.append(entries)
          if (entries[0]?.accountId === 'a') void addLater(ticks)
          return damaged
        },
      }
      poster = new LedgerPoster({
        ledger,
        clock,
        gatherMsMax: 10,
        onFailure: () => {},
        onDiscrepancy: () => {},
      })
      poster.add(fundedAccount('a'))
      await soon('the late account is posted', () => poster.postedThrough('late') === 2n)
    })
  }

  it('starts an account at the beginning of its journal', async () => {
    const account = fundedAccount('a')
    store.putInLedger(...account.journal)
    poster.add(trimmed(credited(account, { transactionId: 'more', amount: 1n })))
    await posted()
    expect(poster.postedThrough('a')).to.equal(3n)
  })

  it('does not append an entry that the ledger already holds', async () => {
    const account = fundedAccount('a')
    store.putInLedger(...account.journal)
    poster.add(credited(account, { transactionId: 'more', amount: 1n }), { foundThrough: 2n })
    await posted()
    expect(store.appending.asked.flat().map(({ transactionId }) => transactionId)).to.deep.equal(['more'])
    expect(poster.postedThrough('a')).to.equal(3n)
  })

  it('appends an entry that is in a journal but not in the ledger', async () => {
    poster.add(fundedAccount('a'), { foundThrough: 2n })
    await posted()
    expect(store.posted('a').length).to.equal(2)
  })

  it('does not search for an entry that was just committed', async () => {
    poster.add(fundedAccount('a'), { foundThrough: 0n })
    await posted()
    expect(store.calls).to.deep.equal(['append'])
  })

  it('does not search for a first entry without a hint that it exists', async () => {
    poster.add(accountAfter('a', [steps.open('open')]))
    await posted()
    expect(store.calls).to.deep.equal(['append'])
  })

  it('reports the number of unposted entries', () => {
    poster.add(fundedAccount('a'))
    expect(poster.unposted).to.equal(2)
  })

  it('reports the age of the oldest unposted entry', () => {
    clock.advance(1_000)
    poster.add(fundedAccount('a'))
    clock.advance(70)
    poster.add(fundedAccount('b'))
    clock.advance(30)
    expect(poster.oldestUnpostedMs).to.equal(100)
  })

  it('reports the age of the first of two successive entries', () => {
    poster.add(accountAfter('a', [steps.open('open')]))
    clock.advance(70)
    poster.add(accountAfter('b', [steps.open('open')]))
    expect(poster.oldestUnpostedMs).to.equal(70)
  })

  it('reports no age when everything is posted', async () => {
    poster.add(fundedAccount('a'))
    await posted()
    clock.advance(100)
    expect(poster.oldestUnpostedMs).to.equal(0)
  })

  describe('with more entries than it can remember', () => {
    const ENTRIES_MAX = 50_000
    const TOO_MANY = 100 * 512 - ENTRIES_MAX
    const many = Array.from({ length: 100 }, (_, index) => `many-${index}`)
    let accounts: readonly Account[]

    before(() => {
      accounts = many.map((id) => accountWithJournal(id, 512))
    })

    it('accepts only as many entries as it has room for', async () => {
      for (const account of accounts) poster.add(account)
      expect(poster.backlog).to.equal(TOO_MANY)
      await withoutRoom()
      expect(store.appending.asked.flat().length).to.equal(ENTRIES_MAX)
    })

    it('counts entries without room as unposted, and measures their age', async () => {
      for (const account of accounts) poster.add(account)
      const all = poster.unposted
      await withoutRoom()
      clock.advance(70)
      expect([all, poster.unposted, poster.oldestUnpostedMs]).to.deep.equal([51_200, TOO_MANY, 70])
    })

    it('reports that age until the entries without room are posted', async () => {
      for (const account of accounts) poster.add(account)
      await withoutRoom()
      clock.advance(70)
      for (const account of accounts) poster.add(account)
      const ageMs = poster.oldestUnpostedMs
      await posted()
      expect([ageMs, poster.oldestUnpostedMs]).to.deep.equal([70, 0])
    })

    it('posts entries without room when their account returns', async () => {
      for (const account of accounts) poster.add(account)
      await withoutRoom()
      for (const account of accounts) poster.add(account)
      await posted()
      expect(many.every((id) => store.posted(id).length === 512)).to.equal(true)
    })

    it('does not count entries without room as posted', async () => {
      for (const account of accounts) poster.add(account)
      await withoutRoom()
      const trusted = many.map((id) => Number(poster.postedThrough(id)))
      expect(trusted).to.deep.equal(many.map((id) => store.posted(id).length))
    })

    /** Waits until all entries with room are posted. */
    async function withoutRoom(): Promise<void> {
      await soon('all that found room is posted', () => poster.unposted === TOO_MANY)
    }

    it('forgets the account that it saw longest ago, and posts it again without harm', async () => {
      const account = fundedAccount('forgotten')
      poster.add(account)
      await posted()
      for (let index = 1; index < 100_000; index++) poster.add(unopenedAccount(`other-${index}`))
      expect(poster.postedThrough('forgotten')).to.equal(2n)
      poster.add(unopenedAccount('other'))
      const known = poster.postedThrough('forgotten')
      poster.add(account)
      await posted()
      expect([known, poster.postedThrough('forgotten')]).to.deep.equal([0n, 2n])
    })

    it('remembers an account that was committed again before 100 000 others', async () => {
      poster.add(fundedAccount('seen'))
      await posted()
      for (let index = 0; index < 60_000; index++) poster.add(unopenedAccount(`other-${index}`))
      poster.add(fundedAccount('seen'))
      for (let index = 60_000; index < 120_000; index++) poster.add(unopenedAccount(`other-${index}`))
      expect(poster.postedThrough('seen')).to.equal(2n)
    })
  })

  async function posted(): Promise<void> {
    await soon('everything is posted', () => poster.unposted === 0)
  }

  async function addLater(ticks: number): Promise<void> {
    for (let tick = 0; tick < ticks; tick++) await Promise.resolve()
    poster.add(fundedAccount('late'))
  }

  function idsSent(): readonly string[] {
    return store.appending.asked.flat().map(({ transactionId }) => transactionId)
  }
})
