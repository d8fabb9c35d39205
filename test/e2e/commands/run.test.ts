import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { findMongod } from '../../../tools/dev/local-mongo/find-mongod.js'
import { isAlive, readState } from '../../../tools/dev/local-mongo/mongod-state.js'
import { purchase, TestClient } from '../../support/clients/client.js'
import { eventually } from '../../support/eventually.js'
import { benefits } from '../cli/benefits.js'
import { type Environment, make, Running, run } from './make.js'

const FIRST_ACCOUNT = '6712b3eb3ec7354864d4274f'
const SECOND_ACCOUNT = '6712b3eb3ec7354864d42750'

/** Text that a shell or an option parser could misread. */
const oddMerchants = [
  'PAG*JoseDaSilva          RIO DE JANEI BR',
  '--x "ZE" & \'MARIA\' `id` $HOME $(HOME) $$ $1 ; | > # \\n \\" \\ %s * ? [a-z] ~ a=b := c',
  '$(shell exit 1)$(error no)$',
  'PÃO & CAFÉ 😀  TWO SPACES AND AN END ',
]

describe('make run', () => {
  const folder = mkdtempSync(join(tmpdir(), 'make-run-'))
  const dataDir = join(folder, 'data')
  let env: Environment
  let service: Running
  let client: TestClient
  let authorization: string

  before(async () => {
    const { MONGOD_PATH } = process.env
    await findMongod({ mongodPath: MONGOD_PATH || undefined, env: process.env, log: () => {} })
    const anyPorts = { DATA_DIR: dataDir, GRPC_PORT: '0', HTTP_PORT: '0', HTTP_API_PORT: '0' }
    service = new Running('make', ['run'], anyPorts)
    env = await service.whereItListens(anyPorts)
    await service.untilSays('"serving"')
    client = new TestClient(`127.0.0.1:${env['GRPC_PORT']}`)
    authorization = `Bearer ${(await run('./benefits', ['token'], env)).stdout.trim()}`
  })

  after(async () => {
    client?.close()
    service?.signalGroup('SIGINT')
    await service?.untilExit()
    rmSync(folder, { recursive: true, force: true })
  })

  it('prints its two addresses', () => {
    expect(service.stderr).to.include(`127.0.0.1:${env['GRPC_PORT']}`)
    expect(service.stderr).to.include(`http://127.0.0.1:${env['HTTP_PORT']}`)
  })

  it('prints a call that works when pasted', async () => {
    const [, call = ''] = /^ *(\.\/benefits authorize .*)$/m.exec(service.stderr) ?? []
    const { code, stdout } = await run('sh', ['-c', call], env)
    expect(code).to.equal(0)
    const { transactionId, approvalCode, decidedAt, ...answer } = JSON.parse(stdout)
    expect(answer).to.deep.equal({
      code: '00',
      decision: 'DECISION_APPROVED',
      reason: 'REASON_APPROVED',
      iso8583Code: '00',
      category: 'MEAL',
      effectiveMcc: '5811',
      merchantRule: '',
      balance: '200',
      replayed: false,
      retry: 'RETRY_NEVER',
      approvedAmount: '1000',
      held: false,
    })
    expect(transactionId).to.match(/^[\w-]{36}$/)
    expect(approvalCode).to.match(/^[0-9A-Z]{6}$/)
    expect(decidedAt).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
  })

  it('accepts the token of ./benefits token', async () => {
    const request = purchase({ account_id: 'nobody' })
    const { reason } = await client.decide(request, { authorization })
    expect(reason).to.equal('REASON_ACCOUNT_NOT_FOUND')
  })

  for (const merchant of oddMerchants) {
    it(`lets ./benefits pass ${JSON.stringify(merchant)} on unchanged`, async () => {
      const id = `odd-${oddMerchants.indexOf(merchant)}`
      const args = ['--amount', '0,01', '--mcc', '5411', '--account', SECOND_ACCOUNT, '--id', id]
      const { stderr } = await benefits(['authorize', ...args, '--merchant', merchant], env)
      expect(stderr).to.equal('')
      // With another merchant the same id would be a different request.
      const same = { transaction_id: id, account_id: SECOND_ACCOUNT, amount: 1, mcc: '5411', merchant }
      expect((await client.decide(same, { authorization })).replayed).to.equal(true)
    })
  }

  it('knows the example rules', async () => {
    const args = ['--amount', '0.01', '--mcc', '5999', '--account', SECOND_ACCOUNT]
    const { stdout } = await benefits(['authorize', ...args, '--merchant', 'PAG*JoseDaSilva'], env)
    expect(JSON.parse(stdout)).to.include({ merchantRule: 'pag-jose-da-silva', effectiveMcc: '5811' })
  })

  it('reports a busy port in one line', async () => {
    const second = await make(['run'], env)
    expect(second.code).to.equal(2)
    expect(second.stderr).to.match(/^benefits-authorizer cannot start: .*is in use.*\n$/)
  })

  it('shares its database with ./benefits seed, which changes no existing data', async () => {
    const request = () =>
      purchase({ account_id: FIRST_ACCOUNT, amount: 100, mcc: '5412', merchant: 'MERCADO' })
    const earlier = await client.decide(request(), { authorization })
    for (const _ of [1, 2]) {
      const { code, stdout } = await benefits(['seed'], env)
      expect(code).to.equal(0)
      expect(stdout).to.include(FIRST_ACCOUNT).and.include('PAG*JoseDaSilva')
    }
    const later = await client.decide(request(), { authorization })
    expect(Number(later.balance)).to.equal(Number(earlier.balance) - 100)
  })

  it('prevents make clean-data from deleting its data', async () => {
    const { code, stderr } = await make(['clean-data'], env)
    expect(code).to.equal(2)
    expect(stderr).to.match(/^clean-data: .*is running.*\n$/)
  })

  describe('after Ctrl-C', () => {
    let exitCode: number | null
    let mongodPid: number

    before(async () => {
      mongodPid = (await readState(dataDir))?.running?.mongodPid ?? 0
      service.signalGroup('SIGINT')
      exitCode = await service.untilExit()
    })

    it('has drained, and has exited with code 0 or that of Ctrl-C', () => {
      expect(service.stdout).to.include('"stopped"')
      expect(exitCode).to.be.oneOf([0, 130])
    })

    it('leaves no mongod behind', async () => {
      expect(mongodPid).to.be.above(1)
      await eventually('mongod is gone', () => !isAlive(mongodPid))
    })

    it('makes ./benefits fail with one line', async () => {
      const { code, stderr } = await benefits(['account', 'show', FIRST_ACCOUNT], env)
      expect(code).to.equal(3)
      expect(stderr).to.match(
        /^benefits: no service answers on 127\.0\.0\.1:\d+ .*: start one with make run.*\n$/,
      )
    })

    it('lets ./benefits seed start the database while it runs', async () => {
      const { code } = await benefits(['seed'], env)
      expect(code).to.equal(0)
      expect((await readState(dataDir))?.running).to.equal(undefined)
    })

    it('lets make clean-data delete the data', async () => {
      const { code } = await make(['clean-data'], env)
      expect(code).to.equal(0)
      expect(existsSync(dataDir)).to.equal(false)
    })
  })
})
