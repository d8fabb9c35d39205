import { expect } from 'chai'
import { logText } from '../../../../src/observability/logging/log-text.js'

const line = (fields: object) =>
  JSON.stringify({ level: 'info', time: '2026-11-23T19:14:17.202Z', event: 'decision', ...fields })

describe('a log line as text', () => {
  it('has the time of day, the level, the event and the fields', () => {
    expect(logText(line({ code: '00', durationMs: 3.21, replayed: false }))).to.equal(
      '19:14:17.202 INFO  decision code=00 durationMs=3.21 replayed=false\n',
    )
  })

  it('quotes a value with a space or a quotation mark', () => {
    expect(logText(line({ subject: 'a "switch"' }))).to.equal(
      '19:14:17.202 INFO  decision subject="a \\"switch\\""\n',
    )
  })

  for (const [what, text] of [
    ['a new line', 'a\nb'],
    ['an escape sequence', 'a\u001b[2Jb'],
    ['a C1 control character', 'a\u009b2Jb'],
    ['a change of the writing direction', 'a\u202eb'],
    ['a line separator', 'a\u2028b'],
    ['a paragraph separator', 'a\u2029b'],
    ['an isolate of direction', 'a\u2066b\u2069'],
    ['an invisible tag', 'a\u{e0041}b'],
  ] as const) {
    it(`does not pass ${what} in a field on to the terminal`, () => {
      const shown = logText(line({ subject: text }))
      expect(shown).not.to.match(/[\p{Cc}\p{Cf}\u2028\u2029](?!$)/u)
      expect(shown.split('\n')).to.have.length(2)
    })
  }

  it('prints the stack of an error below, line by line', () => {
    const err = { type: 'Error', message: 'away', stack: 'Error: away\n    at x.ts:1\u001b[2J' }
    expect(logText(line({ level: 'warn', event: 'not serving', err })).split('\n')).to.deep.equal([
      '19:14:17.202 WARN  not serving',
      '    Error: away',
      '        at x.ts:1\\u001b[2J',
      '',
    ])
  })

  it('passes other lines through', () => {
    for (const other of ['', 'ready\n', '{"a":1}', '[1]', '{"level":"info"']) {
      expect(logText(other)).to.equal(other)
    }
  })
})
