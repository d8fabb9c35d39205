import { mock } from 'node:test'
import { expect } from 'chai'
import { LogSampler } from '../../../../src/observability/logging/log-sampler.js'

describe('log sampler', () => {
  let told: unknown[]

  beforeEach(() => {
    told = []
    mock.timers.enable({ apis: ['setTimeout'] })
  })
  afterEach(() => mock.timers.reset())

  function limitOf(linesMax: number, isDebug = false): LogSampler {
    const logger = { info: (...line: unknown[]) => told.push(line), isLevelEnabled: () => isDebug }
    return new LogSampler({ logger: logger as never, linesMax, event: 'lines were left out' })
  }

  it('shows the first ones of a second', () => {
    const limit = limitOf(2)
    expect([limit.level(), limit.level(), limit.level()]).to.deep.equal(['info', 'info', 'debug'])
  })

  it('shows as many again in the next second', () => {
    const limit = limitOf(1)
    limit.level()
    limit.level()
    mock.timers.tick(1_000)
    expect([limit.level(), limit.level()]).to.deep.equal(['info', 'debug'])
  })

  it('tells at the end of the second how many were left out', () => {
    const limit = limitOf(1)
    for (let line = 0; line < 4; line++) limit.level()
    mock.timers.tick(1_000)
    expect(told).to.deep.equal([[{ leftOut: 3 }, 'lines were left out']])
  })

  it('tells nothing when none was', () => {
    const limit = limitOf(2)
    limit.level()
    limit.level()
    mock.timers.tick(1_000)
    expect(told).to.deep.equal([])
  })

  it('tells nothing where all are shown at level debug', () => {
    const limit = limitOf(0, true)
    limit.level()
    mock.timers.tick(1_000)
    expect(told).to.deep.equal([])
  })

  it('tells of what was left out when it is closed', () => {
    const limit = limitOf(0)
    limit.level()
    limit.close()
    expect(told).to.deep.equal([[{ leftOut: 1 }, 'lines were left out']])
  })
})
