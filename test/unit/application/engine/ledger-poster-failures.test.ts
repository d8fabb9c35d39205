import { expect } from 'chai'
import { LedgerPoster } from '../../../../src/application/engine/ledger-poster.js'
import { isUnavailable } from '../../../../src/application/errors.js'
import type { Ledger } from '../../../../src/application/ledger.js'
import { applyEntry, unopenedAccount } from '../../../../src/domain/account.js'
import type { Entry } from '../../../../src/domain/entry.js'
import { accountWithJournal, credited, fundedAccount, trimmed } from '../fixtures.js'
import { HandClock } from '../hand-clock.js'
import { InMemoryStore } from '../in-memory-store.js'
import { nextTurns, soon } from '../soon.js'

describe('poster: with a failing ledger', () => {
  let store: InMemoryStore
  let poster: LedgerPoster
  let failures: unknown[]
  let discrepancy: Entry[]
  let whenFailed: () => void

  beforeEach(() => {
    store = new InMemoryStore()
    failures = []
    discrepancy = []
    whenFailed = () => {}
    poster = new LedgerPoster({
      ledger: store,
      clock: new HandClock(),
      gatherMsMax: 10,
      onFailure: (error) => {
        failures.push(error)
        whenFailed()
      },
      onDiscrepancy: (entry) => discrepancy.push(entry),
    })
  })

  it('retries until the ledger accepts the entries', async () => {
    store.appending.meets('OUTAGE', 'OUTAGE')
    poster.add(fundedAccount('a'))
    await posted()
    expect(poster.postedThrough('a')).to.equal(2n)
  })

  it('reports each failed attempt', async () => {
    store.appending.meets('OUTAGE', 'OUTAGE')
    poster.add(fundedAccount('a'))
    await posted()
    expect(failures.length).to.equal(2)
  })

  it('retries after an unexpected error, too', async () => {
    store.appending.meets(new TypeError('a bug'))
    poster.add(fundedAccount('a'))
    await posted()
    expect(poster.postedThrough('a')).to.equal(2n)
  })

  it('pauses longer before each attempt, for 10 ms at least', async () => {
    const timesMs: number[] = []
    store.appending.onCall = () => timesMs.push(performance.now())
    store.appending.meets('OUTAGE', 'OUTAGE', 'OUTAGE')
    poster.add(fundedAccount('a'))
    await posted()
    const pauses = timesMs.slice(1).map((timeMs, index) => timeMs - (timesMs[index] ?? 0))
    // Timers may be a millisecond early.
    const longEnough = pauses.map((pauseMs, index) => pauseMs >= 10 * 2 ** index - 1)
    expect(longEnough).to.deep.equal([true, true, true])
  })

  it('sends new entries with the next attempt', async () => {
    store.appending.meets('OUTAGE')
    whenFailed = () => poster.add(fundedAccount('b'))
    poster.add(fundedAccount('a'))
    await posted()
    expect(store.appending.asked.map((batch) => batch.length)).to.deep.equal([2, 4])
  })

  it('counts no entry as posted while the ledger fails', async () => {
    let known: bigint | undefined
    store.appending.meets('LOST_REPLY')
    whenFailed = () => {
      known = poster.postedThrough('a')
    }
    poster.add(fundedAccount('a'))
    await posted()
    expect(known).to.equal(0n)
  })

  it('adds an entry once when its reply was lost', async () => {
    store.appending.meets('LOST_REPLY')
    poster.add(fundedAccount('a'))
    await posted()
    expect(store.posted('a')).to.deep.equal(fundedAccount('a').journal)
  })

  describe('whose place for an entry is taken by another', () => {
    const account = fundedAccount('a')
    const [opening, funding] = account.journal

    beforeEach(() => {
      const intruder = credited(applyEntry({ ...account, journal: [] }, { ...next(), seq: 3n }), {
        transactionId: 'fund',
        amount: 1n,
      }).journal.at(-1)
      if (intruder) store.putInLedger(intruder)
    })

    it('reports the entry', async () => {
      poster.add(account)
      await backlog(1)
      expect(discrepancy).to.deep.equal([funding])
    })

    it('counts only earlier entries as posted', async () => {
      poster.add(account)
      await backlog(1)
      expect(poster.postedThrough('a')).to.equal(1n)
    })

    it('counts no later entry of that account as posted', async () => {
      poster.add(account)
      await backlog(1)
      poster.add(applyEntry(account, next()))
      await backlog(2)
      expect(poster.postedThrough('a')).to.equal(1n)
    })

    it('counts no later entry as posted that was already in flight', async () => {
      store.appending.hold()
      poster.add(account)
      await soon('the entry is on its way', () => store.appending.inProgress === 1)
      poster.add(applyEntry(account, next()))
      store.appending.release()
      await backlog(1)
      expect(poster.postedThrough('a')).to.equal(1n)
    })

    it('sends no later entry of that account', async () => {
      poster.add(account)
      await backlog(1)
      poster.add(applyEntry(account, next()))
      await backlog(2)
      expect(store.appending.asked.flat()).to.deep.equal(account.journal)
    })

    it('posts the other accounts of the batch', async () => {
      poster.add(account)
      poster.add(fundedAccount('b'))
      await backlog(1)
      expect(poster.postedThrough('b')).to.equal(2n)
    })

    it('reports the entry once', async () => {
      poster.add(account)
      await backlog(1)
      poster.add(applyEntry(account, next()))
      await backlog(2)
      expect(discrepancy.length).to.equal(1)
    })

    function next(): Entry {
      if (opening?.kind !== 'ADMIN') throw new TypeError('the first entry opens the account')
      return { ...opening, transactionId: 'next', seq: 3n }
    }
  })

  describe('that always rejects one entry', () => {
    const bad = fundedAccount('bad')
    let clock: HandClock
    let rejects: boolean
    let rejected: Entry[]
    let outages: number
    let problems: unknown[]

    beforeEach(() => {
      clock = new HandClock()
      rejects = true
      problems = []
      rejected = []
      outages = 0
      const ledger: Ledger = {
        find: (keys) => store.find(keys),
        missing: (entries) => store.missing(entries),
        findFollowUps: (keys) => store.findFollowUps(keys),
        append: async (entries) => {
          if (rejects && entries.some(({ accountId, seq }) => accountId === 'bad' && seq === 1n)) {
            throw new TypeError('a validator says no')
          }
          return await store.append(entries)
        },
      }
      poster = new LedgerPoster({
        ledger,
        clock,
        gatherMsMax: 10,
        onFailure: (error) => {
          if (isUnavailable(error)) outages += 1
          else problems.push(error)
        },
        onDiscrepancy: (entry) => rejected.push(entry),
      })
    })

    it('posts every other waiting entry', async () => {
      for (const account of [fundedAccount('a'), bad, fundedAccount('b')]) poster.add(account)
      await backlog(1)
      expect([poster.postedThrough('a'), poster.postedThrough('b')]).to.deep.equal([2n, 2n])
    })

    it('reports only that entry', async () => {
      for (const account of [fundedAccount('a'), bad, fundedAccount('b')]) poster.add(account)
      await backlog(1)
      expect(rejected).to.deep.equal([bad.journal[0]])
    })

    it('reports the error of the ledger once for each batch with the entry', async () => {
      poster.add(bad)
      await backlog(1)
      expect(problems.map(String)).to.deep.equal(['TypeError: a validator says no'])
    })

    it('offers the entry again once, however often its account is committed', async () => {
      poster.add(bad)
      await backlog(1)
      clock.advance(5_000)
      store.appending.hold()
      for (let times = 0; times < 3; times++) poster.add(bad)
      expect(poster.unposted).to.equal(bad.journal.length)
      store.appending.release()
      await backlog(1)
    })

    it('counts no entry of the account as posted', async () => {
      poster.add(bad)
      await backlog(1)
      expect(poster.postedThrough('bad')).to.equal(0n)
    })

    it('offers the entry again after five seconds', async () => {
      poster.add(bad)
      await backlog(1)
      rejects = false
      clock.advance(5_000)
      poster.add(bad)
      await posted()
      expect(poster.postedThrough('bad')).to.equal(2n)
    })

    it('counts no later entry as posted, even when the ledger is away at the next offer', async () => {
      const long = accountWithJournal('bad', 512)
      store.appending.onCall = () => {
        if (store.appending.asked.at(-1)?.at(-1)?.seq === 500n) store.appending.alwaysMeets('OUTAGE')
      }
      poster.add(long)
      await soon(
        'what is behind the first batch does not arrive',
        () => rejected.length === 1 && outages === 1,
      )
      clock.advance(5_000)
      poster.add(long)
      store.appending.onCall = () => {}
      store.appending.alwaysMeets(undefined)
      await backlog(1)
      expect(poster.postedThrough('bad')).to.equal(0n)
    })

    it('counts the entry as unposted', async () => {
      poster.add(bad)
      await backlog(1)
      // Later entries that the ledger accepted are posted, but must not leave the journal.
      expect({ unposted: poster.unposted, inLedger: store.posted('bad').length }).to.deep.equal({
        unposted: 1,
        inLedger: 1,
      })
    })

    it('counts later entries as unposted, too', async () => {
      poster.add(bad)
      await backlog(1)
      const more = credited(bad, { transactionId: 'more-1', amount: 1n })
      poster.add(more)
      poster.add(more)
      poster.add(credited(more, { transactionId: 'more-2', amount: 1n }))
      expect(poster.unposted).to.equal(3)
    })

    it('reports the age of the entry from the first attempt, however often it is offered', async () => {
      poster.add(bad)
      await backlog(1)
      for (let attempt = 2; attempt <= 4; attempt++) {
        clock.advance(5_000)
        poster.add(bad)
        await soon('it is rejected once more', () => rejected.length === attempt && poster.unposted === 1)
      }
      clock.advance(2_000)
      expect(poster.oldestUnpostedMs).to.equal(17_000)
    })

    it('reports that age while the entry is being posted again', async () => {
      poster.add(bad)
      await backlog(1)
      clock.advance(5_000)
      poster.add(bad)
      expect({ unposted: poster.unposted, ageMs: poster.oldestUnpostedMs }).to.deep.equal({
        unposted: 2,
        ageMs: 5_000,
      })
    })

    it('reports that age while a younger entry is being posted', async () => {
      poster.add(bad)
      await backlog(1)
      clock.advance(100)
      store.appending.hold()
      poster.add(fundedAccount('b'))
      expect(poster.oldestUnpostedMs).to.equal(100)
      store.appending.release()
      await backlog(1)
    })

    it('counts nothing as unposted once the ledger accepts the entry', async () => {
      poster.add(bad)
      await backlog(1)
      rejects = false
      clock.advance(5_000)
      poster.add(bad)
      await posted()
      clock.advance(1_000)
      expect(poster.oldestUnpostedMs).to.equal(0)
    })

    it('counts nothing as unposted once another process has posted the entry', async () => {
      poster.add(bad)
      await backlog(1)
      const later = trimmed(credited(bad, { transactionId: 'more', amount: 1n }))
      clock.advance(5_000)
      poster.add(later)
      await posted()
      expect(poster.oldestUnpostedMs).to.equal(0)
    })

    it('forgets the entry with its account after 100 000 others', async () => {
      poster.add(bad)
      await backlog(1)
      for (let index = 0; index < 100_000; index++) poster.add(unopenedAccount(`other-${index}`))
      expect([poster.unposted, poster.oldestUnpostedMs]).to.deep.equal([0, 0])
    })
  })

  /** Waits until all but so many entries are posted, and no batch is in flight. */
  async function backlog(count: number): Promise<void> {
    const isResting = () => poster.unposted === count && store.appending.inProgress === 0
    await soon(`all but ${count} entries are posted`, isResting)
  }

  async function posted(): Promise<void> {
    await soon('everything is posted', () => poster.unposted === 0)
  }
})

describe('poster: drain', () => {
  let store: InMemoryStore
  let poster: LedgerPoster

  beforeEach(() => {
    store = new InMemoryStore()
    poster = new LedgerPoster({
      ledger: store,
      clock: new HandClock(),
      gatherMsMax: 10,
      onFailure: () => {},
      onDiscrepancy: () => {},
    })
  })

  afterEach(() => {
    store.appending.release()
  })

  it('posts waiting entries', async () => {
    poster.add(fundedAccount('a'))
    await poster.drain(60_000)
    expect(store.posted('a').length).to.equal(2)
  })

  it('does not wait for entries to gather', async () => {
    poster.add(fundedAccount('a'))
    const draining = poster.drain(60_000)
    await nextTurns()
    expect(store.appending.asked.length).to.equal(1)
    await draining
  })

  it('posts entries that arrive while a batch is in flight', async () => {
    store.appending.hold()
    poster.add(fundedAccount('a'))
    const draining = poster.drain(60_000)
    await soon('a batch is on its way', () => store.appending.inProgress === 1)
    poster.add(fundedAccount('b'))
    store.appending.release()
    await draining
    expect(store.posted('b').length).to.equal(2)
  })

  it('retries while there is time', async () => {
    store.appending.meets('OUTAGE')
    poster.add(fundedAccount('a'))
    await poster.drain(60_000)
    expect(store.posted('a').length).to.equal(2)
  })

  it('ends at once when nothing waits', async () => {
    await poster.drain(60_000)
    expect(store.appending.asked).to.deep.equal([])
  })

  it('ends in time when the ledger fails', async () => {
    store.appending.alwaysMeets('OUTAGE')
    poster.add(fundedAccount('a'))
    await poster.drain(30)
    expect(poster.unposted).to.equal(2)
  })

  it('ends in time when the ledger does not answer', async () => {
    store.appending.hold()
    poster.add(fundedAccount('a'))
    await poster.drain(30)
    expect(poster.unposted).to.equal(2)
  })

  it('does not use the ledger after its end', async () => {
    await poster.drain(60_000)
    poster.add(fundedAccount('a'))
    await poster.drain(60_000)
    expect(store.appending.asked).to.deep.equal([])
  })
})
