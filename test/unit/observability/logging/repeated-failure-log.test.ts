import { expect } from 'chai'
import { RepeatedFailureLog } from '../../../../src/observability/logging/repeated-failure-log.js'

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
      explain: (error) => ({ name: String(error), hint: 'look there' }),
    })
  })

  it('says what fails, what is behind it, and where to look', () => {
    log.failed('not serving', 'A')
    expect(lines).to.deep.equal([{ cause: 'A', hint: 'look there', error: 'A', event: 'not serving' }])
  })

  it('says of an error its class and message, without the state that a driver hangs onto it', () => {
    const error = Object.assign(new TypeError('connect ECONNREFUSED'), {
      reason: { servers: 'x'.repeat(3_000) },
    })
    log.failed('not serving', error)
    expect(lines).to.have.nested.property('[0].error', 'TypeError: connect ECONNREFUSED')
  })

  it('cuts a message of more than 300 characters', () => {
    log.failed('not serving', new Error('x'.repeat(1_000)))
    expect(lines).to.have.nested.property('[0].error', `Error: ${'x'.repeat(293)}...`)
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
    log.failed('posting failed', 'A')
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
    expect(lines).to.deep.equal([{ cause: 'SLOW', durationMs: 700, event: 'slow' }])
  })
})
