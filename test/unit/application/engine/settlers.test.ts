import { expect } from 'chai'
import { Settlers } from '../../../../src/application/engine/settlers.js'
import type { Ledger } from '../../../../src/application/ledger.js'
import { accountWithJournal, fundedAccount } from '../fixtures.js'
import { HandClock } from '../hand-clock.js'
import { InMemoryStore } from '../in-memory-store.js'
import { soon } from '../soon.js'

describe('settlers, one for each part of the store', () => {
  let store: InMemoryStore
  let clock: HandClock
  let settlers: Settlers
  let whenAway: (() => void)[]
  let isAway: boolean

  beforeEach(() => {
    store = new InMemoryStore()
    clock = new HandClock()
    whenAway = []
    isAway = true
    const ledger: Ledger = {
      find: (keys) => store.find(keys),
      missing: (entries) => store.missing(entries),
      findReversals: (keys) => store.findReversals(keys),
      append: async (entries) => {
        // The part that is away keeps whoever asks it waiting, and takes a whole batch with it.
        if (isAway && entries.some(({ accountId }) => accountId === 'away'))
          await new Promise<void>((resolve) => whenAway.push(resolve))
        return await store.append(entries)
      },
    }
    settlers = new Settlers({ ledger, clock, gatherMsMax: 10, onFailure: () => {}, onDiscrepancy: () => {} })
  })

  it('settle what is on the others while one part does not answer', async () => {
    settlers.of('gone').add(fundedAccount('away'))
    settlers.of('here').add(fundedAccount('hot'))
    await soon('it is settled', () => settlers.of('here').settledThrough('hot') === 2n)
    expect(store.settled('away')).to.deep.equal([])
    comesBack()
    await soon('the rest is settled', () => settlers.unsettled === 0)
    expect(store.settled('away')).to.have.lengthOf(2)
  })

  it('count together what is not settled, and tell the age of the oldest', async () => {
    settlers.of('gone').add(fundedAccount('away'))
    clock.advance(700)
    settlers.of('here').add(accountWithJournal('hot', 5))
    clock.advance(300)
    expect([settlers.unsettled, settlers.withheld, settlers.oldestUnsettledMs]).to.deep.equal([7, 0, 1_000])
    comesBack()
    await soon('everything is settled', () => settlers.unsettled === 0)
    expect(settlers.oldestUnsettledMs).to.equal(0)
  })

  it('count together what the ledger has refused', async () => {
    for (const [home, id] of [
      ['here', 'one'],
      ['there', 'other'],
    ] as const) {
      const account = fundedAccount(id)
      // Something else is in the place of its first entry.
      store.putInLedger(...account.journal.slice(0, 1).map((entry) => ({ ...entry, transactionId: 'else' })))
      settlers.of(home).add(account)
    }
    await soon(
      'both are refused',
      () => settlers.of('here').withheld > 0 && settlers.of('there').withheld > 0,
    )
    expect(settlers.withheld).to.equal(settlers.of('here').withheld + settlers.of('there').withheld)
  })

  it('forget what they were told: it is settled again when its account comes again', async () => {
    settlers.of('gone').add(fundedAccount('away'))
    settlers.of('here').add(fundedAccount('hot'))
    await soon('it is settled', () => settlers.of('here').settledThrough('hot') === 2n)
    settlers.forget()
    expect([settlers.unsettled, settlers.of('here').settledThrough('hot')]).to.deep.equal([0, 0n])
    comesBack()
    settlers.of('gone').add(fundedAccount('away'))
    await soon('it is settled', () => settlers.of('gone').settledThrough('away') === 2n)
  })

  it('drain together: what can be settled is, and the time is over for the rest', async () => {
    settlers.of('gone').add(fundedAccount('away'))
    settlers.of('here').add(fundedAccount('hot'))
    await settlers.drain(30)
    expect(settlers.unsettled).to.equal(2)
    expect(store.settled('hot')).to.have.lengthOf(2)
    comesBack()
  })

  it('settle nothing more after their end, for a part that they did not know of either', async () => {
    await settlers.drain(60_000)
    settlers.of('here').add(fundedAccount('hot'))
    await settlers.drain(60_000)
    expect(store.appending.asked).to.deep.equal([])
  })

  it('settle once what two of them take in because its account moves', async () => {
    settlers.of('here').add(fundedAccount('hot'))
    settlers.of('there').add(fundedAccount('hot'))
    await soon('both have settled it', () => settlers.unsettled === 0)
    expect(store.settled('hot')).to.deep.equal(fundedAccount('hot').journal)
    expect([
      settlers.of('here').settledThrough('hot'),
      settlers.of('there').settledThrough('hot'),
    ]).to.deep.equal([2n, 2n])
  })

  function comesBack(): void {
    isAway = false
    for (const go of whenAway.splice(0)) go()
  }
})
