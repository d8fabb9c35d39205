import { expect } from 'chai'
import { purchase } from '../support/clients/client.js'
import { PurchaseStream } from '../support/clients/purchase-stream.js'
import { JWT_SECRET, secondsFromNow, signToken } from '../support/clients/token.js'
import { fundedAccount } from '../support/database/accounts.js'
import { eventually } from '../support/eventually.js'
import { secret } from '../support/leaks.js'
import { useService } from '../support/processes/service-fixture.js'
import { ServiceProcess } from '../support/processes/service-process.js'

describe('the log at its most verbose level', () => {
  const fixture = useService({ LOG_LEVEL: 'trace', SEED_EXAMPLES: 'true' })
  const tokens = {
    good: signToken(),
    expired: signToken({ claims: { exp: secondsFromNow(-60) } }),
    'signed with another key': signToken({ secret: 'another secret that has enough bytes, too' }),
    'without the scope': signToken({ claims: { scope: 'accounts:read' } }),
  }
  // Each token comes twice, the second time without the word Bearer.
  const rejections = [
    'EXPIRED',
    'BAD_SIGNATURE',
    'SCOPE_MISSING',
    ...Object.keys(tokens).map(() => 'MALFORMED'),
  ]

  before(async () => {
    const { client, core } = fixture()
    const account_id = await fundedAccount(core, { CASH: 1_000n })
    for (const token of Object.values(tokens)) {
      await client.authorize(purchase({ account_id }), { authorization: `Bearer ${token}` })
      await client.authorize(purchase({ account_id, mcc: '' }), { authorization: token })
    }
    await eventually('all eight calls are logged', () => logged('call', 'token rejected').length === 8)
  })

  function logged(...events: readonly string[]) {
    return fixture().service.events.filter(({ event }) => events.includes(String(event)))
  }

  for (const [kind, token] of Object.entries(tokens)) {
    it(`contains no part of a token that is ${kind}`, () => {
      const { stdout, stderr } = fixture().service
      const parts = token.split('.').slice(1)
      expect(parts.filter((part) => `${stdout}${stderr}`.includes(part))).to.deep.equal([])
    })
  }

  it('contains no secret', () => {
    const { stdout, stderr } = fixture().service
    expect(`${stdout}${stderr}`).not.to.include(JWT_SECRET)
  })

  it('contains no merchant', () => {
    expect(fixture().service.stdout).not.to.include('PADARIA DO ZE               SAO')
  })

  it('shows caller, method, status and duration', () => {
    expect(logged('call')[0]).to.include({ subject: 'switch', code: 'OK' }).and.have.property('durationMs')
  })

  it('shows the decision and its caller', async () => {
    const decision = fixture().service.events.find(({ event }) => event === 'decision')
    expect(decision).to.include({
      level: 'info',
      kind: 'AUTHORIZATION',
      code: '00',
      reason: 'APPROVED',
      category: 'CASH',
      replayed: false,
      subject: 'switch',
    })
    expect(decision).to.have.property('durationMs')
  })

  it('shows why a token was rejected, in one line for each call', () => {
    expect(logged('token rejected').map(({ reason }) => reason)).to.have.members(rejections)
  })
})

describe('the log of a service limited to two approvals a second', () => {
  const fixture = useService({ LOG_APPROVALS_PER_SECOND: '2' })
  const card = secret('4000001234567899')

  function decisions(code: string) {
    return fixture().service.events.filter((line) => line.event === 'decision' && line['code'] === code)
  }

  it('shows every decline, and the number of omitted approvals', async () => {
    const { client, core, service } = fixture()
    const account_id = await fundedAccount(core, { CASH: 100_000n })
    const requests = Array.from({ length: 40 }, (_, place) =>
      place % 2 === 0 ? purchase({ account_id, amount: 1 }) : purchase({ account_id, amount: 200_000 }),
    )
    await Promise.all(requests.map((request) => client.decide(request)))
    const leftOut = () =>
      service.events.reduce((sum, line) => sum + Number(line['leftOut'] ?? 0), 0) + decisions('00').length
    await eventually('every approval is shown or counted', () => leftOut() === 20)
    expect(decisions('51')).to.have.length(20)
    expect(decisions('00')).to.have.length.below(20)
  })

  it('contains no card number, whatever field a careless caller puts it in', async () => {
    const { client, service } = fixture()
    const token = signToken({ claims: { scope: card } })
    await client.decide(purchase({ account_id: card, transaction_id: card, merchant: card }))
    await client.fail(purchase({ account_id: card, mcc: card }))
    await client.fail(purchase({ account_id: card }), { authorization: `Bearer ${token}` })
    await client.fail(purchase({ account_id: card }), { authorization: card })
    await eventually(
      'all are logged',
      () => service.events.filter(({ event }) => event === 'call' || event === 'token rejected').length === 3,
    )
    expect(service.stdout).not.to.include(card)
  })

  it('shows failures on a stream, with the subject', async () => {
    const stream = new PurchaseStream(fixture().service.grpcAddress, { requestId: 'streamed' })
    stream.send(purchase({ amount: 0 }), purchase({}))
    await stream.untilAnswered(2)
    stream.halfClose()
    await stream.ended
    const ofStream = await eventually('both are logged', () => {
      const found = fixture().service.events.filter(({ requestId }) => requestId === 'streamed')
      return found.length === 2 && found
    })
    expect(ofStream.map(({ event, code, subject }) => [event, code, subject])).to.have.deep.members([
      ['a request of a stream failed', 'INVALID_ARGUMENT', 'switch'],
      ['decision', '07', 'switch'],
    ])
  })
})

describe('the log as text', () => {
  it('has one readable line for each event', async () => {
    const MONGODB_URI = 'mongodb://benefits:hunter2@127.0.0.1:9/?replicaSet=rs0'
    const service = new ServiceProcess({ MONGODB_URI, JWT_SECRET, LOG_FORMAT: 'text' })
    await eventually('it says that it listens', () => service.stdout.includes('listening'))
    await service.stop()
    expect(service.stdout).to.match(
      /^\d\d:\d\d:\d\d\.\d{3} INFO {2}listening host=127\.0\.0\.1 grpcPort=\d+ httpPort=\d+ tls=none$/m,
    )
    expect(service.stdout).to.match(/ INFO {2}stopped$/m)
    expect(service.events).to.deep.equal([])
  })
})
