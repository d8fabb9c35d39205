import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { useService } from '../../support/processes/service-fixture.js'
import { useTempFolder } from '../../support/temp-folder.js'
import { against } from './benefits.js'

/** The columns that every file has. */
const HEADER = 'id,match,name,city,country,mcc\n'
/** The columns of an export. */
const EXPORTED = 'id,match,name,city,country,mcc,merchant_tax_id,acquirer_id,merchant_id\n'

describe('./benefits rules', () => {
  const fixture = useService()
  const folder = useTempFolder()
  const run = against(fixture)

  /** Imports a file with this content. */
  async function importing(content: string | Buffer) {
    const file = join(folder(), 'rules.csv')
    writeFileSync(file, content)
    const { code, stdout, stderr } = await run('rules', 'import', file)
    return { code, stderr, counts: stdout === '' ? undefined : JSON.parse(stdout) }
  }

  /** The rules as an export has them, without its byte order mark. */
  const exported = async () => (await run('rules', 'export')).stdout.slice(1)

  it('imports files of a spreadsheet, and exports files that import unchanged', async () => {
    expect((await run('rules', 'export')).stdout).to.equal(`\ufeff${EXPORTED}`)
    const lines = [
      'uber,prefix,Uber,São Paulo,br,4121',
      '"q","EXACT","A, ""B""",,,5411',
      '',
      'long,exact,N,,,5812',
    ]
    const created = await importing(`\ufeff${HEADER}${lines.join('\n')}`.replaceAll('\n', '\r\n'))
    expect(created).to.deep.include({ code: 0, counts: { created: 3, changed: 0, unchanged: 0 } })

    const file = await exported()
    expect(file).to.equal(
      `${EXPORTED}long,EXACT,N,,,5812,,,\nq,EXACT,"A, ""B""",,,5411,,,\nuber,PREFIX,Uber,São Paulo,BR,4121,,,\n`,
    )
    const again = await importing(file.replace('5812', '5811'))
    expect(again.counts).to.deep.equal({ created: 0, changed: 1, unchanged: 2 })
  })

  it('accepts semicolons, tabs, another column order, empty last columns, and a last row of separators', async () => {
    const same = { created: 0, changed: 0, unchanged: 1 }
    await importing(`${HEADER}odd,EXACT,ODD,,,0742\n`)
    for (const content of [
      'MCC;Country;City;Name;Match;ID;;\r\n742;;;ODD;exact;odd;;\r\n;;;;;;;\r\n',
      `${HEADER.replaceAll(',', '\t')}odd\tEXACT\tODD\t\t\t0742\n\t\t\t\t\t\n`,
    ])
      expect((await importing(content)).counts).to.deep.equal(same)
  })

  it('import and export rules by id, and give a CNPJ its leading zeros back', async () => {
    const lines = [
      'bank,tax_id,,,,6010,191,,',
      'letters,TAX_ID,,,,5812,12.abc.345/01de-35,,',
      'shop,MERCHANT_ID,,,,5411,,0042,LOJA 1',
    ]
    const { code, counts } = await importing(EXPORTED + lines.join('\n'))
    expect({ code, counts }).to.deep.equal({ code: 0, counts: { created: 3, changed: 0, unchanged: 0 } })
    const file = await exported()
    expect(file).to.include('\nbank,TAX_ID,,,,6010,00000000000191,,\n')
    expect(file).to.include('\nletters,TAX_ID,,,,5812,12ABC34501DE35,,\n')
    expect(file).to.include('\nshop,MERCHANT_ID,,,,5411,,0042,LOJA 1\n')
    expect((await importing(file)).counts).to.include({ created: 0, changed: 0 })

    const listed = await run('rules', 'list', '--merchant-tax-id', '12ABC34501DE35', '--output', 'csv')
    expect(listed.stdout).to.equal(`${EXPORTED}letters,TAX_ID,,,,5812,12ABC34501DE35,,\n`)
    const shop = ['--acquirer-id', '0042', '--merchant-id', 'LOJA 1', '--output', 'table']
    const resolved = await run('rules', 'resolve', 'ODD', ...shop)
    expect(resolved.stdout).to.match(/^shop +MERCHANT_ID +LOJA 1 at acquirer 0042 +5411 +applies: /m)
    expect(resolved.stdout).to.match(/^odd +EXACT +ODD +0742 +not used: a rule with an id of the merchant /m)
    expect((await run('rules', 'resolve', ...shop)).stdout).to.match(/^merchant$/m)
    expect(await run('rules', 'resolve')).to.deep.include({
      code: 2,
      stderr: 'benefits: name a merchant, or one of its ids\n',
    })
  })

  it('name every line whose ids cannot be', async () => {
    const bad = [
      'a,TAX_ID,,,,5411,12ABC34501DE36,,',
      'b,TAX_ID,NAME,,,5411,12ABC34501DE35,,',
      'c,EXACT,C,,,5411,,0042,',
      'd,MERCHANT_ID,,,,5411,,,LOJA',
      '"e",TAX_ID,,,,5411,"1,12223E+13",,',
    ]
    const { code, stderr } = await importing(EXPORTED + bad.join('\n'))
    expect(code).to.equal(2)
    expect(stderr.trim().split('\n').slice(1)).to.deep.equal([
      'line 2: merchant_tax_id must end with the check digits of the CNPJ: a character is mistyped',
      'line 3: name must be empty in a rule with match TAX_ID',
      'line 4: acquirer_id must be empty in a rule with match EXACT',
      'line 5: acquirer_id must be 1 to 11 digits',
      'line 6: merchant_tax_id 1,12223E+13 was shortened by a spreadsheet: format the column as text',
    ])
  })

  it('exports no cell that a spreadsheet would execute', async () => {
    await importing(`${HEADER}formula,EXACT,=1+1,,,5411\nplus,EXACT,+PLUS,,,5411\nat,EXACT,@SUM(A1),,,5411\n`)
    const path = join(folder(), 'export.csv')
    expect((await run('rules', 'export', '--file', path, '--separator', 'semicolon')).code).to.equal(0)
    const file = readFileSync(path, 'utf8')
    expect(file)
      .to.match(/^\ufeffid;match;/)
      .and.include("formula;EXACT;'=1+1;")
    expect(file).not.to.match(/(^|;)[=+@-]/m)
    expect((await importing(file)).counts).to.include({ created: 0, changed: 0 })
    expect((await run('rules', 'export', '--file', path)).stderr).to.match(/already exists/)
  })

  it('names every invalid line, and both lines of a tie, and imports nothing', async () => {
    const before = await exported()
    const bad = [
      'good,EXACT,GOOD,,,5411',
      'a b,EXACT,TWO,,,5411',
      'one,EXACT,ONE,,,54',
      'good,EXACT,OTHER,,,5411',
      'two,EXACT,Good,,,5411',
      'three,EXACT,N,,,5411',
      'four,GUESS,FOUR,,,5411',
      'five,EXACT,"FIVE,,,5411',
      '"2,50E+17",EXACT,SIX,,,5411',
    ]
    const { code, stderr, counts } = await importing(HEADER + bad.join('\n'))
    expect({ code, counts }).to.deep.equal({ code: 2, counts: undefined })
    const [said, ...lines] = stderr.trim().split('\n')
    expect(said).to.match(/^benefits: .*rules\.csv: nothing was imported, 8 invalid lines$/)
    expect(lines.map((line) => line.slice(0, 32))).to.deep.equal([
      'line 3: id must be 1 to 64 chara',
      'line 4: mcc must be exactly four',
      'line 5: an earlier rule has the ',
      'line 6: ties with rule good: it ',
      'line 7: ties with rule long: it ',
      'line 8: match must be EXACT, PRE',
      'line 9: a quote is opened but no',
      'line 10: id 2,50E+17 was shorten',
    ])
    expect(lines[2]).to.match(/\(line 2\)$/)
    expect(lines[3]).to.match(/\(line 2\)$/)
    expect(await exported()).to.equal(before)
  })

  for (const [what, content, said] of [
    [
      'quotes that do not fit',
      `${HEADER}b,EXACT,"B"C,,,5411\nc,EXACT,"C,,,5411\n`,
      /2 invalid lines\nline 2: .*\nline 3: /,
    ],
    [
      'numbers that a spreadsheet shortened',
      `${HEADER}"2,50E+17",EXACT,B,,,5411\n`,
      /line 2: id 2,50E\+17 was shortened/,
    ],
    ['another header', 'id,name\n', /has no column match, city, country, mcc/],
    ['bytes that are not UTF-8', Buffer.from('id,match\nj\u00f4,x\n', 'latin1'), /line 2: is not UTF-8/],
    ['text decoded wrongly', `${HEADER}b,EXACT,CAFÃ‰,,,5411\n`, /line 2: seems wrongly decoded/],
    ['no rule at all', HEADER, /holds no rules/],
  ] as const) {
    it(`rejects ${what}`, async () => {
      const before = await exported()
      const { code, stderr, counts } = await importing(content)
      expect({ code, counts }).to.deep.equal({ code: 2, counts: undefined })
      expect(stderr).to.match(said)
      expect(await exported()).to.equal(before)
    })
  }

  it('lists and resolves rules', async () => {
    const { stdout } = await run('rules', 'list', '--name', 'UBER', '--output', 'csv')
    expect(stdout).to.equal(`${EXPORTED}uber,PREFIX,Uber,São Paulo,BR,4121,,,\n`)
    const resolved = await run(
      'rules',
      'resolve',
      'UBER EATS                   SAO PAULO BR',
      '--output',
      'table',
    )
    expect(resolved.stdout).to.match(/^merchant UBER EATS, SAO PAULO, BR$/m)
    expect(resolved.stdout).to.match(/^uber +PREFIX +Uber +São Paulo +BR +4121 +applies: replaces the MCC$/m)
  })
})
