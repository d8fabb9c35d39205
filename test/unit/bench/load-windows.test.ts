import { expect } from 'chai'
import { TimeWindows } from '../../../bench/load/time-windows.js'

describe('the windows of the load generator', () => {
  it('count the calls that ended in each, including empty windows', () => {
    const windows = new TimeWindows(100, 1_000)
    windows.ended({ at: 1_000, latencyMs: 4, isOk: true })
    windows.ended({ at: 1_099, latencyMs: 6, isOk: true })
    windows.ended({ at: 1_100, latencyMs: 50, isOk: false })
    windows.ended({ at: 1_350, latencyMs: 8, isOk: true })
    const told = windows.finish(1_400)
    expect(told.map(({ answered, rejected }) => [answered, rejected])).to.deep.equal([
      [2, 0],
      [0, 1],
      [0, 0],
      [1, 0],
    ])
    expect(told.map(({ latency }) => latency.max)).to.deep.equal([6, 0, 0, 8])
    expect(told.map(({ startedAtMs }) => startedAtMs - performance.timeOrigin)).to.deep.equal([
      1_000, 1_100, 1_200, 1_300,
    ])
  })

  it('omit a remainder that is too short', () => {
    const told = (until: number) => new TimeWindows(100, 0).finish(until).map(({ durationMs }) => durationMs)
    expect(told(149)).to.deep.equal([100])
    expect(told(150)).to.deep.equal([100, 50])
  })
})
