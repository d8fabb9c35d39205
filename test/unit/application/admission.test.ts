import { expect } from 'chai'
import { Admission } from '../../../src/application/admission.js'
import { HandClock } from './hand-clock.js'

describe('admission to the queue', () => {
  let clock: HandClock
  let admission: Admission

  beforeEach(() => {
    clock = new HandClock()
    admission = new Admission({ queueMax: 1_000, queueMin: 10, waitMsMax: 50, clock })
  })

  it('takes as many as may wait while it does not know how fast they are decided', () => {
    expect([999, 1_000].map((waiting) => admission.admits({ waiting }))).to.deep.equal([true, false])
  })

  it('takes as many as can be decided in time', () => {
    groups({ count: 5, members: 40, everyMs: 10 })
    expect([199, 200].map((waiting) => admission.admits({ waiting }))).to.deep.equal([true, false])
  })

  it('never takes more than may wait, however fast they are decided', () => {
    groups({ count: 5, members: 400, everyMs: 1 })
    expect([999, 1_000].map((waiting) => admission.admits({ waiting }))).to.deep.equal([true, false])
  })

  it('always takes one group’s worth, however slowly they are decided', () => {
    groups({ count: 5, members: 1, everyMs: 1_000 })
    expect([9, 10].map((waiting) => admission.admits({ waiting }))).to.deep.equal([true, false])
  })

  it('learns nothing from the time in which nobody waited', () => {
    groups({ count: 5, members: 40, everyMs: 10 })
    admission.ended({ members: 1, waiting: 0 })
    clock.advance(60_000)
    admission.ended({ members: 1, waiting: 5 })
    groups({ count: 5, members: 40, everyMs: 10 })
    expect(admission.admits({ waiting: 190 })).to.equal(true)
  })

  it('counts groups that end at the same moment together', () => {
    for (let pair = 0; pair < 5; pair++) {
      groups({ count: 1, members: 40, everyMs: 10 })
      groups({ count: 1, members: 40, everyMs: 0 })
    }
    expect(admission.admits({ waiting: 350 })).to.equal(true)
  })

  it('follows a change of pace within some dozens of groups', () => {
    groups({ count: 50, members: 40, everyMs: 100 })
    groups({ count: 50, members: 40, everyMs: 10 })
    expect([150, 250].map((waiting) => admission.admits({ waiting }))).to.deep.equal([true, false])
  })

  /** So many groups end one after another, with others waiting. */
  function groups({ count, members, everyMs }: { count: number; members: number; everyMs: number }): void {
    for (let group = 0; group < count; group++) {
      clock.advance(everyMs)
      admission.ended({ members, waiting: 1 })
    }
  }
})
