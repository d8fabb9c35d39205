import { expect } from 'chai'
import fc from 'fast-check'
import { terminalLines, terminalText } from '../../../../src/observability/logging/terminal-text.js'

describe('text for a terminal', () => {
  for (const [what, text, shown] of [
    ['ordinary text', 'PÃO DE AÇÚCAR 🍕', 'PÃO DE AÇÚCAR 🍕'],
    ['directions', 'REBU\u202eTRIP\u2066\u200f', 'REBU\\u202eTRIP\\u2066\\u200f'],
    ['line breaks of every kind', 'a\nb\r\u0085\u2028\u2029', 'a\\u000ab\\u000d\\u0085\\u2028\\u2029'],
    ['escape sequences', '\u001b[2J\u009b2J', '\\u001b[2J\\u009b2J'],
    ['what is not seen', 'U\u200bBER\u00ad\ufeff', 'U\\u200bBER\\u00ad\\ufeff'],
    ['half a character', 'a\ud83c', 'a\\ud83c'],
    ['a character of two units, whole', '\u{e0041}', '\\udb40\\udc41'],
  ] as const) {
    it(`shows ${what}`, () => {
      expect(terminalText(text)).to.equal(shown)
    })
  }

  it('keeps our own lines', () => {
    expect(terminalLines('a\u202e\nb')).to.equal('a\\u202e\nb')
  })

  it('leaves JSON unchanged in meaning', () => {
    fc.assert(
      fc.property(fc.json(), (json) => {
        const pretty = JSON.stringify(JSON.parse(json), null, 2)
        expect(JSON.parse(terminalLines(pretty))).to.deep.equal(JSON.parse(pretty))
      }),
    )
  })
})
