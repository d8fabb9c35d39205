import { execFileSync } from 'node:child_process'
import { expect } from 'chai'
import { purchase, TestClient } from '../support/clients/client.js'
import { signToken } from '../support/clients/token.js'
import { testServerUri } from '../support/database/mongo.js'
import { eventually } from '../support/eventually.js'
import { type ServiceProcess, useServices } from '../support/processes/service-process.js'

const PASSWORD = 'hunter2-of-the-database'
const SECRET = 'hunter2 signs tokens, and has far more than 32 bytes'

/**
 * The places in which the service may not show its secrets: all of its output and answers, while the database
 * rejects it.
 */
describe('a service with a password that the database rejects', () => {
  const start = useServices()
  const token = signToken({ secret: SECRET })
  let service: ServiceProcess
  let shown: Readonly<Record<string, string>>

  before(async () => {
    const { host, search } = new URL(await testServerUri())
    const uri = `mongodb://somebody:${PASSWORD}@${host}/${search}`
    service = await start({ MONGODB_URI: uri, JWT_SECRET: SECRET, LOG_LEVEL: 'trace' })
    await service.untilEvent('not serving: the database does not answer')
    const client = new TestClient(service.grpcAddress)
    const rejected = await client.authorize(purchase({}), { authorization: `Bearer ${token}x` })
    const undecided = await client.authorize(purchase({}), { authorization: `Bearer ${token}` })
    client.close()
    const pages = ['/metrics', '/readyz', '/livez'].map(async (path) =>
      (await fetch(service.httpUrl + path)).text(),
    )
    const processes = await eventually('it runs', () => {
      const found = commandLines()
      return found.length > 0 ? found : undefined
    })
    shown = {
      answers: JSON.stringify([rejected.error, undecided.error]),
      pages: (await Promise.all(pages)).join(),
      processes: processes.join(),
      log: service.stdout + service.stderr,
    }
  })

  for (const where of ['answers', 'pages', 'processes', 'log'] as const) {
    it(`shows neither password, secret nor token in its ${where}`, () => {
      const text = shown[where] ?? ''
      expect(text).to.have.length.above(10)
      expect([PASSWORD, SECRET, token].filter((secret) => text.includes(secret))).to.deep.equal([])
    })
  }
})

/** The command lines of the service's processes, which every user of the machine can read. */
function commandLines(): readonly string[] {
  const all = execFileSync('ps', ['-axww', '-o', 'command='], { encoding: 'utf8' })
  return all.split('\n').filter((line) => line.includes('dist/main.js'))
}
