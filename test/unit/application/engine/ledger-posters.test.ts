import { expect } from 'chai'
import { LedgerPosters } from '../../../../src/application/engine/ledger-posters.js'
import type { Ledger } from '../../../../src/application/ledger.js'
import { accountWithJournal, fundedAccount } from '../fixtures.js'
import { HandClock } from '../hand-clock.js'
import { InMemoryStore } from '../in-memory-store.js'
import { soon } from '../soon.js'

describe('posters, one for each shard', () => {
  let store: InMemoryStore
  let clock: HandClock
  let posters: LedgerPosters
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
      findFollowUps: (keys) => store.findFollowUps(keys),
      append: async (entries) => {
        // The unavailable shard delays its requests, and takes a whole batch with it.
        if (isAway && entries.some(({ accountId }) => accountId === 'away'))
          await new Promise<void>((resolve) => whenAway.push(resolve))
        return await store.append(entries)
      },
    }
    posters = new LedgerPosters({
      ledger,
      clock,
      gatherMsMax: 10,
      onFailure: () => {},
      onDiscrepancy: () => {},
    })
  })

  it('post entries of other shards while one shard does not answer', async () => {
    posters.of('gone').add(fundedAccount('away'))
    posters.of('here').add(fundedAccount('hot'))
    await soon('it is posted', () => posters.of('here').postedThrough('hot') === 2n)
    expect(store.posted('away')).to.deep.equal([])
    comesBack()
    await soon('the rest is posted', () => posters.unposted === 0)
    expect(store.posted('away')).to.have.lengthOf(2)
  })

  it('add up the unposted entries, and report the age of the oldest', async () => {
    posters.of('gone').add(fundedAccount('away'))
    clock.advance(700)
    posters.of('here').add(accountWithJournal('hot', 5))
    clock.advance(300)
    expect([posters.unposted, posters.backlog, posters.oldestUnpostedMs]).to.deep.equal([7, 0, 1_000])
    comesBack()
    await soon('everything is posted', () => posters.unposted === 0)
    expect(posters.oldestUnpostedMs).to.equal(0)
  })

  it('add up the entries that the ledger has rejected', async () => {
    for (const [home, id] of [
      ['here', 'one'],
      ['there', 'other'],
    ] as const) {
      const account = fundedAccount(id)
      // The place of its first entry is taken by another.
      store.putInLedger(...account.journal.slice(0, 1).map((entry) => ({ ...entry, transactionId: 'else' })))
      posters.of(home).add(account)
    }
    await soon('both are rejected', () => posters.of('here').backlog > 0 && posters.of('there').backlog > 0)
    expect(posters.backlog).to.equal(posters.of('here').backlog + posters.of('there').backlog)
  })

  it('forget their state: an entry is posted again when its account is committed again', async () => {
    posters.of('gone').add(fundedAccount('away'))
    posters.of('here').add(fundedAccount('hot'))
    await soon('it is posted', () => posters.of('here').postedThrough('hot') === 2n)
    posters.forget()
    expect([posters.unposted, posters.of('here').postedThrough('hot')]).to.deep.equal([0, 0n])
    comesBack()
    posters.of('gone').add(fundedAccount('away'))
    await soon('it is posted', () => posters.of('gone').postedThrough('away') === 2n)
  })

  it('drain together: they post what they can until the time is over', async () => {
    posters.of('gone').add(fundedAccount('away'))
    posters.of('here').add(fundedAccount('hot'))
    await posters.drain(30)
    expect(posters.unposted).to.equal(2)
    expect(store.posted('hot')).to.have.lengthOf(2)
    comesBack()
  })

  it('post nothing after their end, even for a new shard', async () => {
    await posters.drain(60_000)
    posters.of('here').add(fundedAccount('hot'))
    await posters.drain(60_000)
    expect(store.appending.asked).to.deep.equal([])
  })

  it('post an entry once when two of them hold it because its account moves', async () => {
    posters.of('here').add(fundedAccount('hot'))
    posters.of('there').add(fundedAccount('hot'))
    await soon('both have posted it', () => posters.unposted === 0)
    expect(store.posted('hot')).to.deep.equal(fundedAccount('hot').journal)
    expect([posters.of('here').postedThrough('hot'), posters.of('there').postedThrough('hot')]).to.deep.equal(
      [2n, 2n],
    )
  })

  function comesBack(): void {
    isAway = false
    for (const go of whenAway.splice(0)) go()
  }
})
