import { expect } from 'chai'
import { explainComplaint, explainLoss } from '../../../../src/observability/tracing/complaints.js'

describe('complaints of the SDK', () => {
  it('are of one kind about another span', () => {
    const [one, other] = [
      'Cannot execute the operation on ended Span {traceId: fb8fe3bed0cd, spanId: 43750b60}',
      'Cannot execute the operation on ended Span {traceId: 0a9c77aabbcc, spanId: f1a2b3c4}',
    ].map((message) => explainComplaint(message).kind)
    expect(one).to.equal(other)
  })

  it('are of another kind with another text', () => {
    expect(explainComplaint('one').kind).to.not.equal(explainComplaint('another').kind)
  })

  it('have neither credentials nor more than 300 characters', () => {
    const { fields } = explainComplaint(`bad URL http://ana:hunter2@host ${'x'.repeat(1_000)}`)
    expect(fields)
      .to.have.property('problem')
      .which.has.length(300)
      .and.includes('http://[redacted]@host')
      .and.does.not.include('hunter2')
  })
})

describe('the loss of spans', () => {
  for (const [what, error, cause] of [
    ['the code of its error', Object.assign(new Error('a secret'), { code: 'ECONNREFUSED' }), 'ECONNREFUSED'],
    ['the name of its error', new TypeError('a secret'), 'TypeError'],
    ['nothing of a text', 'a secret', 'unknown'],
  ] as const) {
    it(`is explained by ${what}, without the words of the collector`, () => {
      expect(explainLoss(error)).to.deep.equal({ kind: cause, fields: { cause } })
    })
  }
})
