import { expect } from 'chai'
import { type CardRailSums, CardRailTotals, type Period } from '../../../src/application/card-rail-totals.js'
import { HandClock } from './hand-clock.js'
import { HandTimers } from './hand-timers.js'
import { soon } from './soon.js'

const DAY_MS = 86_400_000

describe('CardRailTotals', () => {
  let clock: HandClock
  let timers: HandTimers
  let failures: unknown[]
  /** The duration of each count. */
  let countMs: number
  let fault: Error | undefined
  let periods: Period[]
  let totals: CardRailTotals

  const sums: CardRailSums = {
    openHolds: async () => {
      clock.advance(countMs)
      return { count: 3, amount: 500n }
    },
    owing: async () => ({ count: 2, amount: 70n }),
    unmatchedReversals: async (period) => {
      periods.push(period)
      if (fault) throw fault
      return 4
    },
  }
  const counted = {
    openHolds: { count: 3, amount: 500n },
    owing: { count: 2, amount: 70n },
    unmatchedReversals: 4,
  }
  const none = {
    openHolds: { count: 0, amount: 0n },
    owing: { count: 0, amount: 0n },
    unmatchedReversals: 0,
  }

  beforeEach(() => {
    clock = new HandClock()
    timers = new HandTimers({ goesOn: false })
    failures = []
    countMs = 0
    fault = undefined
    periods = []
    totals = new CardRailTotals({ sums, clock, timers, onFailure: (error) => failures.push(error) })
  })

  it('are 0 before the first count', () => {
    clock.advance(1_000)
    expect(totals.latest).to.deep.equal(none)
    expect(totals.ageMs).to.equal(0)
  })

  it('are those of the last count, and know its age', async () => {
    countMs = 200
    await totals.count()
    clock.advance(3_000)
    expect(totals.latest).to.deep.equal(counted)
    expect(totals.ageMs).to.equal(3_200)
  })

  it('ask for the early reversals of one to two days ago', async () => {
    clock.advance(10 * DAY_MS)
    await totals.count()
    expect(periods).to.deep.equal([{ from: new Date(8 * DAY_MS), until: new Date(9 * DAY_MS) }])
  })

  for (const [duration, tookMs, pauseMs] of [
    ['short', 100, 60_000],
    ['long', 5_000, 495_000],
  ] as const) {
    it(`are counted at the start, and again ${pauseMs / 1_000} s after a ${duration} count`, async () => {
      countMs = tookMs
      totals.start()
      await soon('the count is over', () => timers.asked.length === 1)
      expect(timers.lengthsMs).to.deep.equal([pauseMs])
      timers.end(timers.asked[0])
      await soon('the next count is over', () => timers.asked.length === 2)
    })
  }

  it('stay as they were when a count fails, and are counted again', async () => {
    await totals.count()
    fault = new Error('away')
    clock.advance(7_000)
    totals.start()
    await soon('the count has failed', () => timers.asked.length === 1)
    expect(failures).to.deep.equal([fault])
    expect(totals.latest).to.deep.equal(counted)
    expect(totals.ageMs).to.equal(7_000)
    fault = undefined
    timers.end(timers.asked[0])
    await soon('the next count is over', () => timers.asked.length === 2)
    expect(totals.ageMs).to.equal(0)
  })

  it('are counted no more after the stop, and report no failure', async () => {
    totals.start()
    await soon('the count is over', () => timers.asked.length === 1)
    totals.stop()
    expect(timers.asked[0]).to.have.property('state', 'CALLED_OFF')
    fault = new Error('closed')
    await totals.count()
    expect(failures).to.deep.equal([])
  })
})
