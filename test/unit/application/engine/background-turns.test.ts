import { expect } from 'chai'
import { PurchasesFirst } from '../../../../src/application/engine/background-turns.js'
import type { Lane } from '../../../../src/application/engine/lane.js'
import { HandPauses } from '../hand-pauses.js'

describe('background turns', () => {
  let pauses: HandPauses
  let waiting: Record<Lane, number>
  let looks: number
  let turns: PurchasesFirst

  beforeEach(() => {
    pauses = new HandPauses({ goesOn: true })
    waiting = { PURCHASE: 0, BACK_OFFICE: 9 }
    looks = 0
    const waitingIn = (lane: Lane) => {
      looks += 1
      if (looks === 5) waiting.PURCHASE = 0
      return waiting[lane]
    }
    turns = new PurchasesFirst({ waitingIn }, pauses)
  })

  it('come in a later turn of the event loop, also while no purchase waits', async () => {
    await turns.turn()
    expect(pauses.lengthsMs).to.deep.equal([1])
  })

  it('come when no purchase waits any more', async () => {
    waiting.PURCHASE = 3
    await turns.turn()
    expect(looks).to.equal(5)
  })

  it('come after 20 looks, however many purchases wait', async () => {
    looks = 5
    waiting.PURCHASE = 3
    await turns.turn()
    expect(pauses.lengthsMs).to.deep.equal(Array.from({ length: 20 }, () => 1))
  })
})
