import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import fc from 'fast-check'
import { readCsvFile } from '../../../cli/files/csv-file.js'
import { csvText } from '../../../cli/files/csv-writer.js'
import { originalCell, safeCell } from '../../../cli/files/spreadsheet-cell.js'
import { useTempFolder } from '../../support/temp-folder.js'

describe('a CSV file', () => {
  const folder = useTempFolder()

  function read(content: string | Buffer, linesMax = 10_000) {
    const path = join(folder(), 'file.csv')
    writeFileSync(path, content)
    return readCsvFile(path, { columns: ['first_id', 'amount'], bytesMax: 1_000_000, linesMax })
  }

  const rowsOf = (content: string | Buffer) =>
    read(content).lines.map(({ line, cells, fault }) => [line, fault === undefined ? cells : fault])

  for (const [what, content] of [
    ['commas', 'first_id,amount\na,1\n'],
    ['semicolons', 'first_id;amount\na;1\n'],
    ['tabs', 'first_id\tamount\na\t1\n'],
    ['a separator in its first line', 'sep=|\nfirst_id|amount\na|1'],
    ['a byte order mark', '\ufefffirst_id,amount\na,1\n'],
    ['line ends of Windows', 'first_id,amount\r\na,1\r\n'],
    ['line ends of an old Mac', 'first_id,amount\ra,1\r'],
    ['no line end at its end', 'first_id,amount\na,1'],
    ['quoted cells', '"first_id","amount"\n"a","1"\n'],
    ['columns in another order', 'amount,first_id\n1,a\n'],
    ['other columns', 'x,first_id,y,amount\n0,a,0,1\n'],
    ['a header in other letters', ' First ID ,AMOUNT\na,1\n'],
    ['empty columns at its end', 'first_id,amount,,\na,1,,\n'],
    ['empty columns in its lines alone', 'first_id,amount\na,1,,,\n'],
    ['spaces around cells', 'first_id,amount\n a ,\u00a01\n'],
  ] as const) {
    it(`may have ${what}`, () => {
      const rows = read(content).lines.map(({ cells, fault }) => [cells, fault])
      expect(rows).to.deep.equal([[{ first_id: 'a', amount: '1' }, undefined]])
    })
  }

  it('counts its lines as an editor does, and skips empty ones', () => {
    const content = '\n\nfirst_id,amount\r\n\r\na,1\n,\nb,2\r,,,\n  \nc,3\n\n'
    expect(read(content).lines.map(({ line, cells }) => [line, cells.first_id])).to.deep.equal([
      [5, 'a'],
      [7, 'b'],
      [10, 'c'],
    ])
  })

  it('names every faulty line, and still reads the lines around it', () => {
    expect(
      rowsOf('first_id,amount\nbad"quote,1\na,1\n"never closed,1\nb,2\n"c"d,3\nd,4,5\ne,"6"\n'),
    ).to.deep.equal([
      [2, 'a quote inside an unquoted cell, or text after a quoted cell'],
      [3, { first_id: 'a', amount: '1' }],
      [4, 'a quote is opened but not closed in the same line'],
      [5, { first_id: 'b', amount: '2' }],
      [6, 'a quote inside an unquoted cell, or text after a quoted cell'],
      [
        7,
        'has 3 cells, and "5" is in a column without a name (a decimal comma needs quotes or another separator)',
      ],
      [8, { first_id: 'e', amount: '6' }],
    ])
  })

  it('never loses a line, whatever its content', () => {
    const cell = fc.string({ unit: fc.constantFrom('a', '"', ',', ' ', ';'), minLength: 1, maxLength: 5 })
    fc.assert(
      fc.property(fc.array(cell, { maxLength: 30 }), (cells) => {
        const named = cells.map((text, index) => `${index}x,${text}`)
        const { lines } = read(`first_id,amount\n${named.join('\n')}\n`)
        expect(lines.map(({ line }) => line)).to.deep.equal(named.map((_, index) => index + 2))
      }),
      { numRuns: 200 },
    )
  })

  for (const [what, content, said] of [
    ['nothing in it', '', 'is empty'],
    ['blank lines alone', '\n \n', 'is empty'],
    ['a column missing', 'first_id\na\n', 'has no column amount'],
    ['a column twice', 'first_id,amount,Amount\n', 'has the column amount twice'],
    ['more lines than may be', `first_id,amount\n${'a,1\n'.repeat(11)}`, 'has more than 10 lines'],
    ['UTF-16 with a mark', Buffer.from('\ufefffirst_id,amount\n', 'utf16le'), 'is UTF-16'],
    ['UTF-16 without one', Buffer.from('first_id,amount\n', 'utf16le'), 'has zero bytes'],
    ['Latin-1', Buffer.from('first_id,amount\na,1\nj\u00f4,1\n', 'latin1'), 'line 3: is not UTF-8'],
    ['UTF-8 read as Latin-1', 'first_id,amount\nSÃ£o Paulo,1\n', 'line 2: seems wrongly decoded'],
    ['UTF-8 read as windows-1252', 'first_id,amount\nPADARIA JOÃ‰,1\n', 'line 2: seems wrongly decoded'],
    ['a replacement character', 'first_id,amount\na,1\nS\ufffdo,1\n', 'line 3: seems wrongly decoded'],
    ['too many bytes', 'x'.repeat(1_000_001), 'has more than'],
  ] as const) {
    it(`is rejected with ${what}`, () => {
      expect(() => read(content, 10)).to.throw(said)
    })
  }

  it('may have accents and unusual names', () => {
    for (const name of ['São Paulo', 'PÃO & CAFÉ', 'AÇAÍ', 'JOÃO', 'Â', 'MAÇÃ', 'CAFÉ–BAR', '😀'])
      expect(rowsOf(`first_id,amount\n${name},1\n`)).to.deep.equal([[2, { first_id: name, amount: '1' }]])
  })

  it('written by us runs nothing in a spreadsheet, and is read back unchanged', () => {
    const cell = fc.string({
      unit: fc.constantFrom("'", '=', '+', '-', '@', 'a', ',', '"', ';', '\uff1d'),
      maxLength: 6,
    })
    fc.assert(
      fc.property(cell, (text) => {
        const written = safeCell(text)
        expect(written).not.to.match(/^[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]/)
        expect(originalCell(written)).to.equal(text)
        const [line] = read(`first_id,amount\n${csvText([[text, 'x']])}`).lines
        expect(line?.cells.first_id).to.equal(text)
      }),
      { numRuns: 300 },
    )
  })
})
