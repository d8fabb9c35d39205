import { expect } from 'chai'
import { createClient } from '../../src/storage/client.js'
import { JWT_SECRET } from '../support/clients/token.js'
import { type StandaloneMongo, startStandaloneMongo } from '../support/database/standalone-mongo.js'
import { serviceEnvironment } from '../support/processes/service-fixture.js'
import { type LogEvent, type ServiceProcess, useServices } from '../support/processes/service-process.js'

describe('a service whose MONGODB_URI', () => {
  const start = useServices()
  const host = async () => new URL((await serviceEnvironment()).MONGODB_URI).host

  for (const [what, uri, cause] of [
    ['names an address that nobody listens to', async () => uriOf('127.0.0.1:9', 'rs0'), 'UNREACHABLE'],
    ['has a password that is rejected', async () => uriOf(await host(), 'rs0'), 'CREDENTIALS'],
    ['names another replica set', async () => uriOf(await host(), 'rs-other'), 'REPLICA_SET_NAME'],
    [
      'names a file that is not there',
      async () => `${uriOf(await host(), 'rs0')}&tls=true&tlsCAFile=/missing/ca.pem`,
      'FILE',
    ],
    [
      'wants TLS where there is none',
      async () => `${uriOf(await host(), 'rs0')}&tls=true`,
      'CONNECTIONS_CLOSED',
    ],
    ['names a domain without servers', async () => 'mongodb+srv://db.invalid/', 'HOST_UNKNOWN'],
  ] as const) {
    describe(what, () => {
      let service: ServiceProcess
      let said: LogEvent
      before(async () => {
        service = await start({ MONGODB_URI: await uri(), JWT_SECRET, LOG_LEVEL: 'trace' })
        said = await service.untilEvent('not serving: the database does not answer')
      })

      it('logs the failure with a hint', () => {
        expect(said).to.include({ level: 'warn', cause }).and.have.property('hint').not.equal('')
      })

      it('reports it on /readyz', async () => {
        const response = await fetch(`${service.httpUrl}/readyz`)
        expect({ status: response.status, text: await response.text() })
          .to.have.property('text')
          .that.matches(new RegExp(`^the database does not answer: ${cause}, `))
      })

      it('keeps running and keeps trying', async () => {
        expect((await fetch(`${service.httpUrl}/livez`)).status).to.equal(200)
      })

      it('does not show the password', async () => {
        const shown = await (await fetch(`${service.httpUrl}/readyz`)).text()
        expect(service.stdout + service.stderr + shown).not.to.include('hunter2')
      })
    })
  }
})

describe('a service on a standalone mongod', () => {
  const start = useServices()
  let mongo: StandaloneMongo
  before(async () => {
    mongo = await startStandaloneMongo()
  })
  after(() => mongo.remove())

  it('reports that it is standalone, on /readyz and in its log, and writes nothing to it', async () => {
    const service = await start({ MONGODB_URI: mongo.uri, JWT_SECRET })
    const said = await service.untilEvent('not serving: the database is not the expected one')
    expect(said).to.include({ level: 'warn', cause: 'STANDALONE' })
    expect(said['hint']).to.match(/--replSet/)
    const response = await fetch(`${service.httpUrl}/readyz`)
    expect(response.status).to.equal(503)
    expect(await response.text()).to.match(/^the database is not the expected one: STANDALONE, /)
    const client = createClient({ uri: mongo.uri, poolSizeMax: 2 })
    try {
      const { databases } = await client.db('admin').admin().listDatabases({ nameOnly: true })
      const written = databases.filter(({ name }) => !['admin', 'config', 'local'].includes(name))
      expect(written).to.deep.equal([])
    } finally {
      await client.close()
    }
  })
})

function uriOf(host: string, replicaSet: string): string {
  return `mongodb://benefits:hunter2@${host}/?replicaSet=${replicaSet}`
}
