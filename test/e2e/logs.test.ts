import { expect } from 'chai'
import { fundedAccount } from '../support/accounts.js'
import { purchase } from '../support/client.js'
import { eventually } from '../support/eventually.js'
import { serviceEnvironment, useService } from '../support/service-fixture.js'
import { useServices } from '../support/service-process.js'
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

describe('the log of a service whose MONGODB_URI has a password', () => {
  const start = useServices()

  for (const [what, address] of [
    ['that nobody listens to', () => Promise.resolve('127.0.0.1:9')],
    ['that refuses it', async () => new URL((await serviceEnvironment()).MONGODB_URI).host],
  ] as const) {
    it(`does not show it when the address is one ${what}`, async () => {
      const MONGODB_URI = `mongodb://benefits:hunter2@${await address()}/?replicaSet=rs0`
      const service = await start({ MONGODB_URI, JWT_SECRET, LOG_LEVEL: 'trace' })
      await service.untilEvent('not serving: the database does not answer')
      expect(service.stdout + service.stderr).not.to.include('hunter2')
    })
  }
})
