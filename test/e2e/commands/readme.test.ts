import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { guides, shellCommandsIn } from '../../support/pages.js'
import { atTerminal, benefits } from '../cli/benefits.js'
import { type Environment, Running, run } from './make.js'

const readme = readFileSync('README.md', 'utf8')

/** Commands that this test does not run, and the tests that cover them. */
const elsewhere: Readonly<Record<string, string>> = {
  'make run': 'the service that the others are run against',
  'make test': 'the run that this test is part of',
  'make bench': 'in the small: test/integration/bench/benchmark.test.ts',
  'make bench kind=quick': 'the same',
  'make up processes=2': 'needs Docker; with a stand-in: test/e2e/commands/up.test.ts',
  'GRPC_PORT=50051-50052 HTTP_PORT=8080-8081 HTTP_API_PORT=8000-8001 docker compose up --build --scale authorizer=2':
    'the same, as make up calls it',
  'systemctl start benefits-authorizer@1 benefits-authorizer@2':
    'needs systemd; two processes under load: test/e2e/scaling.test.ts',
}

const pages = ['README.md', ...guides].map((path) => ({
  path,
  commands: shellCommandsIn(path).filter((command) => !(command in elsewhere)),
}))

describe('README and guides', () => {
  const folder = mkdtempSync(join(tmpdir(), 'readme-'))
  let env: Environment
  let service: Running

  before(async () => {
    const anyPorts = { DATA_DIR: join(folder, 'data'), GRPC_PORT: '0', HTTP_PORT: '0', HTTP_API_PORT: '0' }
    service = new Running('make', ['run'], anyPorts)
    env = await service.whereItListens(anyPorts)
    await service.untilSays('"serving"')
  })

  after(async () => {
    service?.signalGroup('SIGINT')
    await service?.untilExit()
    rmSync(folder, { recursive: true, force: true })
  })

  it('have commands to try', () => {
    expect(pages.flatMap(({ commands }) => commands)).to.have.length.above(20)
  })

  for (const { path, commands } of pages) {
    for (const command of commands) {
      it(`show a command that works: ${path}: ${command.slice(0, 60)}`, async () => {
        const { code, stdout, stderr } = await run('bash', ['-c', forHere(command)], env)
        expect({ command, code, stderr: code === 0 ? '' : stderr }).to.deep.equal({
          command,
          code: 0,
          stderr: '',
        })
        expect(stdout).not.to.equal('')
      })
    }
  }

  it('show the life of an account in six commands, and the resulting books', async () => {
    const { stdout } = await benefits(['statement', '--account', 'ana'], env)
    const { transactions } = JSON.parse(stdout)
    expect(
      transactions.map(({ kind, delta = '0' }: Record<string, string>) => `${kind} ${delta}`),
    ).to.deep.equal([
      'TRANSACTION_KIND_ADMIN 0',
      'TRANSACTION_KIND_REVERSAL 500',
      'TRANSACTION_KIND_AUTHORIZATION -2000',
      'TRANSACTION_KIND_CREDIT 5000',
      'TRANSACTION_KIND_ADMIN 0',
    ])
  })

  it('show tables in a terminal, and the command for the next page', async () => {
    const read = async (command: string) => (await run('bash', ['-c', command], atTerminal(env, 80))).stdout
    const first = await read('./benefits statement --account ana --category FOOD --limit 2')
    const [, older = ''] = /^older: (\.\/benefits statement .*)$/m.exec(first) ?? []
    const second = await read(older)
    expect([rowsOf(first), rowsOf(second)]).to.deep.equal([['reversal', 'purchase'], ['credit']])
  })

  it('show the answer of the service', async () => {
    const [, shown = ''] = /^```json\n(.*?)^```$/ms.exec(readme) ?? []
    const again = ['--account', '6712b3eb3ec7354864d42750', '--amount', '10.00', '--mcc', '5811']
    const { stdout } = await benefits(['authorize', ...again, '--merchant', 'PADARIA DO ZE'], env)
    const varying = { transactionId: '', decidedAt: '', balance: '', approvalCode: '' }
    expect({ ...JSON.parse(stdout), ...varying }).to.deep.equal({ ...JSON.parse(shown), ...varying })
  })

  /** On the ports of this test; buf's client stands in for grpcurl. */
  function forHere(command: string): string {
    return command
      .replace('grpcurl -plaintext', 'node_modules/.bin/buf curl --protocol grpc --http2-prior-knowledge')
      .replace('localhost:50051 ', `http://127.0.0.1:${env['GRPC_PORT']}/`)
      .replace('curl -H', 'curl --fail --silent --show-error -H')
      .replace('localhost:8000/', `127.0.0.1:${env['HTTP_API_PORT']}/`)
  }
})

/** The kinds of the entries in a table. */
function rowsOf(table: string): readonly (string | undefined)[] {
  return [...table.matchAll(/^[\d-]{10} [\d:]{5} +(\w+)/gm)].map(([, kind]) => kind)
}
