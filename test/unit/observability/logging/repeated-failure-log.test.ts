import { expect } from 'chai'
import { RepeatedFailureLog, summaryOf } from '../../../../src/observability/logging/repeated-failure-log.js'

describe('repeated failure log', () => {
  let nowMs: number
  let lines: unknown[]
  let log: RepeatedFailureLog

  beforeEach(() => {
    nowMs = 0
    lines = []
    log = new RepeatedFailureLog({
      logger: { warn: (fields: object, event: string) => lines.push({ ...fields, event }) } as never,
      monotonicMs: () => nowMs,
      explain: (error) => ({ kind: String(error), fields: { cause: String(error), hint: 'look there' } }),
    })
  })

  it('logs the failure, its cause and a hint', () => {
    log.failed('not serving', 'A')
    expect(lines).to.deep.equal([{ cause: 'A', hint: 'look there', event: 'not serving' }])
  })

  it('logs a lasting failure once', () => {
    for (nowMs = 0; nowMs < 60_000; nowMs += 1_000) log.failed('not serving', 'A')
    expect(lines).to.have.length(1)
  })

  it('logs the failure again after a minute, with the number of failures since', () => {
    for (nowMs = 0; nowMs <= 120_000; nowMs += 1_000) log.failed('not serving', 'A')
    const line = { cause: 'A', hint: 'look there', event: 'not serving' }
    expect(lines).to.deep.equal([line, { ...line, times: 60 }, { ...line, times: 60 }])
  })

  it('logs a new cause at once', () => {
    log.failed('not serving', 'A')
    log.failed('not serving', 'B')
    expect(lines).to.have.length(2)
  })

  it('logs another failing subject at once', () => {
    log.failed('not serving', 'A')
    log.failed('posting failed', 'A')
    expect(lines).to.have.length(2)
  })

  it('logs a new failure at once after a recovery', () => {
    log.failed('not serving', 'A')
    log.over()
    log.failed('not serving', 'A')
    expect(lines).to.have.length(2)
  })

  it('logs a slow operation once', () => {
    log.slow('slow', 700)
    log.slow('slow', 800)
    expect(lines).to.deep.equal([{ cause: 'SLOW', durationMs: 700, event: 'slow' }])
  })

  it('distinguishes at most 256 kinds', () => {
    for (let kind = 0; kind < 1_000; kind++) log.failed('not serving', kind)
    expect(lines).to.have.length(257)
  })
})

describe('summary of an error', () => {
  it('has its class and message, without the state that a driver attaches', () => {
    const error = Object.assign(new TypeError('connect ECONNREFUSED'), {
      reason: { servers: 'x'.repeat(3_000) },
    })
    expect(summaryOf(error)).to.equal('TypeError: connect ECONNREFUSED')
  })

  it('has at most 300 characters of text', () => {
    expect(summaryOf(new Error('x'.repeat(1_000)))).to.equal(`Error: ${'x'.repeat(293)}...`)
  })
})
