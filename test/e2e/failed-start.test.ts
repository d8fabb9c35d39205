import { writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { expect } from 'chai'
import { JWT_SECRET } from '../support/clients/token.js'
import {
  type Environment,
  type ProcessOptions,
  ServiceProcess,
} from '../support/processes/service-process.js'
import { useTempFolder } from '../support/temp-folder.js'

const launcher: ProcessOptions = { program: 'launcher' }
const NOBODY = 'mongodb://127.0.0.1:9/?replicaSet=rs0'

/** Starts a service that must fail, and returns its exit code and output. */
async function giveUp(env: Environment, options: ProcessOptions = {}) {
  const service = new ServiceProcess(env, options)
  try {
    return { exitCode: await service.untilExit(), stdout: service.stdout, stderr: service.stderr }
  } finally {
    await service.kill()
  }
}

const rejection = (why: string) => ({
  exitCode: 1,
  stdout: '',
  stderr: `benefits-authorizer cannot start: ${why}\n`,
})

describe('a failed start of the service, with one line and exit code 1,', () => {
  it('reports a missing MONGODB_URI', async () => {
    expect(await giveUp({ JWT_SECRET })).to.deep.equal(
      rejection('configuration: MONGODB_URI is required (for development, make run starts a database)'),
    )
  })

  it('reports a missing key for tokens', async () => {
    expect(await giveUp({ MONGODB_URI: NOBODY })).to.deep.equal(
      rejection(
        'configuration: JWT_SECRET, JWT_PUBLIC_KEY_FILE or JWT_JWKS_FILE is required (for development, make run generates a secret)',
      ),
    )
  })

  it('reports a JWT_SECRET of 31 bytes', async () => {
    expect(await giveUp({ MONGODB_URI: NOBODY, JWT_SECRET: 'x'.repeat(31) })).to.deep.equal(
      rejection('configuration: JWT_SECRET must have at least 32 bytes'),
    )
  })

  it('names every invalid variable at once, and shows no value', async () => {
    const env = {
      MONGODB_URI: 'mysql://root:hunter2@db',
      MONGODB_DATABASE: 'a.b',
      JWT_SECRET: 'short',
      GRPC_PORT: '70000',
      LOG_LEVEL: 'loud',
      SEED_EXAMPLES: 'maybe',
    }
    const { stderr } = await giveUp(env)
    const named = Object.keys(env).filter((name) => stderr.includes(`${name} must`))
    const shown = Object.values(env).filter((value) => stderr.includes(value))
    expect({ named, shown }).to.deep.equal({ named: Object.keys(env), shown: [] })
  })

  describe('with a .env file', () => {
    const folder = useTempFolder()
    const text = '\ufeffLIMITS_TIME_ZONE=Bad/Zone\n'

    it('reports the first variable even behind a byte order mark', async () => {
      writeFileSync(join(folder(), '.env'), text)
      expect(await giveUp({ MONGODB_URI: NOBODY, JWT_SECRET }, { folder: folder() })).to.deep.equal(
        rejection('configuration: LIMITS_TIME_ZONE must be an IANA time zone, such as America/Sao_Paulo'),
      )
    })

    it('reports a file in UTF-16', async () => {
      writeFileSync(join(folder(), '.env'), text, 'utf16le')
      expect(await giveUp({ MONGODB_URI: NOBODY, JWT_SECRET }, { folder: folder() })).to.deep.equal(
        rejection('.env is not UTF-8 (it may be UTF-16): save it as UTF-8'),
      )
    })
  })

  describe('on a busy port', () => {
    let server: Server
    let port: number
    before(async () => {
      server = createServer()
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      const address = server.address()
      port = typeof address === 'object' && address !== null ? address.port : 0
    })
    after(() => server.close())

    for (const name of ['GRPC_PORT', 'GRPC_HEALTH_PORT', 'HTTP_PORT']) {
      const taken = () =>
        rejection(`${name}: port ${port} of 127.0.0.1 is in use: is the service running already?`)

      it(`names ${name}`, async () => {
        expect(await giveUp({ MONGODB_URI: NOBODY, JWT_SECRET, [name]: String(port) })).to.deep.equal(taken())
      })

      it(`names ${name} before the launcher starts a local MongoDB`, async () => {
        expect(await giveUp({ JWT_SECRET, [name]: String(port) }, launcher)).to.deep.equal(taken())
      })
    }
  })
})

describe('a failed start of the launcher, with one line and exit code 1,', () => {
  it('reports a MONGOD_PATH that is not a program', async () => {
    const env = { MONGOD_PATH: '/no/such/mongod', JWT_SECRET, DATA_DIR: '/tmp/never' }
    const { exitCode, stderr } = await giveUp(env, launcher)
    expect({ exitCode, lines: stderr.trim().split('\n').length }).to.deep.equal({ exitCode: 1, lines: 1 })
  })

  it('reports a DATA_DIR that cannot be created', async () => {
    expect(await giveUp({ DATA_DIR: '/dev/null/data' }, launcher)).to.deep.equal(
      rejection('DATA_DIR: /dev/null/data cannot be used (ENOTDIR): name a writable folder'),
    )
  })

  it('reports an invalid variable before creating anything', async () => {
    expect(await giveUp({ LOG_LEVEL: 'loud', DATA_DIR: '/dev/null/data' }, launcher)).to.deep.equal(
      rejection('configuration: LOG_LEVEL must be one of trace, debug, info, warn, error, fatal, silent'),
    )
  })
})
