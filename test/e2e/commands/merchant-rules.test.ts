import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { useService } from '../../support/service-fixture.js'
import { JWT_SECRET } from '../../support/token.js'
import { make } from './make.js'

const HEADER = 'id,match,name,city,country,mcc\n'

describe('make import-rules and make export-rules', () => {
  const fixture = useService()
  const folder = mkdtempSync(join(tmpdir(), 'rules-'))
  after(() => rmSync(folder, { recursive: true }))

  /** Runs a command against the service of this suite. */
  function run(...args: readonly string[]) {
    const [host = '', port = ''] = fixture().service.grpcAddress.split(':')
    return make(['-s', ...args], { HOST: host, GRPC_PORT: port, JWT_SECRET })
  }

  /** Imports a file with this content. */
  function importing(content: string | Buffer) {
    const file = join(folder, 'rules.csv')
    writeFileSync(file, content)
    return run('import-rules', `file=${file}`)
  }

  const exported = async () => (await run('export-rules')).stdout

  it('bring in what a spreadsheet writes, and give back what brings in the same', async () => {
    expect(await exported()).to.equal(HEADER)
    const lines = [
      'uber,prefix,Uber,São Paulo,br,4121',
      '"q","EXACT","A, ""B""",,,5411',
      '',
      'long,exact,N,,,5812',
    ]
    const created = await importing(`\ufeff${HEADER}${lines.join('\n')}`.replaceAll('\n', '\r\n'))
    expect(created).to.include({ code: 0, stdout: '3 created, 0 changed, 0 were there already\n' })

    const file = await exported()
    expect(file).to.equal(
      `${HEADER}long,EXACT,N,,,5812\nq,EXACT,"A, ""B""",,,5411\nuber,PREFIX,Uber,São Paulo,BR,4121\n`,
    )
    const again = await importing(file.replace('5812', '5811'))
    expect(again).to.include({ code: 0, stdout: '0 created, 1 changed, 2 were there already\n' })
  })

  it('name every bad line, and both lines of a tie, and import nothing', async () => {
    const before = await exported()
    const bad = [
      'good,EXACT,GOOD,,,5411',
      'a b,EXACT,"TWO',
      'LINES",,,5411',
      'one,EXACT,ONE,,,54',
      'good,EXACT,OTHER,,,5411',
      'two,EXACT,Good,,,5411',
      'three,EXACT,N,,,5411',
      'four,GUESS,FOUR,,,5411',
    ]
    const { code, stdout, stderr } = await importing(HEADER + bad.join('\n'))
    expect({ code, stdout }).to.deep.equal({ code: 2, stdout: '' })
    const [said, ...lines] = stderr.trim().split('\n')
    expect(said).to.match(/^import-rules: .*rules\.csv: nothing was imported, 6 bad lines$/)
    expect(lines.map((line) => line.slice(0, 32))).to.deep.equal([
      'line 3: id must be 1 to 64 chara',
      'line 5: mcc must be exactly four',
      'line 6: id good came before (lin',
      'line 7: ties with rule good: sam',
      'line 8: ties with rule long: sam',
      'line 9: match must be EXACT or P',
    ])
    expect(lines[2]).to.match(/\(line 2\)$/)
    expect(lines[3]).to.match(/\(line 2\)$/)
    expect(await exported()).to.equal(before)
  })

  for (const [what, content, said] of [
    [
      'lines that hold no rule',
      `${HEADER}a,EXACT,A\nb,EXACT,"B"C,,,5411\n`,
      /2 bad lines\nline 2: .*\nline 3: /,
    ],
    ['another header', 'id,name\n', /the first line must be id,match,name,city,country,mcc/],
    ['bytes that are not UTF-8', Buffer.from([0x69, 0xff]), /is not UTF-8/],
  ] as const) {
    it(`refuse ${what}`, async () => {
      const { code, stdout, stderr } = await importing(content)
      expect({ code, stdout }).to.deep.equal({ code: 2, stdout: '' })
      expect(stderr).to.match(said)
    })
  }
})
