import { createServer, type Server } from 'node:net'
import { expect } from 'chai'
import { type Environment, ServiceProcess } from '../support/service-process.js'
import { JWT_SECRET } from '../support/token.js'

const NOBODY = 'mongodb://127.0.0.1:9/?replicaSet=rs0'

/** Starts a service that is to give up, and returns how it did. */
async function giveUp(env: Environment) {
  const service = new ServiceProcess(env)
  try {
    return { exitCode: await service.untilExit(), stdout: service.stdout, stderr: service.stderr }
  } finally {
    await service.kill()
  }
}

const refusal = (why: string) => ({
  exitCode: 1,
  stdout: '',
  stderr: `benefits-authorizer cannot start: ${why}\n`,
})

describe('the service refuses to start, with one line and exit code 1,', () => {
  it('in production without MONGODB_URI', async () => {
    expect(await giveUp({ NODE_ENV: 'production', JWT_SECRET })).to.deep.equal(
      refusal('configuration: MONGODB_URI is required when NODE_ENV=production'),
    )
  })

  it('in production without JWT_SECRET', async () => {
    expect(await giveUp({ NODE_ENV: 'production', MONGODB_URI: NOBODY })).to.deep.equal(
      refusal(
        'configuration: JWT_SECRET, JWT_PUBLIC_KEY_FILE or JWT_JWKS_FILE is required when NODE_ENV=production',
      ),
    )
  })

  it('with a JWT_SECRET of 31 bytes', async () => {
    expect(await giveUp({ MONGODB_URI: NOBODY, JWT_SECRET: 'x'.repeat(31) })).to.deep.equal(
      refusal('configuration: JWT_SECRET must have at least 32 bytes'),
    )
  })

  it('with every bad variable named at once, and no value shown', async () => {
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

  it('with a MONGOD_PATH that is no program', async () => {
    const { exitCode, stderr } = await giveUp({
      MONGOD_PATH: '/no/such/mongod',
      JWT_SECRET,
      DATA_DIR: '/tmp/never',
    })
    expect({ exitCode, lines: stderr.trim().split('\n').length }).to.deep.equal({ exitCode: 1, lines: 1 })
  })

  describe('when a port is taken:', () => {
    let server: Server
    let port: number
    before(async () => {
      server = createServer()
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      const address = server.address()
      port = typeof address === 'object' && address !== null ? address.port : 0
    })
    after(() => server.close())

    for (const name of ['GRPC_PORT', 'HTTP_PORT']) {
      it(name, async () => {
        const { exitCode, stderr } = await giveUp({ MONGODB_URI: NOBODY, JWT_SECRET, [name]: String(port) })
        expect({ exitCode, lines: stderr.split('\n').slice(0, -1) }).to.deep.equal({
          exitCode: 1,
          lines: [
            `benefits-authorizer cannot start: listen EADDRINUSE: address already in use 127.0.0.1:${port}: is the service running already?`,
          ],
        })
      })
    }
  })
})
