import { expect } from 'chai'
import { LedgerPoster } from '../../../../src/application/engine/ledger-poster.js'
import { accountWithJournal, fundedAccount } from '../fixtures.js'
import { HandClock } from '../hand-clock.js'
import { HandTimers } from '../hand-timers.js'
import { InMemoryStore } from '../in-memory-store.js'
import { nextTurns, soon } from '../soon.js'

describe('pauses of the poster', () => {
  const GATHER_MS_MAX = 10
  let store: InMemoryStore
  let timers: HandTimers
  let poster: LedgerPoster

  const posterWith = (goesOn: boolean, chance = 1): void => {
    store = new InMemoryStore()
    timers = new HandTimers({ goesOn })
    poster = new LedgerPoster({
      ledger: store,
      clock: new HandClock(),
      timers,
      random: () => chance,
      gatherMsMax: GATHER_MS_MAX,
      onFailure: () => {},
      onDiscrepancy: () => {},
    })
  }

  it('last while entries gather, and are skipped when many wait', async () => {
    posterWith(true)
    poster.add(fundedAccount('a'))
    await posted()
    poster.add(accountWithJournal('b', 64))
    await posted()
    expect(timers.lengthsMs).to.deep.equal([GATHER_MS_MAX, 0])
  })

  it('are skipped while it drains, even for the last entries', async () => {
    posterWith(false)
    poster.add(accountWithJournal('a', 510))
    const end = poster.drain(1_000)
    for (const pause of timers.asked) if (pause.durationMs === 0) timers.end(pause)
    await soon('the first batch is there', () => store.posted('a').length === 500)
    await nextTurns()
    expect(timers.lengthsMs).to.deep.equal([0, 1_000, 0])
    timers.end(timers.asked[2])
    await end
    expect(store.posted('a')).to.have.lengthOf(510)
  })

  it('are cancelled when it has drained', async () => {
    posterWith(false)
    poster.add(fundedAccount('a'))
    await poster.drain(1_000)
    expect(timers.asked.map(({ durationMs, state }) => `${durationMs} ${state}`)).to.deep.equal([
      `${GATHER_MS_MAX} CALLED_OFF`,
      '1000 CALLED_OFF',
    ])
  })

  it('are cancelled when the time is over', async () => {
    posterWith(false)
    store.appending.alwaysMeets('OUTAGE')
    poster.add(fundedAccount('a'))
    const end = poster.drain(1_000)
    await soon('it pauses after a failure', () => timers.asked.length === 3)
    timers.end(timers.asked.find(({ durationMs }) => durationMs === 1_000))
    await end
    await nextTurns()
    expect(timers.asked.filter(({ state }) => state === 'WAITS')).to.deep.equal([])
  })

  for (const [chance, share] of [
    [1, 1],
    [0, 0.5],
  ] as const) {
    it(`double after each failure, from 20 ms to five seconds, times ${share} for the random number ${chance}`, async () => {
      posterWith(true, chance)
      store.appending.meets(...Array.from({ length: 10 }, () => 'OUTAGE' as const))
      poster.add(fundedAccount('a'))
      await posted()
      const wholeMs = [20, 40, 80, 160, 320, 640, 1_280, 2_560, 5_000, 5_000]
      expect(timers.lengthsMs).to.deep.equal([GATHER_MS_MAX, ...wholeMs.map((ms) => ms * share)])
    })
  }

  it('start over after a success, and gather again', async () => {
    posterWith(true)
    store.appending.meets('OUTAGE', 'OUTAGE', undefined, 'OUTAGE')
    poster.add(accountWithJournal('a', 510))
    await posted()
    expect(timers.lengthsMs).to.deep.equal([0, 20, 40, GATHER_MS_MAX, 20])
  })

  it('are not shortened by new entries after a failure, however many', async () => {
    posterWith(false)
    store.appending.meets('OUTAGE')
    poster.add(accountWithJournal('a', 64))
    await soon('it pauses after a failure', () => timers.asked.length === 2)
    poster.add(accountWithJournal('b', 64))
    await nextTurns()
    expect(timers.asked.map(({ state }) => state)).to.deep.equal(['CALLED_OFF', 'WAITS'])
    timers.end(timers.asked[1])
    await posted()
  })

  it('end when enough entries have gathered', async () => {
    posterWith(false)
    poster.add(fundedAccount('a'))
    poster.add(accountWithJournal('b', 64))
    expect(timers.asked.map(({ state }) => state)).to.deep.equal(['CALLED_OFF'])
    await posted()
  })

  async function posted(): Promise<void> {
    await soon('everything is posted', () => poster.unposted === 0)
  }
})
