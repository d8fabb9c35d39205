import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { get } from 'node:https'
import { expect } from 'chai'
import type { Identity } from '../../../tools/dev/certificates/certificate.js'
import { eventually } from '../../support/eventually.js'
import { authority, clientIdentity, serverIdentity } from '../../support/processes/certificates.js'
import { MountedFiles } from '../../support/processes/mounted-files.js'
import { useHttpApi } from '../../support/processes/service-fixture.js'

const ca = authority('authority')
const client = clientIdentity(ca)

function filesOf({ certificate, privateKey }: Identity) {
  return { 'tls.crt': certificate, 'tls.key': privateKey, 'ca.crt': ca.certificate }
}

describe('the HTTP API with mutual TLS', () => {
  const files = new MountedFiles()
  files.replace(filesOf(serverIdentity(ca)))
  after(() => files.remove())
  const fixture = useHttpApi({
    GRPC_TLS_CERT_FILE: files.path('tls.crt'),
    GRPC_TLS_KEY_FILE: files.path('tls.key'),
    GRPC_TLS_CLIENT_CA_FILE: files.path('ca.crt'),
    GRPC_HEALTH_PORT: '0',
    KEY_FILES_REFRESH_MS: '50',
  })

  /** Requests a path that needs no token, and returns the status code and the serial number of the server. */
  async function ask(identity?: Identity): Promise<readonly [code: unknown, serial: string]> {
    const { port } = new URL(fixture().service.apiUrl)
    const request = get({
      host: '127.0.0.1',
      port,
      servername: 'localhost',
      path: '/v1/transactions',
      agent: false,
      ca: ca.certificate,
      ...(identity && { cert: identity.certificate, key: identity.privateKey }),
    })
    const [response]: [IncomingMessage] = (await once(request, 'response')) as [IncomingMessage]
    const { socket } = response
    const serial = 'getPeerCertificate' in socket ? Object(socket).getPeerCertificate().serialNumber : ''
    let text = ''
    for await (const chunk of response) text += chunk
    return [JSON.parse(text).code, serial]
  }

  it('accepts a client with a certificate of the authority', async () => {
    expect((await ask(client))[0]).to.equal('07')
  })

  it('rejects a client without a certificate', async () => {
    const failed = await ask().then(
      () => 'answered',
      () => 'rejected',
    )
    expect(failed).to.equal('rejected')
  })

  it('uses a renewed certificate without a restart', async () => {
    const [, before] = await ask(client)
    files.replace(filesOf(serverIdentity(ca)))
    await eventually('the certificate is another one', async () => (await ask(client))[1] !== before)
  })
})
