import { mock } from 'node:test'
import { expect } from 'chai'
import { systemTimers } from '../../../../src/application/engine/timers.js'

describe('a system timer', () => {
  beforeEach(() => mock.timers.enable({ apis: ['setTimeout'] }))
  afterEach(() => mock.timers.reset())

  it('fires once after its time', () => {
    let times = 0
    systemTimers.after(10, () => {
      times += 1
    })
    mock.timers.tick(9)
    expect(times).to.equal(0)
    mock.timers.tick(1)
    mock.timers.tick(100)
    expect(times).to.equal(1)
  })

  it('never fires when it is cancelled', () => {
    let times = 0
    const callOff = systemTimers.after(10, () => {
      times += 1
    })
    callOff()
    mock.timers.tick(100)
    expect(times).to.equal(0)
  })
})
