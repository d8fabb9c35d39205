import { mock } from 'node:test'
import { expect } from 'chai'
import { Settler } from '../../../../src/application/engine/settler.js'
import type { Ledger } from '../../../../src/application/ledger.js'
import type { Account } from '../../../../src/domain/account.js'
import { unopenedAccount } from '../../../../src/domain/account.js'
import { accountAfter, steps } from '../../../support/database/example-books.js'
import { accountWithJournal, credited, fundedAccount, trimmed } from '../fixtures.js'
import { HandClock } from '../hand-clock.js'
import { InMemoryStore } from '../in-memory-store.js'
import { nextTurns, soon } from '../soon.js'

describe('settler', () => {
  let store: InMemoryStore
  let clock: HandClock
  let settler: Settler

  beforeEach(() => {
    store = new InMemoryStore()
    clock = new HandClock()
    settler = new Settler({
      ledger: store,
      clock,
      gatherMsMax: 10,
      onFailure: () => {},
      onDiscrepancy: () => {},
    })
  })

  it('copies what the journal holds to the ledger', async () => {
    const account = fundedAccount('a')
    settler.add(account)
    await settled()
    expect(store.settled('a')).to.deep.equal(account.journal)
  })

  it('gathers the entries of several accounts into one batch', async () => {
    for (const id of ['a', 'b', 'c']) settler.add(fundedAccount(id))
    await settled()
    expect(store.appending.asked.length).to.equal(1)
  })

  for (const { entries, turn } of [
    { entries: 63, turn: 'waits for more while 63 entries have gathered' },
    { entries: 64, turn: 'does not wait for more once 64 entries have gathered' },
  ]) {
    it(turn, async () => {
      mock.timers.enable({ apis: ['setTimeout'] })
      try {
        settler.add(fundedAccount('a'))
        settler.add(accountWithJournal('b', entries - 2))
        mock.timers.tick(9)
        await nextTurns()
        expect(store.appending.asked.length).to.equal(entries === 64 ? 1 : 0)
        mock.timers.tick(1)
        await nextTurns()
        expect(store.appending.asked.length).to.equal(1)
      } finally {
        mock.timers.reset()
      }
      await settled()
    })
  }

  it('gathers anew before each batch', async () => {
    store.appending.hold()
    settler.add(accountWithJournal('a', 64))
    await soon('a batch is on its way', () => store.appending.inProgress === 1)
    settler.add(fundedAccount('b'))
    store.appending.release()
    await soon('the batch has arrived', () => settler.settledThrough('a') === 64n)
    settler.add(fundedAccount('c'))
    await settled()
    expect(store.appending.asked.map((batch) => batch.length)).to.deep.equal([64, 4])
  })

  it('does not ask the ledger in the turn in which an account comes', () => {
    settler.add(fundedAccount('a'))
    expect(store.appending.asked).to.deep.equal([])
  })

  it('sends at most 500 entries at once', async () => {
    settler.add(accountWithJournal('a', 512))
    await settled()
    expect(store.appending.asked.map((batch) => batch.length)).to.deep.equal([500, 12])
  })

  it('sends an entry once, however often its account comes', async () => {
    const account = fundedAccount('a')
    settler.add(account)
    settler.add(account)
    settler.add(credited(account, { transactionId: 'more', amount: 1n }))
    await settled()
    expect(idsSent()).to.deep.equal(['open', 'fund', 'more'])
  })

  it('sends what comes while a batch is on its way with the next one', async () => {
    store.appending.hold()
    settler.add(fundedAccount('a'))
    await soon('a batch is on its way', () => store.appending.inProgress === 1)
    settler.add(credited(fundedAccount('a'), { transactionId: 'more', amount: 1n }))
    store.appending.release()
    await settled()
    expect(store.appending.asked.map((batch) => batch.length)).to.deep.equal([2, 1])
  })

  it('has one batch on its way at once', async () => {
    store.appending.hold()
    settler.add(fundedAccount('a'))
    await soon('a batch is on its way', () => store.appending.inProgress === 1)
    settler.add(fundedAccount('b'))
    expect(store.appending.inProgress).to.equal(1)
    store.appending.release()
    await settled()
  })

  it('knows nothing of an account that never came', () => {
    expect(settler.settledThrough('a')).to.equal(0n)
  })

  it('knows how far an account has come once the ledger has acknowledged it', async () => {
    settler.add(fundedAccount('a'))
    await settled()
    expect(settler.settledThrough('a')).to.equal(2n)
  })

  it('does not count on what is only on its way', async () => {
    store.appending.hold()
    settler.add(fundedAccount('a'))
    await soon('a batch is on its way', () => store.appending.inProgress === 1)
    expect(settler.settledThrough('a')).to.equal(0n)
    store.appending.release()
    await settled()
  })

  it('counts on no more than what the ledger has acknowledged so far', async () => {
    store.appending.hold()
    settler.add(accountWithJournal('a', 512))
    await soon('the first batch is on its way', () => store.appending.inProgress === 1)
    store.appending.releaseOne()
    await soon('the second batch is on its way', () => store.appending.asked.length === 2)
    expect(settler.settledThrough('a')).to.equal(500n)
    store.appending.release()
    await settled()
  })

  for (let ticks = 0; ticks < 8; ticks++) {
    it(`misses no account that comes ${ticks} ticks after the last entry was settled`, async () => {
      const ledger: Ledger = {
        find: (keys) => store.find(keys),
        missing: (entries) => store.missing(entries),
        findReversals: (keys) => store.findReversals(keys),
        append: async (entries) => {
          const damaged = await store.append(entries)
          if (entries[0]?.accountId === 'a') void addLater(ticks)
          return damaged
        },
      }
      settler = new Settler({ ledger, clock, gatherMsMax: 10, onFailure: () => {}, onDiscrepancy: () => {} })
      settler.add(fundedAccount('a'))
      await soon('the late account is settled', () => settler.settledThrough('late') === 2n)
    })
  }

  it('takes an account on where its journal begins', async () => {
    const account = fundedAccount('a')
    store.putInLedger(...account.journal)
    settler.add(trimmed(credited(account, { transactionId: 'more', amount: 1n })))
    await settled()
    expect(settler.settledThrough('a')).to.equal(3n)
  })

  it('does not append what it finds in a journal and in the ledger', async () => {
    const account = fundedAccount('a')
    store.putInLedger(...account.journal)
    settler.add(credited(account, { transactionId: 'more', amount: 1n }), { foundThrough: 2n })
    await settled()
    expect(store.appending.asked.flat().map(({ transactionId }) => transactionId)).to.deep.equal(['more'])
    expect(settler.settledThrough('a')).to.equal(3n)
  })

  it('appends what it finds in a journal and not in the ledger', async () => {
    settler.add(fundedAccount('a'), { foundThrough: 2n })
    await settled()
    expect(store.settled('a').length).to.equal(2)
  })

  it('looks for nothing that was just committed', async () => {
    settler.add(fundedAccount('a'), { foundThrough: 0n })
    await settled()
    expect(store.calls).to.deep.equal(['append'])
  })

  it('looks for no first entry that nobody says was found', async () => {
    settler.add(accountAfter('a', [steps.open('open')]))
    await settled()
    expect(store.calls).to.deep.equal(['append'])
  })

  it('tells the number of entries that are not settled', () => {
    settler.add(fundedAccount('a'))
    expect(settler.unsettled).to.equal(2)
  })

  it('tells the age of the oldest entry that is not settled', () => {
    clock.advance(1_000)
    settler.add(fundedAccount('a'))
    clock.advance(70)
    settler.add(fundedAccount('b'))
    clock.advance(30)
    expect(settler.oldestUnsettledMs).to.equal(100)
  })

  it('tells the age of the first of two that came one after the other', () => {
    settler.add(accountAfter('a', [steps.open('open')]))
    clock.advance(70)
    settler.add(accountAfter('b', [steps.open('open')]))
    expect(settler.oldestUnsettledMs).to.equal(70)
  })

  it('tells no age when everything is settled', async () => {
    settler.add(fundedAccount('a'))
    await settled()
    clock.advance(100)
    expect(settler.oldestUnsettledMs).to.equal(0)
  })

  describe('with more than it can remember', () => {
    const ENTRIES_MAX = 50_000
    const TOO_MANY = 100 * 512 - ENTRIES_MAX
    const many = Array.from({ length: 100 }, (_, index) => `many-${index}`)
    let accounts: readonly Account[]

    before(() => {
      accounts = many.map((id) => accountWithJournal(id, 512))
    })

    it('takes no more entries than it has room for', async () => {
      for (const account of accounts) settler.add(account)
      expect(settler.withheld).to.equal(TOO_MANY)
      await withoutRoom()
      expect(store.appending.asked.flat().length).to.equal(ENTRIES_MAX)
    })

    it('counts what found no room as not settled, and how long it has been waiting', async () => {
      for (const account of accounts) settler.add(account)
      const all = settler.unsettled
      await withoutRoom()
      clock.advance(70)
      expect([all, settler.unsettled, settler.oldestUnsettledMs]).to.deep.equal([51_200, TOO_MANY, 70])
    })

    it('tells that age until what found no room is settled', async () => {
      for (const account of accounts) settler.add(account)
      await withoutRoom()
      clock.advance(70)
      for (const account of accounts) settler.add(account)
      const ageMs = settler.oldestUnsettledMs
      await settled()
      expect([ageMs, settler.oldestUnsettledMs]).to.deep.equal([70, 0])
    })

    it('settles what found no room when its account comes again', async () => {
      for (const account of accounts) settler.add(account)
      await withoutRoom()
      for (const account of accounts) settler.add(account)
      await settled()
      expect(many.every((id) => store.settled(id).length === 512)).to.equal(true)
    })

    it('does not count on what found no room', async () => {
      for (const account of accounts) settler.add(account)
      await withoutRoom()
      const trusted = many.map((id) => Number(settler.settledThrough(id)))
      expect(trusted).to.deep.equal(many.map((id) => store.settled(id).length))
    })

    /** Waits until all that found room is settled. */
    async function withoutRoom(): Promise<void> {
      await soon('all that found room is settled', () => settler.unsettled === TOO_MANY)
    }

    it('forgets the account that it saw longest ago, and settles it again without harm', async () => {
      const account = fundedAccount('forgotten')
      settler.add(account)
      await settled()
      for (let index = 1; index < 100_000; index++) settler.add(unopenedAccount(`other-${index}`))
      expect(settler.settledThrough('forgotten')).to.equal(2n)
      settler.add(unopenedAccount('other'))
      const known = settler.settledThrough('forgotten')
      settler.add(account)
      await settled()
      expect([known, settler.settledThrough('forgotten')]).to.deep.equal([0n, 2n])
    })

    it('remembers an account that came again before 100 000 others', async () => {
      settler.add(fundedAccount('seen'))
      await settled()
      for (let index = 0; index < 60_000; index++) settler.add(unopenedAccount(`other-${index}`))
      settler.add(fundedAccount('seen'))
      for (let index = 60_000; index < 120_000; index++) settler.add(unopenedAccount(`other-${index}`))
      expect(settler.settledThrough('seen')).to.equal(2n)
    })
  })

  async function settled(): Promise<void> {
    await soon('everything is settled', () => settler.unsettled === 0)
  }

  async function addLater(ticks: number): Promise<void> {
    for (let tick = 0; tick < ticks; tick++) await Promise.resolve()
    settler.add(fundedAccount('late'))
  }

  function idsSent(): readonly string[] {
    return store.appending.asked.flat().map(({ transactionId }) => transactionId)
  }
})
