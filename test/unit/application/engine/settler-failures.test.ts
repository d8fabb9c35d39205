import { expect } from 'chai'
import { Settler } from '../../../../src/application/engine/settler.js'
import { isUnavailable } from '../../../../src/application/errors.js'
import type { Ledger } from '../../../../src/application/ledger.js'
import { applyEntry, unopenedAccount } from '../../../../src/domain/account.js'
import type { Entry } from '../../../../src/domain/entry.js'
import { accountWithJournal, credited, fundedAccount, trimmed } from '../fixtures.js'
import { HandClock } from '../hand-clock.js'
import { InMemoryStore } from '../in-memory-store.js'
import { nextTurns, soon } from '../soon.js'

describe('settler: a ledger that fails', () => {
  let store: InMemoryStore
  let settler: Settler
  let failures: unknown[]
  let discrepancy: Entry[]
  let whenFailed: () => void

  beforeEach(() => {
    store = new InMemoryStore()
    failures = []
    discrepancy = []
    whenFailed = () => {}
    settler = new Settler({
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

  it('tries again until the ledger takes the entries', async () => {
    store.appending.meets('OUTAGE', 'OUTAGE')
    settler.add(fundedAccount('a'))
    await settled()
    expect(settler.settledThrough('a')).to.equal(2n)
  })

  it('tells of each failed attempt', async () => {
    store.appending.meets('OUTAGE', 'OUTAGE')
    settler.add(fundedAccount('a'))
    await settled()
    expect(failures.length).to.equal(2)
  })

  it('tries again after an unexpected error too', async () => {
    store.appending.meets(new TypeError('a bug'))
    settler.add(fundedAccount('a'))
    await settled()
    expect(settler.settledThrough('a')).to.equal(2n)
  })

  it('pauses longer and longer before other attempts, for 10 ms at least', async () => {
    const timesMs: number[] = []
    store.appending.onCall = () => timesMs.push(performance.now())
    store.appending.meets('OUTAGE', 'OUTAGE', 'OUTAGE')
    settler.add(fundedAccount('a'))
    await settled()
    const pauses = timesMs.slice(1).map((timeMs, index) => timeMs - (timesMs[index] ?? 0))
    // Timers may be a millisecond early.
    const longEnough = pauses.map((pauseMs, index) => pauseMs >= 10 * 2 ** index - 1)
    expect(longEnough).to.deep.equal([true, true, true])
  })

  it('sends what has come meanwhile with the next attempt', async () => {
    store.appending.meets('OUTAGE')
    whenFailed = () => settler.add(fundedAccount('b'))
    settler.add(fundedAccount('a'))
    await settled()
    expect(store.appending.asked.map((batch) => batch.length)).to.deep.equal([2, 4])
  })

  it('counts on nothing while the ledger fails', async () => {
    let known: bigint | undefined
    store.appending.meets('LOST_REPLY')
    whenFailed = () => {
      known = settler.settledThrough('a')
    }
    settler.add(fundedAccount('a'))
    await settled()
    expect(known).to.equal(0n)
  })

  it('adds an entry once when the ledger took it and the reply was lost', async () => {
    store.appending.meets('LOST_REPLY')
    settler.add(fundedAccount('a'))
    await settled()
    expect(store.settled('a')).to.deep.equal(fundedAccount('a').journal)
  })

  describe('that holds something else in the place of an entry', () => {
    const account = fundedAccount('a')
    const [opening, funding] = account.journal

    beforeEach(() => {
      const intruder = credited(applyEntry({ ...account, journal: [] }, { ...next(), seq: 3n }), {
        transactionId: 'fund',
        amount: 1n,
      }).journal.at(-1)
      if (intruder) store.putInLedger(intruder)
    })

    it('tells of the entry', async () => {
      settler.add(account)
      await withheld(1)
      expect(discrepancy).to.deep.equal([funding])
    })

    it('counts on what came before it only', async () => {
      settler.add(account)
      await withheld(1)
      expect(settler.settledThrough('a')).to.equal(1n)
    })

    it('counts on no later entry of that account either', async () => {
      settler.add(account)
      await withheld(1)
      settler.add(applyEntry(account, next()))
      await withheld(2)
      expect(settler.settledThrough('a')).to.equal(1n)
    })

    it('counts on no later entry that was on its way already', async () => {
      store.appending.hold()
      settler.add(account)
      await soon('the entry is on its way', () => store.appending.inProgress === 1)
      settler.add(applyEntry(account, next()))
      store.appending.release()
      await withheld(1)
      expect(settler.settledThrough('a')).to.equal(1n)
    })

    it('sends no later entry of that account', async () => {
      settler.add(account)
      await withheld(1)
      settler.add(applyEntry(account, next()))
      await withheld(2)
      expect(store.appending.asked.flat()).to.deep.equal(account.journal)
    })

    it('settles the other accounts of the batch', async () => {
      settler.add(account)
      settler.add(fundedAccount('b'))
      await withheld(1)
      expect(settler.settledThrough('b')).to.equal(2n)
    })

    it('tells of the entry once', async () => {
      settler.add(account)
      await withheld(1)
      settler.add(applyEntry(account, next()))
      await withheld(2)
      expect(discrepancy.length).to.equal(1)
    })

    function next(): Entry {
      if (opening?.kind !== 'ADMIN') throw new TypeError('the first entry opens the account')
      return { ...opening, transactionId: 'next', seq: 3n }
    }
  })

  describe('that cannot take one entry, whatever is tried', () => {
    const bad = fundedAccount('bad')
    let clock: HandClock
    let refuses: boolean
    let refused: Entry[]
    let outages: number
    let problems: unknown[]

    beforeEach(() => {
      clock = new HandClock()
      refuses = true
      problems = []
      refused = []
      outages = 0
      const ledger: Ledger = {
        find: (keys) => store.find(keys),
        missing: (entries) => store.missing(entries),
        findReversals: (keys) => store.findReversals(keys),
        append: async (entries) => {
          if (refuses && entries.some(({ accountId, seq }) => accountId === 'bad' && seq === 1n)) {
            throw new TypeError('a validator says no')
          }
          return await store.append(entries)
        },
      }
      settler = new Settler({
        ledger,
        clock,
        gatherMsMax: 10,
        onFailure: (error) => {
          if (isUnavailable(error)) outages += 1
          else problems.push(error)
        },
        onDiscrepancy: (entry) => refused.push(entry),
      })
    })

    it('settles every other entry that waits with it', async () => {
      for (const account of [fundedAccount('a'), bad, fundedAccount('b')]) settler.add(account)
      await withheld(1)
      expect([settler.settledThrough('a'), settler.settledThrough('b')]).to.deep.equal([2n, 2n])
    })

    it('tells of that entry and no other', async () => {
      for (const account of [fundedAccount('a'), bad, fundedAccount('b')]) settler.add(account)
      await withheld(1)
      expect(refused).to.deep.equal([bad.journal[0]])
    })

    it('tells what the ledger says of it, once for each time that the entry was in a batch', async () => {
      settler.add(bad)
      await withheld(1)
      expect(problems.map(String)).to.deep.equal(['TypeError: a validator says no'])
    })

    it('is offered the entry again once, however often its account comes', async () => {
      settler.add(bad)
      await withheld(1)
      clock.advance(5_000)
      store.appending.hold()
      for (let times = 0; times < 3; times++) settler.add(bad)
      expect(settler.unsettled).to.equal(bad.journal.length)
      store.appending.release()
      await withheld(1)
    })

    it('counts on nothing of its account', async () => {
      settler.add(bad)
      await withheld(1)
      expect(settler.settledThrough('bad')).to.equal(0n)
    })

    it('is offered the entry again after five seconds', async () => {
      settler.add(bad)
      await withheld(1)
      refuses = false
      clock.advance(5_000)
      settler.add(bad)
      await settled()
      expect(settler.settledThrough('bad')).to.equal(2n)
    })

    it('counts on nothing behind the entry, though the ledger is away when it is to be offered again', async () => {
      const long = accountWithJournal('bad', 512)
      store.appending.onCall = () => {
        if (store.appending.asked.at(-1)?.at(-1)?.seq === 500n) store.appending.alwaysMeets('OUTAGE')
      }
      settler.add(long)
      await soon(
        'what is behind the first batch does not arrive',
        () => refused.length === 1 && outages === 1,
      )
      clock.advance(5_000)
      settler.add(long)
      store.appending.onCall = () => {}
      store.appending.alwaysMeets(undefined)
      await withheld(1)
      expect(settler.settledThrough('bad')).to.equal(0n)
    })

    it('counts the entry as not settled', async () => {
      settler.add(bad)
      await withheld(1)
      // What the ledger took after it is settled, though it must not leave the journal.
      expect({ unsettled: settler.unsettled, inLedger: store.settled('bad').length }).to.deep.equal({
        unsettled: 1,
        inLedger: 1,
      })
    })

    it('counts what comes after the entry as not settled either', async () => {
      settler.add(bad)
      await withheld(1)
      const more = credited(bad, { transactionId: 'more-1', amount: 1n })
      settler.add(more)
      settler.add(more)
      settler.add(credited(more, { transactionId: 'more-2', amount: 1n }))
      expect(settler.unsettled).to.equal(3)
    })

    it('tells the age of the entry from when it was first seen, however often it is offered', async () => {
      settler.add(bad)
      await withheld(1)
      for (let attempt = 2; attempt <= 4; attempt++) {
        clock.advance(5_000)
        settler.add(bad)
        await soon('it is refused once more', () => refused.length === attempt && settler.unsettled === 1)
      }
      clock.advance(2_000)
      expect(settler.oldestUnsettledMs).to.equal(17_000)
    })

    it('tells that age while the entry is on its way again', async () => {
      settler.add(bad)
      await withheld(1)
      clock.advance(5_000)
      settler.add(bad)
      expect({ unsettled: settler.unsettled, ageMs: settler.oldestUnsettledMs }).to.deep.equal({
        unsettled: 2,
        ageMs: 5_000,
      })
    })

    it('tells that age beside that of a younger entry on its way', async () => {
      settler.add(bad)
      await withheld(1)
      clock.advance(100)
      store.appending.hold()
      settler.add(fundedAccount('b'))
      expect(settler.oldestUnsettledMs).to.equal(100)
      store.appending.release()
      await withheld(1)
    })

    it('counts nothing and tells no age once the ledger has taken it', async () => {
      settler.add(bad)
      await withheld(1)
      refuses = false
      clock.advance(5_000)
      settler.add(bad)
      await settled()
      clock.advance(1_000)
      expect(settler.oldestUnsettledMs).to.equal(0)
    })

    it('counts nothing once the account has come without it: another process has settled it', async () => {
      settler.add(bad)
      await withheld(1)
      const later = trimmed(credited(bad, { transactionId: 'more', amount: 1n }))
      clock.advance(5_000)
      settler.add(later)
      await settled()
      expect(settler.oldestUnsettledMs).to.equal(0)
    })

    it('forgets the entry with its account, once 100 000 others have come', async () => {
      settler.add(bad)
      await withheld(1)
      for (let index = 0; index < 100_000; index++) settler.add(unopenedAccount(`other-${index}`))
      expect([settler.unsettled, settler.oldestUnsettledMs]).to.deep.equal([0, 0])
    })
  })

  /** Waits until all but so many entries are settled: the ledger has answered for all that was on its way. */
  async function withheld(count: number): Promise<void> {
    const isResting = () => settler.unsettled === count && store.appending.inProgress === 0
    await soon(`all but ${count} entries are settled`, isResting)
  }

  async function settled(): Promise<void> {
    await soon('everything is settled', () => settler.unsettled === 0)
  }
})

describe('settler: drain', () => {
  let store: InMemoryStore
  let settler: Settler

  beforeEach(() => {
    store = new InMemoryStore()
    settler = new Settler({
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

  it('settles what waits', async () => {
    settler.add(fundedAccount('a'))
    await settler.drain(60_000)
    expect(store.settled('a').length).to.equal(2)
  })

  it('does not wait for entries to gather', async () => {
    settler.add(fundedAccount('a'))
    const draining = settler.drain(60_000)
    await nextTurns()
    expect(store.appending.asked.length).to.equal(1)
    await draining
  })

  it('settles what comes while a batch is on its way', async () => {
    store.appending.hold()
    settler.add(fundedAccount('a'))
    const draining = settler.drain(60_000)
    await soon('a batch is on its way', () => store.appending.inProgress === 1)
    settler.add(fundedAccount('b'))
    store.appending.release()
    await draining
    expect(store.settled('b').length).to.equal(2)
  })

  it('tries again while there is time', async () => {
    store.appending.meets('OUTAGE')
    settler.add(fundedAccount('a'))
    await settler.drain(60_000)
    expect(store.settled('a').length).to.equal(2)
  })

  it('ends at once when nothing waits', async () => {
    await settler.drain(60_000)
    expect(store.appending.asked).to.deep.equal([])
  })

  it('ends in time when the ledger fails', async () => {
    store.appending.alwaysMeets('OUTAGE')
    settler.add(fundedAccount('a'))
    await settler.drain(30)
    expect(settler.unsettled).to.equal(2)
  })

  it('ends in time when the ledger does not answer', async () => {
    store.appending.hold()
    settler.add(fundedAccount('a'))
    await settler.drain(30)
    expect(settler.unsettled).to.equal(2)
  })

  it('asks the ledger for nothing more after its end', async () => {
    await settler.drain(60_000)
    settler.add(fundedAccount('a'))
    await settler.drain(60_000)
    expect(store.appending.asked).to.deep.equal([])
  })
})
