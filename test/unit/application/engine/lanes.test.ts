import { expect } from 'chai'
import type { Lane } from '../../../../src/application/engine/lane.js'
import { type Group, Lanes } from '../../../../src/application/engine/lanes.js'
import { HandClock } from '../hand-clock.js'
import { idOf, pendingRequest } from './pending.js'

const nobody = () => {
  throw new Error('nothing is evicted here')
}

describe('lanes of waiting requests', () => {
  let clock: HandClock
  let lanes: Lanes

  beforeEach(() => {
    clock = new HandClock()
    lanes = new Lanes({ queueMax: 1_000, waitMsMax: 50, clock })
  })

  it('give the back office 8 places beside a group of purchases', () => {
    push('BACK_OFFICE', 40)
    push('PURCHASE', 300)
    expect(membersOf(lanes.takeGroup())).to.deep.equal({ PURCHASE: 128, BACK_OFFICE: 8 })
    expect(membersOf(lanes.takeGroup())).to.deep.equal({ PURCHASE: 128, BACK_OFFICE: 0 })
  })

  it('never starve the back office: it has its places again in the next group', () => {
    push('BACK_OFFICE', 40)
    push('PURCHASE', 500)
    const first = lanes.takeGroup()
    lanes.takeGroup()
    lanes.ended(first)
    expect(membersOf(lanes.takeGroup())).to.deep.equal({ PURCHASE: 128, BACK_OFFICE: 8 })
  })

  it('never starve a back-office request on an account that every group of purchases uses', () => {
    const buyHot = () => lanes.push(pendingRequest({ accountId: 'hot', id: 'purchase' }))
    buyHot()
    let purchases = lanes.takeGroup()
    push('BACK_OFFICE', 1)
    let others = lanes.takeGroup()
    lanes.push(pendingRequest({ accountId: 'hot', id: 'credit', lane: 'BACK_OFFICE' }))
    const taken: string[] = []
    for (let rounds = 0; rounds < 5; rounds++) {
      push('BACK_OFFICE', 1)
      lanes.ended(others)
      others = lanes.takeGroup()
      buyHot()
      lanes.ended(purchases)
      purchases = lanes.takeGroup()
      taken.push(...purchases.members.map(idOf), ...others.members.map(idOf))
    }
    expect(taken).to.include('credit')
  })

  it('keep one of two groups free of the back office, even while no purchase waits', () => {
    push('PURCHASE', 1)
    lanes.ended(lanes.takeGroup())
    push('BACK_OFFICE', 300)
    expect(membersOf(lanes.takeGroup())).to.deep.equal({ PURCHASE: 0, BACK_OFFICE: 8 })
    expect(lanes.takeGroup().members).to.deep.equal([])
    push('PURCHASE', 1)
    expect(membersOf(lanes.takeGroup())).to.deep.equal({ PURCHASE: 1, BACK_OFFICE: 0 })
  })

  it('give the back office whole groups after 10 seconds without a purchase', () => {
    push('PURCHASE', 1)
    lanes.ended(lanes.takeGroup())
    push('BACK_OFFICE', 300)
    clock.advance(9_999)
    lanes.ended(lanes.takeGroup())
    clock.advance(1)
    expect(membersOf(lanes.takeGroup())).to.deep.equal({ PURCHASE: 0, BACK_OFFICE: 128 })
    expect(membersOf(lanes.takeGroup())).to.deep.equal({ PURCHASE: 0, BACK_OFFICE: 128 })
  })

  it('pause the back office for as long as its group took, up to 100 ms, while there are purchases', () => {
    push('PURCHASE', 1)
    lanes.ended(lanes.takeGroup())
    push('BACK_OFFICE', 300)
    const rests = [30, 5_000].map((tookMs) => {
      const group = lanes.takeGroup()
      clock.advance(tookMs)
      const restMs = lanes.ended(group)
      const whileResting = lanes.takeGroup().members.length
      lanes.rested()
      return { restMs, whileResting }
    })
    expect(rests).to.deep.equal([
      { restMs: 30, whileResting: 0 },
      { restMs: 100, whileResting: 0 },
    ])
    expect(membersOf(lanes.takeGroup())).to.deep.equal({ PURCHASE: 0, BACK_OFFICE: 8 })
  })

  it('let purchases and reversals continue while the back office pauses', () => {
    push('PURCHASE', 1)
    lanes.ended(lanes.takeGroup())
    push('BACK_OFFICE', 300)
    const group = lanes.takeGroup()
    clock.advance(30)
    lanes.ended(group)
    push('PURCHASE', 200)
    expect(membersOf(lanes.takeGroup())).to.deep.equal({ PURCHASE: 128, BACK_OFFICE: 0 })
  })

  it('do not pause the back office without purchases', () => {
    push('BACK_OFFICE', 300)
    const group = lanes.takeGroup()
    clock.advance(30)
    expect(lanes.ended(group)).to.equal(0)
    expect(membersOf(lanes.takeGroup())).to.deep.equal({ PURCHASE: 0, BACK_OFFICE: 128 })
  })

  it('share the places between bookings, the back office and expiries', () => {
    for (const lane of ['EXPIRY', 'BACK_OFFICE', 'BOOKING'] as const) push(lane, 40)
    push('PURCHASE', 200)
    expect(membersOf(lanes.takeGroup())).to.deep.equal({
      ...{ PURCHASE: 128, BOOKING: 5, BACK_OFFICE: 2, EXPIRY: 1 },
    })
  })

  it('share whole groups in the same way without purchases', () => {
    for (const lane of ['EXPIRY', 'BACK_OFFICE', 'BOOKING'] as const) push(lane, 200)
    expect(membersOf(lanes.takeGroup())).to.deep.equal({
      ...{ PURCHASE: 0, BOOKING: 80, BACK_OFFICE: 32, EXPIRY: 16 },
    })
  })

  it('give unused places to bookings first, then to the back office, then to expiries', () => {
    push('PURCHASE', 1)
    push('BOOKING', 6)
    push('BACK_OFFICE', 1)
    push('EXPIRY', 40)
    const first = lanes.takeGroup()
    expect(membersOf(first)).to.deep.equal({ PURCHASE: 1, BOOKING: 6, BACK_OFFICE: 1, EXPIRY: 1 })
    lanes.ended(first)
    expect(membersOf(lanes.takeGroup())).to.deep.equal({ PURCHASE: 0, BACK_OFFICE: 0, EXPIRY: 8 })
  })

  it('let an expiry stand aside for the purchases of its account, and take it afterwards', () => {
    lanes.push(pendingRequest({ accountId: 'a', id: 'purchase' }))
    const group = lanes.takeGroup()
    lanes.push(pendingRequest({ accountId: 'a', id: 'expiry', lane: 'EXPIRY' }))
    expect(lanes.takeGroup().members).to.deep.equal([])
    lanes.ended(group)
    expect(lanes.takeGroup().members.map(idOf)).to.deep.equal(['expiry'])
  })

  it('measure the pace of each lane by the places that it had', () => {
    push('BOOKING', 700)
    push('BACK_OFFICE', 400)
    // In 60 ms a group has 96 places for bookings, and 32 for the back office. A burst may wait for 500 ms:
    // for 800 bookings, or 266 requests of the back office.
    for (let groups = 0; groups < 3; groups++) {
      const group = lanes.takeGroup()
      clock.advance(60)
      lanes.ended(group)
    }
    expect([lanes.size('BOOKING'), lanes.size('BACK_OFFICE')]).to.deep.equal([412, 304])
    expect(lanes.admits('BOOKING', 's', nobody)).to.equal(true)
    expect(lanes.admits('BACK_OFFICE', 's', nobody)).to.equal(false)
  })

  it('return a group in the order of arrival, across lanes and subjects', () => {
    const asked: readonly (readonly [Lane, string, string])[] = [
      ['BACK_OFFICE', 'x', '1'],
      ['PURCHASE', 'a', '2'],
      ['PURCHASE', 'a', '3'],
      ['PURCHASE', 'b', '4'],
      ['BACK_OFFICE', 'x', '5'],
    ]
    for (const [lane, subject, id] of asked) lanes.push(pendingRequest({ lane, subject, id }))
    expect(lanes.takeGroup().members.map(idOf)).to.deep.equal(['1', '2', '3', '4', '5'])
  })

  it('put an account into one group at a time, across lanes', () => {
    lanes.push(pendingRequest({ accountId: 'a', id: '1' }))
    const group = lanes.takeGroup()
    lanes.push(pendingRequest({ accountId: 'a', id: '2' }))
    lanes.push(pendingRequest({ accountId: 'a', id: '3', lane: 'BACK_OFFICE' }))
    expect(lanes.takeGroup().members).to.deep.equal([])
    lanes.ended(group)
    expect(lanes.takeGroup().members.map(idOf)).to.deep.equal(['2', '3'])
  })

  describe('when full', () => {
    beforeEach(() => {
      lanes = new Lanes({ queueMax: 200, waitMsMax: 50, clock })
      push('PURCHASE', 200, 'greedy')
    })

    it('reject the subject that has the most', () => {
      expect(lanes.admits('PURCHASE', 'greedy', nobody)).to.equal(false)
    })

    it('make room for another subject at the cost of the one that has the most', () => {
      const evicted: string[] = []
      const isAdmitted = lanes.admits('PURCHASE', 'modest', ({ subject }) => evicted.push(subject))
      expect({ isAdmitted, evicted }).to.deep.equal({ isAdmitted: true, evicted: ['greedy'] })
      expect(lanes.size('PURCHASE')).to.equal(199)
    })

    it('have room in the other lane', () => {
      expect(lanes.admits('BACK_OFFICE', 'greedy', nobody)).to.equal(true)
    })
  })

  describe('with slow groups', () => {
    beforeEach(() => {
      // Each group of 128 takes 400 ms: a burst has time for only one more.
      push('PURCHASE', 600, 'greedy')
      for (let groups = 0; groups < 3; groups++) {
        const group = lanes.takeGroup()
        clock.advance(400)
        lanes.ended(group)
      }
    })

    it('reject a subject that would wait too long behind its own requests', () => {
      expect(lanes.admits('PURCHASE', 'greedy', nobody)).to.equal(false)
    })

    it('accept a subject that would not', () => {
      for (let asked = 0; asked < 20; asked++) {
        expect(lanes.admits('PURCHASE', 'modest', nobody)).to.equal(true)
        push('PURCHASE', 1, 'modest')
      }
    })

    it("put the modest subject's request into the next group", () => {
      push('PURCHASE', 1, 'modest')
      expect(lanes.takeGroup().members.filter(({ subject }) => subject === 'modest')).to.have.lengthOf(1)
    })
  })

  let requests = 0

  function push(lane: Lane, count: number, subject = 's'): void {
    for (let index = 0; index < count; index++) {
      requests += 1
      lanes.push(pendingRequest({ lane, subject, id: `${requests}` }))
    }
  }

  /** The members of a group by lane: always purchases and back office, the other lanes only if they have any. */
  function membersOf({ members }: Group): Partial<Record<Lane, number>> {
    const counts: Partial<Record<Lane, number>> = { PURCHASE: 0, BACK_OFFICE: 0 }
    for (const { lane } of members) counts[lane] = (counts[lane] ?? 0) + 1
    return counts
  }
})
