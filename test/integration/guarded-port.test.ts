import { connect as connectTcp } from 'node:net'
import { type ChannelCredentials, Client, credentials, Server, ServerCredentials } from '@grpc/grpc-js'
import { expect } from 'chai'
import { ConnectionGuard } from '../../src/grpc/connections/connection-guard.js'
import { GuardedPort } from '../../src/grpc/connections/guarded-port.js'
import { TlsCredentials } from '../../src/grpc/connections/tls-credentials.js'
import { HealthStatus } from '../../src/grpc/health/health-status.js'
import { loadDescriptors } from '../../src/grpc/reflection/descriptors.js'
import { WAIT_MS_MAX } from '../support/eventually.js'
import { authority, serverIdentity } from '../support/processes/certificates.js'

/** A guard that never sweeps: a sweep would make unread connections read. */
class SweeplessGuard extends ConnectionGuard {
  constructor() {
    super({ connectionsMax: 10, monotonicMs: () => performance.now(), onClosing: () => {} })
  }

  override sweep(): void {}
}

const ca = authority('test')
const { certificate, privateKey } = serverIdentity(ca)
const material = {
  certificate,
  privateKey,
  clientCa: undefined,
  serialNumber: '',
  expiresAtMs: Number.POSITIVE_INFINITY,
  clientCaExpiresAtMs: undefined,
}
const kinds: readonly (readonly [string, ServerCredentials, ChannelCredentials])[] = [
  ['without TLS', ServerCredentials.createInsecure(), credentials.createInsecure()],
  ['with TLS', new TlsCredentials(material), credentials.createSsl(Buffer.from(ca.certificate))],
]

for (const [kind, serverSide, clientSide] of kinds) {
  describe(`a guarded port ${kind}`, () => {
    const server = new Server()
    const port = new GuardedPort({ server, credentials: serverSide, guard: new SweeplessGuard() })
    let address: string
    before(async () => {
      new HealthStatus().addTo(server, loadDescriptors())
      address = `127.0.0.1:${await port.listen({ host: '127.0.0.1', port: 0 })}`
    })
    after(() => {
      port.close()
      server.forceShutdown()
    })

    function check(): Promise<string> {
      const client = new Client(address, clientSide, {
        'grpc.use_local_subchannel_pool': 1,
        'grpc.ssl_target_name_override': 'localhost',
      })
      const bytes = (message: Buffer) => message
      const deadline = Date.now() + WAIT_MS_MAX
      return new Promise<string>((resolve) => {
        const path = '/grpc.health.v1.Health/Check'
        client.makeUnaryRequest(path, bytes, bytes, Buffer.alloc(0), { deadline }, (error) =>
          resolve(error ? error.message : 'OK'),
        )
      }).finally(() => client.close())
    }

    it('answers the first call of a connection, without waiting for a sweep', async () => {
      expect(await check()).to.equal('OK')
    })

    it('answers each of several simultaneous connections', async () => {
      expect(await Promise.all([check(), check(), check()])).to.deep.equal(['OK', 'OK', 'OK'])
    })

    it('tolerates a connection that closes before its turn', async () => {
      const [, number] = address.split(':')
      for (let count = 0; count < 5; count++) connectTcp(Number(number), '127.0.0.1').destroy()
      expect(await check()).to.equal('OK')
    })
  })
}
