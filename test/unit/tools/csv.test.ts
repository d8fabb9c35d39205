import { expect } from 'chai'
import fc from 'fast-check'
import { readCsv, writeCsv } from '../../../tools/csv.js'

const fieldsOf = (text: string) => [...readCsv(text)].map(({ fields }) => fields)

describe('CSV', () => {
  const texts: readonly (readonly [string, string, readonly (readonly string[])[]])[] = [
    ['nothing', '', []],
    [
      'lines that end like Unix',
      'a,b\nc,d\n',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    [
      'lines that end like Windows',
      'a,b\r\nc,d\r\n',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    [
      'a last line without an end',
      'a,b\nc,d',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    [
      'empty fields',
      ',\n,,\n',
      [
        ['', ''],
        ['', '', ''],
      ],
    ],
    ['an empty field at the end of the text', 'a,', [['a', '']]],
    ['spaces, which belong to the field', ' a , b ', [[' a ', ' b ']]],
    ['quotes', '"a","b"\n', [['a', 'b']]],
    ['a comma, a quote and a line break in quotes', '"a,b","c""d","e\r\nf"', [['a,b', 'c"d', 'e\r\nf']]],
    ['empty quotes', '""\n"",""', [[''], ['', '']]],
    ['empty lines, which are left out', 'a\n\n\r\nb\n', [['a'], ['b']]],
  ]
  for (const [what, text, records] of texts) {
    it(`has ${what}`, () => {
      expect(fieldsOf(text)).to.deep.equal(records)
    })
  }

  it('says on which line a record begins', () => {
    const lines = [...readCsv('a\n\n"b\nb"\r\nc')].map(({ line }) => line)
    expect(lines).to.deep.equal([1, 3, 5])
  })

  for (const bad of ['a"b', '"a"b', '"a', '"a" ,b', 'x,"']) {
    it(`finds the fault in ${bad}, and goes on with the next line`, () => {
      const [first, second] = readCsv(`${bad}\nc,d`)
      expect(first?.fault).to.be.a('string')
      expect(second).to.deep.equal({ line: 2, fields: ['c', 'd'] })
    })
  }

  it('reads what was written, whatever it is', () => {
    const field = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r', ' ', 'ç', '\ud83c') })
    const record = fc.array(field, { minLength: 1, maxLength: 5 })
    fc.assert(
      fc.property(fc.array(record, { maxLength: 6 }), (records) => {
        expect(fieldsOf(records.map(writeCsv).join(''))).to.deep.equal(records)
      }),
      { numRuns: 500 },
    )
  })

  it('is read to its end, whatever the text', () => {
    const text = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r') })
    fc.assert(
      fc.property(text, (any) => [...readCsv(any)].every(({ line }) => line > 0)),
      { numRuns: 500 },
    )
  })
})
