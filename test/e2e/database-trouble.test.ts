import { expect } from 'chai'
import { serviceEnvironment } from '../support/service-fixture.js'
import { type LogEvent, type ServiceProcess, useServices } from '../support/service-process.js'
import { JWT_SECRET } from '../support/token.js'

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
