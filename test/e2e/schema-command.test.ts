import { execFile } from 'node:child_process'
import { expect } from 'chai'
import { SCHEMA_VERSION } from '../../src/storage/books-identity.js'
import { collections } from '../../src/storage/collections.js'
import { ensureSchema } from '../../src/storage/schema.js'
import { JWT_SECRET } from '../support/clients/token.js'
import { useDatabase } from '../support/database/database-fixture.js'
import { WAIT_MS_MAX } from '../support/eventually.js'
import { serviceEnvironment } from '../support/processes/service-fixture.js'
import { ServiceProcess } from '../support/processes/service-process.js'

type Ended = { readonly code: unknown; readonly stdout: string; readonly stderr: string }

/** Runs the command to its end, as the Job of Kubernetes does. */
function makeSchema(env: Readonly<Record<string, string>>): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(process.execPath, ['dist/schema.js'], { env, timeout: WAIT_MS_MAX }, (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, stdout, stderr }),
    )
  })
}

describe('the schema command', () => {
  const database = useDatabase()

  it('creates every collection, and exits', async () => {
    const env = { ...(await serviceEnvironment()), MONGODB_DATABASE: database().databaseName }
    const { code, stdout, stderr } = await makeSchema(env)
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' })
    expect(JSON.parse(stdout)).to.include({ event: 'schema ready' })
    const made = await database().listCollections().toArray()
    expect(made.map(({ name }) => name)).to.include.members(Object.values(collections))
  })

  it('fails with one line of explanation when no database is available', async () => {
    const { code, stderr } = await makeSchema({ MONGODB_URI: 'mongodb://127.0.0.1:9/', JWT_SECRET })
    expect(code).to.equal(1)
    expect(stderr).to.match(/^schema: .*ECONNREFUSED.*\n$/)
  })

  it('does not start a database', async () => {
    expect(await makeSchema({})).to.deep.equal({
      code: 1,
      stdout: '',
      stderr:
        'schema: configuration: MONGODB_URI is required (for development, make run starts a database)\n',
    })
  })
})

describe('a service on a database that a later release has upgraded', () => {
  const database = useDatabase()

  it('does not start, and names both versions', async () => {
    await ensureSchema(database())
    const newer = SCHEMA_VERSION + 1
    await database()
      .collection('books')
      .updateOne({}, { $set: { schema_version: newer } })
    const env = { ...(await serviceEnvironment()), MONGODB_DATABASE: database().databaseName }
    const service = new ServiceProcess(env)
    try {
      expect(await service.untilExit()).to.equal(1)
    } finally {
      await service.kill()
    }
    const said = service.events.find((line) => line['cause'] === 'SCHEMA_NEWER')
    expect(said?.['hint']).to.include(
      `the database has schema version ${newer}, this release works with version ${SCHEMA_VERSION}`,
    )
    expect(service.events.filter(({ event }) => event === 'serving')).to.deep.equal([])
  })
})
