import { expect } from 'chai'
import { TroubleLog } from '../../../src/observability/trouble-log.js'

describe('trouble log', () => {
  let nowMs: number
  let lines: unknown[]
  let log: TroubleLog

  beforeEach(() => {
    nowMs = 0
    lines = []
    log = new TroubleLog({
      logger: { warn: (fields: object, event: string) => lines.push({ ...fields, event }) } as never,
      monotonicMs: () => nowMs,
      explain: (error) => ({ name: String(error), advice: 'look there' }),
    })
  })

  it('says what fails, what is behind it, and where to look', () => {
    log.failed('not serving', 'A')
    expect(lines).to.deep.equal([{ trouble: 'A', advice: 'look there', err: 'A', event: 'not serving' }])
  })

  it('says it once while it goes on', () => {
    for (nowMs = 0; nowMs < 60_000; nowMs += 1_000) log.failed('not serving', 'A')
    expect(lines).to.have.length(1)
  })

  it('says it again after a minute', () => {
    for (nowMs = 0; nowMs <= 60_000; nowMs += 1_000) log.failed('not serving', 'A')
    expect(lines).to.have.length(2)
  })

  it('says at once that something else is behind it', () => {
    log.failed('not serving', 'A')
    log.failed('not serving', 'B')
    expect(lines).to.have.length(2)
  })

  it('says at once that something else fails, too', () => {
    log.failed('not serving', 'A')
    log.failed('settling failed', 'A')
    expect(lines).to.have.length(2)
  })

  it('says at once that it fails again after it was over', () => {
    log.failed('not serving', 'A')
    log.over()
    log.failed('not serving', 'A')
    expect(lines).to.have.length(2)
  })

  it('says once that something takes long', () => {
    log.slow('slow', 700)
    log.slow('slow', 800)
    expect(lines).to.deep.equal([{ trouble: 'SLOW', durationMs: 700, event: 'slow' }])
  })
})
