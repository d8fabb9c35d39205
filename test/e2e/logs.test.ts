import { expect } from 'chai'
import { fundedAccount } from '../support/accounts.js'
import { purchase } from '../support/client.js'
import { eventually } from '../support/eventually.js'
import { serviceEnvironment, useService } from '../support/service-fixture.js'
import { type LogEvent, type ServiceProcess, useServices } from '../support/service-process.js'
import { JWT_SECRET, secondsFromNow, signToken } from '../support/token.js'

describe('the log, at its most talkative', () => {
  const fixture = useService({ LOG_LEVEL: 'trace', SEED_EXAMPLES: 'true' })
  const tokens = {
    good: signToken(),
    expired: signToken({ claims: { exp: secondsFromNow(-60) } }),
    'signed with another key': signToken({ secret: 'another secret that has enough bytes, too' }),
    'without the scope': signToken({ claims: { scope: 'accounts:read' } }),
  }

  before(async () => {
    const { client, core } = fixture()
    const account_id = await fundedAccount(core, { CASH: 1_000n })
    for (const token of Object.values(tokens)) {
      await client.authorize(purchase({ account_id }), { authorization: `Bearer ${token}` })
      await client.authorize(purchase({ account_id, mcc: '' }), { authorization: token })
    }
    await eventually('all eight calls are logged', () => callsLogged().length === 8)
  })

  function callsLogged() {
    return fixture().service.events.filter(({ event }) => event === 'call')
  }

  for (const [kind, token] of Object.entries(tokens)) {
    it(`has no part of a token that is ${kind}`, () => {
      const { stdout, stderr } = fixture().service
      const parts = token.split('.').slice(1)
      expect(parts.filter((part) => `${stdout}${stderr}`.includes(part))).to.deep.equal([])
    })
  }

  it('has no secret', () => {
    const { stdout, stderr } = fixture().service
    expect(`${stdout}${stderr}`).not.to.include(JWT_SECRET)
  })

  it('has no merchant', () => {
    expect(fixture().service.stdout).not.to.include('PADARIA DO ZE               SAO')
  })

  it('says who called what, how it ended and how long it took', () => {
    expect(callsLogged()[0]).to.include({ subject: 'switch', code: 'OK' }).and.have.property('durationMs')
  })

  it('says why a token was refused', () => {
    const refused = fixture().service.events.filter(({ event }) => event === 'token refused')
    expect(refused.map(({ reason }) => reason)).to.include.members(['EXPIRED', 'INVALID', 'SCOPE_MISSING'])
  })
})

describe('a service whose MONGODB_URI', () => {
  const start = useServices()
  const host = async () => new URL((await serviceEnvironment()).MONGODB_URI).host

  for (const [what, uri, trouble] of [
    ['names an address that nobody listens to', async () => uriOf('127.0.0.1:9', 'rs0'), 'UNREACHABLE'],
    ['has a password that is refused', async () => uriOf(await host(), 'rs0'), 'CREDENTIALS'],
    ['names another replica set', async () => uriOf(await host(), 'rs-other'), 'REPLICA_SET_NAME'],
  ] as const) {
    describe(what, () => {
      let service: ServiceProcess
      let said: LogEvent
      before(async () => {
        service = await start({ MONGODB_URI: await uri(), JWT_SECRET, LOG_LEVEL: 'trace' })
        said = await service.untilEvent('not serving: the database does not answer')
      })

      it('says so in its log, and what to look for', () => {
        expect(said).to.include({ level: 'warn', trouble }).and.have.property('advice').not.equal('')
      })

      it('says so on /readyz', async () => {
        const response = await fetch(`${service.httpUrl}/readyz`)
        expect({ status: response.status, text: await response.text() })
          .to.have.property('text')
          .that.matches(new RegExp(`^the database does not answer: ${trouble}, `))
      })

      it('keeps trying, and lives', async () => {
        expect((await fetch(`${service.httpUrl}/livez`)).status).to.equal(200)
      })

      it('does not show the password', async () => {
        const shown = await (await fetch(`${service.httpUrl}/readyz`)).text()
        expect(service.stdout + service.stderr + shown).not.to.include('hunter2')
      })
    })
  }
})

function uriOf(host: string, replicaSet: string): string {
  return `mongodb://benefits:hunter2@${host}/?replicaSet=${replicaSet}`
}
