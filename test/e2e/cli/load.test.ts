import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { secondsFromNow, signToken } from '../../support/clients/token.js'
import { secretToken } from '../../support/leaks.js'
import { useService } from '../../support/processes/service-fixture.js'
import { useTempFolder } from '../../support/temp-folder.js'
import { accountIn, against, benefits, envOf } from './benefits.js'

const HEADER = 'transaction_id,account_id,category,amount'

describe('./benefits load', () => {
  const fixture = useService()
  const folder = useTempFolder()
  const run = against(fixture)

  before(async () => {
    await run('account', 'open', 'emp1')
    await run('account', 'open', 'gone')
    await run('account', 'close', 'gone')
  })

  async function load(content: string | Buffer, ...options: readonly string[]) {
    const file = join(folder(), 'load.csv')
    writeFileSync(file, content)
    const { code, stdout, stderr } = await run('load', file, ...options)
    return { code, stderr, summary: stdout === '' ? undefined : JSON.parse(stdout) }
  }

  const food = async () => BigInt(accountIn(await run('account', 'show', 'emp1')).wallets[0].balance)

  it('shows totals, credits each line once, and counts earlier credits', async () => {
    const before = await food()
    const content = `${HEADER}\nt1,emp1,FOOD,600.00\nt2,emp1,MEAL,10.00\n`
    const { code, stderr, summary } = await load(content)
    expect(code).to.equal(0)
    expect(stderr)
      .to.match(/FOOD +1 +R\$ 600,00\n/)
      .and.match(/total +2 +R\$ 610,00\n/)
    const counts = { rejectedCount: 0, rejected: [], unsureCount: 0, notTriedCount: 0 }
    expect(summary).to.deep.equal({
      creditedCount: 2,
      creditedAmount: '61000',
      alreadyThereCount: 0,
      ...counts,
    })
    expect((await load(content)).summary).to.include({ creditedCount: 0, alreadyThereCount: 2 })
    expect(await food()).to.equal(before + 60_000n)
  })

  it('gives the same cell the same id, with and without quotes', async () => {
    expect((await load(`${HEADER}\nq1,emp1,FOOD,1.00\n`)).summary).to.include({ creditedCount: 1 })
    expect((await load(`${HEADER}\n"q1","emp1","FOOD","1,00"\n`)).summary).to.include({
      creditedCount: 0,
      alreadyThereCount: 1,
    })
  })

  it('reads files of a Brazilian spreadsheet', async () => {
    const before = await food()
    const lines = [
      'Amount; Transaction ID ;"CATEGORY";account-id;;Nome',
      '"1.234,00";s1;FOOD;emp1;;João',
      'R$ 2,50;s2;FOOD;emp1',
      ' 3 ;s3;FOOD;emp1;;',
      ';;;;;',
      '',
    ]
    const { code, stderr, summary } = await load(`\ufeff${lines.join('\r\n')}`)
    expect(code).to.equal(0)
    expect(stderr).to.match(/^unused columns: Nome\n/)
    expect(summary).to.include({ creditedCount: 3, creditedAmount: '123950' })
    expect(await food()).to.equal(before + 123_950n)
    expect((await load(`${HEADER.replaceAll(',', '\t')}\ns4\temp1\tFOOD\t1,00\n`)).code).to.equal(0)
  })

  it('names every invalid line, and credits nothing', async () => {
    const before = await food()
    const bad = [
      ',,x,',
      'b2,emp1,FOOD,-10.00',
      'b3,emp1,FOOD,"1.234"',
      '"2,50E+17",emp1,FOOD,1.00',
      'b5,emp1,FODO,1.00',
      'b6,emp1,FOOD,600,00',
      'b7,em p1,FOOD,1.00',
      'b8,"emp1,FOOD,1.00',
      'good,emp1,FOOD,1.00',
      'twice,emp1,FOOD,1.00',
      'twice,emp1,FOOD,1.00',
      'other,emp1,FOOD,1.00',
      '"other",emp1,FOOD,2.00',
    ]
    const { code, stderr, summary } = await load(`${HEADER}\n${bad.join('\n')}\n`)
    expect(code).to.equal(2)
    expect(stderr).to.match(/nothing was credited, 11 invalid lines\n$/)
    expect(summary.rejected.map(({ line }: { line: number }) => line)).to.deep.equal([
      2, 3, 4, 5, 6, 7, 8, 9, 12, 13, 14,
    ])
    expect(summary).to.include({ creditedCount: 0, rejectedCount: 11, notTriedCount: 2 })
    expect(await food()).to.equal(before)
  })

  it('with --partial credits the valid lines, and writes the others to a file for correction', async () => {
    const before = await food()
    const rejects = join(folder(), 'rejects.csv')
    const content = `${HEADER}\np1,emp1,FOOD,1.00\np2,emp1,FOOD,-1.00\np3,gone,FOOD,1.00\np4,nobody,FOOD,1.00\n`
    const first = await load(content, '--partial', '--rejects', rejects)
    expect(first.code).to.equal(1)
    expect(first.summary).to.include({ creditedCount: 1, rejectedCount: 3, notTriedCount: 0 })
    expect(
      first.summary.rejected.map(({ line, reason }: { line: number; reason: string }) => [line, reason]),
    ).to.deep.equal([
      [3, 'INVALID_LINE'],
      [4, 'ACCOUNT_CLOSED'],
      [5, 'ACCOUNT_NOT_FOUND'],
    ])
    expect(await food()).to.equal(before + 100n)
    const written = readFileSync(rejects, 'utf8')
    expect(written).to.match(
      /^\ufefftransaction_id,account_id,category,amount,line,problem,text\np2,emp1,FOOD,'-1\.00,3,/,
    )
    // Corrected and loaded.
    const corrected = await load(written.replace("'-1.00", '1.00').replaceAll(/gone|nobody/g, 'emp1'))
    expect(corrected.summary).to.include({ creditedCount: 3, rejectedCount: 0 })
    const again = await load(content, '--rejects', rejects)
    expect(again.stderr).to.match(/rejects\.csv already exists/)
    expect(again.code).to.equal(2)
  })

  it('writes rejected lines in the format of its input, and keeps unreadable lines unchanged', async () => {
    const rejects = join(folder(), 'semicolons.csv')
    const lines = [
      HEADER.replaceAll(',', ';'),
      'r1;emp1;FOOD;"1,00',
      'r2;emp1;FOOD;1,00;x',
      'r3;emp1;FOOD;0,001',
    ]
    const { summary } = await load(lines.join('\r\n'), '--rejects', rejects)
    expect(summary.rejected.map(({ text }: { text?: string }) => text)).to.deep.equal([
      lines[1],
      lines[2],
      undefined,
    ])
    const written = readFileSync(rejects, 'utf8').split('\n')
    expect(written[0]).to.equal('\ufefftransaction_id;account_id;category;amount;line;problem;text')
    expect(written[1]).to.match(/^;;;;2;a quote .*;"r1;emp1;FOOD;""1,00"$/)
    expect(written[2]).to.match(/^;;;;3;.*;"r2;emp1;FOOD;1,00;x"$/)
    expect(written[3]).to.match(/^r3;emp1;FOOD;0,001;4;/)
  })

  it('names every rejected line in CSV, and reports success without rejections', async () => {
    const bad = Array.from({ length: 150 }, (_, index) => `v${index},emp1,FOOD,0`)
    const file = join(folder(), 'csv.csv')
    writeFileSync(file, [HEADER, ...bad].join('\n'))
    const rejected = await run('load', file, '--output', 'csv')
    expect(rejected.code).to.equal(2)
    expect(rejected.stdout.trim().split('\n')).to.have.length(151)
    expect(rejected.stderr).to.include('credited 0 (R$ 0,00), credited before 0, rejected 150, not sent 0\n')
    writeFileSync(file, `${HEADER}\nv,emp1,FOOD,1.00\n`)
    const done = await run('load', file, '--output', 'csv')
    expect(done.code).to.equal(0)
    expect(done.stdout).to.match(/^line,transaction_id,.*\n$/)
  })

  it('writes no file when no line is rejected', async () => {
    const rejects = join(folder(), 'none.csv')
    await load(`${HEADER}\nn1,emp1,FOOD,1.00\n`, '--rejects', rejects)
    expect(existsSync(rejects)).to.equal(false)
  })

  it('rejects a category that is closed for credits, both in the command and in the service', async () => {
    await run('categories', 'set', 'OLD', '--order', '90', '--mccs', '0742', '--credits', 'closed')
    const content = `${HEADER}\nc1,emp1,OLD,1.00\nc2,emp1,FOOD,1.00\n`
    const here = await load(content)
    expect(here.code).to.equal(2)
    expect(here.summary.rejected[0].description).to.equal('category OLD is closed for credits')
    // With a token that may not read categories, only the service knows.
    const token = signToken({ claims: { scope: 'accounts:credit' } })
    const { code, summary } = await load(content, '--token', token)
    expect(code).to.equal(1)
    expect(summary).to.include({ creditedCount: 1, rejectedCount: 1 })
    expect(summary.rejected[0]).to.include({ line: 2, reason: 'CREDITS_CLOSED' })
  })

  for (const [what, content, said] of [
    ['an empty file', '', /is empty: its first line must name the columns/],
    ['a header alone', `${HEADER}\n`, /holds no credits/],
    ['lines of separators alone', `${HEADER}\n,,,\n,,,\n`, /holds no credits/],
    [
      'a file without a header',
      't1,emp1,FOOD,1.00\n',
      /has no column transaction_id, account_id, category, amount/,
    ],
    ['a column that is missing', 'transaction_id,account_id,amount\n', /has no column category/],
    ['a column that is there twice', `${HEADER},Amount\n`, /has the column amount twice/],
    ['UTF-16', Buffer.from(`\ufeff${HEADER}\n`, 'utf16le'), /is UTF-16: save it as "CSV UTF-8"/],
    ['a workbook', Buffer.from('PK\u0003\u0004rest', 'latin1'), /is a workbook/],
    [
      'Latin-1',
      Buffer.from(`${HEADER},nome\nt,emp1,FOOD,1.00,Jo\u00e3o\n`, 'latin1'),
      /line 2: is not UTF-8/,
    ],
    ['text decoded wrongly', `${HEADER},nome\nt,emp1,FOOD,1.00,JoÃ£o\n`, /line 2: seems wrongly decoded/],
    [
      'a replacement character',
      `${HEADER},nome\nt,emp1,FOOD,1.00,Jo\ufffdo\n`,
      /line 2: seems wrongly decoded/,
    ],
  ] as const) {
    it(`rejects ${what}`, async () => {
      const { code, stderr, summary } = await load(content)
      expect({ code, summary }).to.deep.equal({ code: 2, summary: undefined })
      expect(stderr).to.match(said)
    })
  }

  it('reports a missing file in plain words', async () => {
    const { code, stderr } = await run('load', 'missing.csv')
    expect(code).to.equal(2)
    expect(stderr).to.equal('benefits: file not found: missing.csv\n')
  })

  it('reports that a given token has expired, credits nothing, and gives a hint', async () => {
    const expired = secretToken(signToken({ claims: { exp: secondsFromNow(-60) } }))
    const { code, stderr } = await load(`${HEADER}\ne1,emp1,FOOD,1.00\n`, '--token', expired)
    expect(code).to.equal(2)
    expect(stderr).to.match(/the given token expired at \d{4}-/)
  })

  it('asks for confirmation at a terminal, and credits only after yes', async () => {
    const file = join(folder(), 'asked.csv')
    writeFileSync(file, `${HEADER}\nasked,emp1,FOOD,1.00\n`)
    const before = await food()
    const source = 'process.stdin.isTTY = true'
    const env = {
      ...envOf(fixture()),
      NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(source)}`,
    }
    const rejected = await benefits(['load', file], env)
    expect(rejected.stderr).to.match(/Credit R\$ 1,00 in 1 credits\? Type yes: /)
    expect(rejected.code).to.equal(2)
    expect(await food()).to.equal(before)
    expect((await benefits(['load', file, '--yes'], env)).code).to.equal(0)
    expect(await food()).to.equal(before + 100n)
  })
})
