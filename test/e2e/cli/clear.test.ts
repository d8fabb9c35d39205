import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { secondsFromNow, signToken } from '../../support/clients/token.js'
import { cleanBooks } from '../../support/database/verified.js'
import { secretToken } from '../../support/leaks.js'
import { databaseOf, useService } from '../../support/processes/service-fixture.js'
import { useTempFolder } from '../../support/temp-folder.js'
import { accountIn, against, benefits, envOf } from './benefits.js'

const HEADER = 'kind,account,transaction_id,original,amount,mcc,merchant'

type Noted = { readonly line: number; readonly reason: string }

describe('./benefits clear', () => {
  const fixture = useService()
  const folder = useTempFolder()
  const run = against(fixture)

  before(async () => {
    for (const account of ['ana', 'poor']) await run('account', 'open', account)
    await run('credit', '--account', 'ana', '--category', 'FOOD', '--amount', '1000.00', '--id', 'load')
    for (const id of ['p1', 'p2', 'p3', 'p4'])
      await run(
        ...['authorize', '--account', 'ana', '--amount', '100.00', '--mcc', '5411', '--hold', '--id', id],
      )
  })

  async function clear(content: string | Buffer, ...options: readonly string[]) {
    const file = join(folder(), 'clearing.csv')
    writeFileSync(file, content)
    const { code, stdout, stderr } = await run('clear', file, ...options)
    return { code, stderr, summary: stdout === '' ? undefined : JSON.parse(stdout) }
  }

  const foodOf = async (account: string) => {
    const { balance, held, owed } = accountIn(await run('account', 'show', account)).wallets[0]
    return [balance, held, owed]
  }

  it('shows totals by kind, books each line once, and counts earlier ones', async () => {
    const content = [
      HEADER,
      'capture,ana,c1,p1,100.00,5411,MERCADO BOM',
      'capture,ana,c2,p2,80.00,5411,MERCADO BOM',
      'capture,ana,c3,p3,150.00,5411,MERCADO BOM',
      'refund,ana,r1,p1,40.00,5411,MERCADO BOM',
      'reversal,ana,v1,p4,,,',
      'advice,poor,a1,,30.00,5411,PADARIA',
    ].join('\n')
    const { code, stderr, summary } = await clear(content)
    expect(code).to.equal(0)
    expect(stderr)
      .to.match(/^capture +3 +R\$ 330,00$/m)
      .and.match(/^reversal +1 *$/m)
    const reason = (name: string, count: number, amount: string, owedAmount = '0') => ({
      ...{ reason: name, count, amount, owedAmount },
    })
    const reasons = [
      reason('ADVISED', 1, '3000', '3000'),
      reason('APPROVED', 1, '10000'),
      reason('CAPTURED', 2, '18000'),
      reason('CAPTURED_OVER_TOLERANCE', 1, '15000'),
      reason('REFUNDED', 1, '4000'),
    ]
    const { noted, ...counts } = summary
    expect(counts).to.deep.equal({
      ...{ bookedCount: 6, alreadyBookedCount: 0, owedAmount: '3000', reasons, notedCount: 1 },
      ...{ rejectedCount: 0, rejected: [], unsureCount: 0, notTriedCount: 0 },
    })
    expect(noted).to.have.length(1)
    expect(noted[0]).to.include({ line: 4, transaction_id: 'c3', reason: 'CAPTURED_OVER_TOLERANCE' })
    const wallets = [await foodOf('ana'), await foodOf('poor')]
    expect(wallets).to.deep.equal([
      ['71000', '0', '0'],
      ['0', '0', '3000'],
    ])

    const again = await clear(content)
    expect(again.summary).to.deep.include({ bookedCount: 0, alreadyBookedCount: 6, reasons })
    expect([await foodOf('ana'), await foodOf('poor')]).to.deep.equal(wallets)
  })

  it('books the lines of a purchase in the order of the file', async () => {
    await run(
      ...['authorize', '--account', 'ana', '--amount', '50.00', '--mcc', '5411', '--hold', '--id', 'parts'],
    )
    const lines = Array.from({ length: 5 }, (_, part) => `capture,ana,parts-${part},parts,10.00,5411,,yes`)
    const content = [`${HEADER},more_to_come`, ...lines, 'capture,ana,parts-5,parts,10.00,5411,,no']
    const { summary } = await clear(content.join('\n'))
    expect(summary.noted.map(({ line, reason }: Noted) => [line, reason])).to.deep.equal([
      [7, 'CAPTURED_LATE'],
    ])
  })

  it('reads files of a Brazilian spreadsheet', async () => {
    const lines = [
      'Kind; Account;"TRANSACTION ID";original;amount;MCC;merchant;rail;rrn;;Nome',
      'Capture;ana;s1;unseen-1;"1.234,00";5411;São João;voucher;000000123456;;João',
      'capture;ana;s2;unseen-2;R$ 2,50;5411;;;;;',
      ';;;;;;;;;;',
      '',
    ]
    const { code, stderr, summary } = await clear(`\ufeff${lines.join('\r\n')}`)
    expect(code).to.equal(0)
    expect(stderr).to.match(/^unused columns: Nome\n/)
    expect(summary.reasons).to.deep.equal([
      { reason: 'CAPTURED_UNSEEN', count: 2, amount: '123650', owedAmount: '58650' },
    ])
    const { stdout } = await run('transaction', 's1', '--account', 'ana')
    expect(JSON.parse(stdout).transaction.network).to.deep.include({
      rail: 'RAIL_VOUCHER',
      rrn: '000000123456',
    })
  })

  it('names every invalid line, and books nothing', async () => {
    const before = await foodOf('ana')
    const bad = ['sale,ana,x1,p1,1.00,5411,', 'capture,ana,x2,,1.00,5411,', 'capture,ana,x3,p1,1.234,5411,']
    const { code, stderr, summary } = await clear([HEADER, ...bad, 'capture,ana,x4,p9,1.00,5411,'].join('\n'))
    expect(code).to.equal(2)
    expect(stderr).to.match(/nothing was booked, 3 invalid lines\n$/)
    expect(summary.rejected.map(({ line }: Noted) => line)).to.deep.equal([2, 3, 4])
    expect(summary).to.include({ bookedCount: 0, rejectedCount: 3, notTriedCount: 1 })
    expect(await foodOf('ana')).to.deep.equal(before)
  })

  it('with --partial books the valid lines, and writes the others to a file for correction', async () => {
    const rejects = join(folder(), 'rejects.csv')
    const content = [
      HEADER,
      'capture,ana,y1,late,1.00,5411,',
      'capture,ana,y2,late,-1.00,5411,',
      'capture,nobody,y3,late,1.00,5411,',
      'capture,ana,y1-original,y1,1.00,5411,',
      'refund,ana,c1,p1,1.00,5411,',
    ].join('\n')
    const first = await clear(content, '--partial', '--rejects', rejects)
    expect(first.code).to.equal(1)
    expect(first.summary).to.include({ bookedCount: 2, rejectedCount: 3, notTriedCount: 0 })
    expect(first.summary.rejected.map(({ line, reason }: Noted) => [line, reason])).to.deep.equal([
      [3, 'INVALID_LINE'],
      [4, 'ACCOUNT_NOT_FOUND'],
      [6, 'TRANSACTION_ID_REUSED'],
    ])
    const written = readFileSync(rejects, 'utf8')
    expect(written.split('\n')[0]).to.match(
      /^\ufeffkind,account,transaction_id,original,amount,.*,line,problem,text$/,
    )
    const corrected = written
      .replace("'-1.00", '1.00')
      .replace('nobody', 'poor')
      .replace(/^refund.*\n/m, '')
    expect((await clear(corrected)).summary).to.include({ bookedCount: 2, rejectedCount: 0 })
    expect((await clear(content, '--rejects', rejects)).stderr).to.match(/rejects\.csv already exists/)
  })

  it('writes no file when no line is rejected', async () => {
    const rejects = join(folder(), 'none.csv')
    await clear(`${HEADER}\ncapture,ana,n1,late,1.00,5411,\n`, '--rejects', rejects)
    expect(existsSync(rejects)).to.equal(false)
  })

  for (const [what, content, said] of [
    ['an empty file', '', /is empty: its first line must name the columns/],
    ['a header alone', `${HEADER}\n`, /holds no lines/],
    [
      'a column that is missing',
      'kind,account,transaction_id,original,amount,mcc\n',
      /has no column merchant/,
    ],
    ['UTF-16', Buffer.from(`\ufeff${HEADER}\n`, 'utf16le'), /is UTF-16: save it as "CSV UTF-8"/],
  ] as const) {
    it(`rejects ${what}`, async () => {
      const { code, stderr, summary } = await clear(content)
      expect({ code, summary }).to.deep.equal({ code: 2, summary: undefined })
      expect(stderr).to.match(said)
    })
  }

  for (const [what, token, said] of [
    [
      'has expired',
      () => signToken({ claims: { exp: secondsFromNow(-60) } }),
      /the given token expired at \d{4}-/,
    ],
    [
      'lacks the scope',
      () => signToken({ claims: { scope: 'transactions:authorize' } }),
      /PERMISSION_DENIED: the token does not allow this method\n$/,
    ],
  ] as const) {
    it(`books nothing with a token that ${what}`, async () => {
      const content = `${HEADER}\ncapture,ana,e1,late,1.00,5411,\n`
      const { code, stderr, summary } = await clear(content, '--token', secretToken(token()))
      expect(code).to.equal(2)
      expect(stderr).to.match(said)
      expect(summary).to.include({ bookedCount: 0, rejectedCount: 0 })
    })
  }

  it('asks for confirmation at a terminal, and books only after yes', async () => {
    const file = join(folder(), 'asked.csv')
    writeFileSync(file, `${HEADER}\ncapture,ana,asked,late,1.00,5411,\n`)
    const source = 'process.stdin.isTTY = true'
    const env = {
      ...envOf(fixture()),
      NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(source)}`,
    }
    const rejected = await benefits(['clear', file], env)
    expect(rejected.stderr).to.match(/Book 1 lines\? Type yes: /)
    expect(rejected.code).to.equal(2)
    expect(JSON.parse((await benefits(['clear', file, '--yes'], env)).stdout)).to.include({ bookedCount: 1 })
  })

  it('reports an unreachable service', async () => {
    const file = join(folder(), 'away.csv')
    writeFileSync(file, `${HEADER}\ncapture,ana,away,late,1.00,5411,\n`)
    const { code, stderr, stdout } = await run('clear', file, '--server', '127.0.0.1:1', '--timeout', '1')
    expect(code).to.equal(3)
    expect(stderr).to.match(/no service answers on 127\.0\.0\.1:1 .*\nrun the same command again/s)
    expect(JSON.parse(stdout)).to.include({ bookedCount: 0, unsureCount: 1 })
  })

  it('leave books in which every centavo is explained', () => cleanBooks(databaseOf(fixture())))
})
