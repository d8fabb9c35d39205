import { mock } from 'node:test'
import { expect } from 'chai'
import { LogSampler } from '../../../../src/observability/logging/log-sampler.js'

describe('log sampler', () => {
  let logged: unknown[]

  beforeEach(() => {
    logged = []
    mock.timers.enable({ apis: ['setTimeout'] })
  })
  afterEach(() => mock.timers.reset())

  function samplerOf(linesMax: number, isDebug = false): LogSampler {
    const logger = { info: (...line: unknown[]) => logged.push(line), isLevelEnabled: () => isDebug }
    return new LogSampler({
      logger: logger as never,
      linesMax,
      event: 'lines were left out',
      field: 'leftOut',
    })
  }

  it('shows the first events of a second', () => {
    const sampler = samplerOf(2)
    expect([sampler.count(), sampler.count(), sampler.count()]).to.deep.equal(['info', 'info', 'debug'])
  })

  it('shows as many again in the next second', () => {
    const sampler = samplerOf(1)
    sampler.count()
    sampler.count()
    mock.timers.tick(1_000)
    expect([sampler.count(), sampler.count()]).to.deep.equal(['info', 'debug'])
  })

  it('logs at the end of the second how many were left out', () => {
    const sampler = samplerOf(1)
    for (let line = 0; line < 4; line++) sampler.count()
    mock.timers.tick(1_000)
    expect(logged).to.deep.equal([[{ leftOut: 3 }, 'lines were left out']])
  })

  it('logs nothing when no event was left out', () => {
    const sampler = samplerOf(2)
    sampler.count()
    sampler.count()
    mock.timers.tick(1_000)
    expect(logged).to.deep.equal([])
  })

  it('logs nothing when level debug shows all', () => {
    const sampler = samplerOf(0, true)
    sampler.count()
    mock.timers.tick(1_000)
    expect(logged).to.deep.equal([])
  })

  it('logs the number left out when it is closed', () => {
    const sampler = samplerOf(0)
    sampler.count()
    sampler.close()
    expect(logged).to.deep.equal([[{ leftOut: 1 }, 'lines were left out']])
  })

  it('warns of every event when none has a line', () => {
    const logger = { warn: (...line: unknown[]) => logged.push(line), isLevelEnabled: () => true }
    const sampler = new LogSampler({
      logger: logger as never,
      event: 'calls were rejected',
      field: 'rejected',
    })
    for (let call = 0; call < 5; call++) sampler.count()
    mock.timers.tick(1_000)
    for (let call = 0; call < 2; call++) sampler.count()
    mock.timers.tick(1_000)
    expect(logged).to.deep.equal([
      [{ rejected: 5 }, 'calls were rejected'],
      [{ rejected: 2 }, 'calls were rejected'],
    ])
  })
})
