import { mock } from 'node:test'
import { expect } from 'chai'
import { systemTimers } from '../../../../src/application/engine/timers.js'

describe('a timer of the system', () => {
  beforeEach(() => mock.timers.enable({ apis: ['setTimeout'] }))
  afterEach(() => mock.timers.reset())

  it('is over after its time, once', () => {
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

  it('is never over when it was called off', () => {
    let times = 0
    const callOff = systemTimers.after(10, () => {
      times += 1
    })
    callOff()
    mock.timers.tick(100)
    expect(times).to.equal(0)
  })
})
