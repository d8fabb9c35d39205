import { expect } from 'chai'
import { ComplaintLog } from '../../../../src/observability/tracing/complaints.js'

describe('complaints of the SDK', () => {
  let nowMs: number
  let lines: unknown[]
  let log: ComplaintLog

  beforeEach(() => {
    nowMs = 0
    lines = []
    log = new ComplaintLog({
      logger: { warn: (fields: object) => lines.push(fields) } as never,
      monotonicMs: () => nowMs,
    })
  })

  it('are told at once, then once a minute with how often they came', () => {
    log.complain('Dropped 7 spans')
    log.complain('Dropped 12 spans')
    nowMs = 59_999
    log.complain('Dropped 300 spans')
    nowMs = 60_000
    log.complain('Dropped 4 spans')
    log.complain('Dropped 5 spans')
    expect(lines).to.deep.equal([
      { problem: 'Dropped 7 spans', times: 1 },
      { problem: 'Dropped 4 spans', times: 3 },
    ])
  })

  it('are the same about another span', () => {
    log.complain('Cannot execute the operation on ended Span {traceId: fb8fe3bed0cd, spanId: 43750b60}')
    log.complain('Cannot execute the operation on ended Span {traceId: 0a9c77aabbcc, spanId: f1a2b3c4}')
    expect(lines).to.have.length(1)
  })

  it('of different texts are told each', () => {
    log.complain('one')
    log.complain('another')
    expect(lines).to.have.length(2)
  })

  it('that are all different are told apart only so far', () => {
    for (let at = 0; at < 1_000; at++) log.complain('x'.repeat(at % 200) + 'y'.repeat(at % 7))
    expect(lines).to.have.length(65)
  })

  it('have neither credentials nor more than 300 characters', () => {
    log.complain(`bad URL http://ana:hunter2@host ${'x'.repeat(1_000)}`)
    const [line] = lines as { readonly problem: string }[]
    expect(line?.problem).to.have.length(300).and.include('http://[redacted]@host').and.not.include('hunter2')
  })
})
