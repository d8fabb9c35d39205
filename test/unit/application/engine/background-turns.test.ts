import { expect } from 'chai'
import { PurchasesFirst } from '../../../../src/application/engine/background-turns.js'
import type { Lane } from '../../../../src/application/engine/lane.js'
import { HandTimers } from '../hand-timers.js'

describe('background turns', () => {
  let timers: HandTimers
  let waiting: Record<Lane, number>
  let looks: number
  let turns: PurchasesFirst

  beforeEach(() => {
    timers = new HandTimers({ goesOn: true })
    waiting = { PURCHASE: 0, BOOKING: 9, BACK_OFFICE: 9, EXPIRY: 9 }
    looks = 0
    const waitingIn = (lane: Lane) => {
      looks += 1
      if (looks === 5) waiting.PURCHASE = 0
      return waiting[lane]
    }
    turns = new PurchasesFirst({ waitingIn }, timers)
  })

  it('leave three turns of the event loop to purchases, even when none waits', async () => {
    await turns.turn()
    expect(timers.lengthsMs).to.deep.equal([1, 1, 1])
  })

  it('come when no purchase waits any more', async () => {
    waiting.PURCHASE = 3
    await turns.turn()
    expect(looks).to.equal(5)
  })

  it('come after 15 checks, however many purchases wait', async () => {
    looks = 5
    waiting.PURCHASE = 3
    await turns.turn()
    expect(timers.lengthsMs).to.deep.equal(Array.from({ length: 15 }, () => 1))
  })

  it('come one at a time, in the order of the requests', async () => {
    const came: string[] = []
    await Promise.all(
      ['first', 'second', 'third'].map(async (name) => {
        await turns.turn()
        came.push(`${name} after ${timers.asked.filter(({ state }) => state === 'OVER').length}`)
      }),
    )
    expect(came).to.deep.equal(['first after 3', 'second after 6', 'third after 9'])
  })
})
