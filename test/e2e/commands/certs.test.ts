import { expect } from 'chai'
import { eventually } from '../../support/eventually.js'
import { MountedFiles } from '../../support/processes/mounted-files.js'
import { serviceEnvironment } from '../../support/processes/service-fixture.js'
import { type ServiceProcess, useServices } from '../../support/processes/service-process.js'
import { type Environment, make, run } from './make.js'

describe('make certs', () => {
  const start = useServices()
  const folder = new MountedFiles()
  after(() => folder.remove())
  let printed: string
  let env: Environment
  let service: ServiceProcess

  before(async () => {
    const data = { DATA_DIR: folder.path('data') }
    const { code, stdout, stderr } = await make(['-s', 'certs', 'hosts=authorizer.test 10.0.0.7'], data)
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' })
    printed = stdout
    const lines = stdout.split('\n').filter((line) => line.startsWith('GRPC_TLS_'))
    env = {
      ...data,
      ...(await serviceEnvironment()),
      ...Object.fromEntries(lines.map((line) => line.split('='))),
      KEY_FILES_REFRESH_MS: '50',
      GRPC_HEALTH_PORT: '0',
      SEED_EXAMPLES: 'true',
    }
    service = await start(env)
    await service.untilEvent('serving')
    env = { ...env, GRPC_PORT: service.grpcAddress.split(':')[1] }
  })

  const authorize = () => run('./benefits', ['authorize', '--amount', '1.00', '--mcc', '5811'], env)

  it('prints the lines for .env that make the service start', () => {
    expect(printed.match(/^GRPC_TLS_\w+/gm)).to.deep.equal([
      'GRPC_TLS_CERT_FILE',
      'GRPC_TLS_KEY_FILE',
      'GRPC_TLS_CLIENT_CA_FILE',
    ])
  })

  it('creates the files that ./benefits needs to reach the service', async () => {
    const { code, stdout, stderr } = await authorize()
    expect(code).to.equal(0)
    expect(stderr).to.match(/^no account named: using the first example account, \w+\n$/)
    expect(JSON.parse(stdout)).to.include({ code: '00' })
  })

  it('renews the certificates of a running service without a restart', async () => {
    expect(await make(['-s', 'certs'], env)).to.include({ code: 0, stderr: '' })
    await eventually('they are taken over', () =>
      service.events.some(({ event, files }) => event === 'key files reloaded' && files === 'tls'),
    )
    expect((await authorize()).code).to.equal(0)
  })

  it('reports an invalid host in one line', async () => {
    const { code, stderr } = await make(['certs', 'hosts=a b/c'], env)
    expect(code).to.equal(2)
    expect(stderr).to.match(/^certs: hosts= must be names and IP addresses.*\n$/)
  })
})
