import { expect } from 'chai'
import { Admission } from '../../../../src/application/engine/admission.js'
import { HandClock } from '../hand-clock.js'

/** The queue limit of an Admission that allows bursts of 500 ms. */
const QUEUE_MAX = 1_000
const GROUP_MAX = 10
const WAIT_MS_MAX = 50
const BURST_MS = 500

describe('admission to the queue', () => {
  let clock: HandClock
  let admission: Admission

  beforeEach(() => {
    clock = new HandClock()
    admission = new Admission({ queueMax: QUEUE_MAX, groupMax: GROUP_MAX, waitMsMax: WAIT_MS_MAX, clock })
  })

  it('accepts requests up to the queue limit before it knows the pace of decisions', () => {
    expect(mostWaiting()).to.equal(QUEUE_MAX)
  })

  it('never exceeds the queue limit, however fast requests are decided', () => {
    groups({ count: 5, everyMs: 1, waiting: 1 })
    expect(mostWaiting()).to.equal(QUEUE_MAX)
  })

  describe('whose queue is emptied by each group', () => {
    it('accepts the requests that queue up during a slow group', () => {
      groups({ count: 50, everyMs: 5, waiting: 3 })
      groups({ count: 1, everyMs: 300, waiting: 110 })
      expect(mostWaiting()).to.be.above(110)
    })

    it('accepts as many as can be decided within a burst, when groups are slow', () => {
      groups({ count: 5, everyMs: 40, waiting: 3 })
      expect(mostWaiting()).to.equal((BURST_MS / 40) * GROUP_MAX)
    })

    it('follows the interval between groups, however small they are', () => {
      groups({ count: 5, everyMs: 40, waiting: 1 })
      const some = mostWaiting()
      groups({ count: 5, everyMs: 40, waiting: GROUP_MAX - 1 })
      expect(mostWaiting()).to.equal(some)
    })

    it('always accepts one group of requests, however slowly they are decided', () => {
      groups({ count: 5, everyMs: 60_000, waiting: 1 })
      expect(mostWaiting()).to.equal(GROUP_MAX)
    })

    it('ignores idle time', () => {
      groups({ count: 5, everyMs: 40, waiting: 3 })
      groups({ count: 1, everyMs: 40, waiting: 0 })
      groups({ count: 1, everyMs: 60_000, waiting: 3 })
      expect(mostWaiting()).to.equal((BURST_MS / 40) * GROUP_MAX)
    })

    it('counts groups that end at the same time together', () => {
      for (let pair = 0; pair < 50; pair++) {
        groups({ count: 1, everyMs: 40, waiting: 3 })
        groups({ count: 1, everyMs: 0, waiting: 3 })
      }
      expect(mostWaiting()).to.be.within((BURST_MS / 20) * GROUP_MAX, (BURST_MS / 17) * GROUP_MAX)
    })

    it('follows a change of pace within some dozens of groups', () => {
      groups({ count: 50, everyMs: 400, waiting: 3 })
      groups({ count: 50, everyMs: 40, waiting: 3 })
      const expected = (BURST_MS / 40) * GROUP_MAX
      expect(mostWaiting()).to.be.within(expected * 0.95, expected)
    })
  })

  describe('whose queue does not empty', () => {
    /** Groups of 20 ms: 25 requests in the longest wait, 250 in a burst. */
    const everyMs = 20
    const inTime = (WAIT_MS_MAX / everyMs) * GROUP_MAX
    const inBurst = (BURST_MS / everyMs) * GROUP_MAX

    beforeEach(() => groups({ count: 1, everyMs, waiting: 100 }))

    it('accepts a burst until its time is over', () => {
      groups({ count: BURST_MS / everyMs - 1, everyMs, waiting: GROUP_MAX })
      clock.advance(everyMs - 1)
      expect(mostWaiting()).to.equal(inBurst)
    })

    it('then accepts only as many as can be decided in time', () => {
      groups({ count: BURST_MS / everyMs, everyMs, waiting: GROUP_MAX })
      expect(mostWaiting()).to.equal(inTime)
    })

    it('allows no burst while the queue is still full', () => {
      groups({ count: 500, everyMs, waiting: 25 })
      expect(mostWaiting()).to.be.closeTo(inTime, 1)
    })

    it('does not count as empty when every second group is small', () => {
      for (let pair = 0; pair < 100; pair++) {
        groups({ count: 1, everyMs, waiting: 2 * GROUP_MAX })
        groups({ count: 1, everyMs: 0, waiting: 1 })
      }
      expect(mostWaiting()).to.be.below(inBurst / 4)
    })

    for (const [left, kind] of [
      [39, 'a burst'],
      [40, 'a lasting queue'],
    ] as const)
      it(`treats ${left} requests left by one group and 5 by the next as ${kind}: the threshold is half a group on average`, () => {
        admission = new Admission({ queueMax: QUEUE_MAX, groupMax: GROUP_MAX, waitMsMax: WAIT_MS_MAX, clock })
        groups({ count: 1, everyMs, waiting: left })
        groups({ count: 1, everyMs, waiting: GROUP_MAX / 2 })
        clock.advance(BURST_MS)
        expect(mostWaiting()).to.equal(left === 40 ? inTime : inBurst)
      })

    it('accepts a burst again once it is empty', () => {
      groups({ count: 500, everyMs, waiting: 25 })
      groups({ count: 20, everyMs, waiting: 3 })
      expect(mostWaiting()).to.be.closeTo(inBurst, 1)
    })
  })

  /** Ends this many groups one after another, each with this many requests waiting. */
  function groups(each: { count: number; everyMs: number; waiting: number }): void {
    for (let group = 0; group < each.count; group++) {
      clock.advance(each.everyMs)
      admission.ended({ waiting: each.waiting })
    }
  }

  /** The current limit. */
  function mostWaiting(): number {
    let waiting = 0
    while (admission.admits({ waiting })) waiting += 1
    return waiting
  }
})
