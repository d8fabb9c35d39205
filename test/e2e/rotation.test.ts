import { generateKeyPairSync, X509Certificate } from 'node:crypto'
import { credentials } from '@grpc/grpc-js'
import { expect } from 'chai'
import type { Identity } from '../../tools/dev/certificates/certificate.js'
import { purchase, TestClient } from '../support/clients/client.js'
import { ConnectingLoad } from '../support/clients/connecting-load.js'
import { handshake } from '../support/clients/handshake.js'
import { jwkOf, type KeyPair, keySet, signWith } from '../support/clients/signing.js'
import { eventually } from '../support/eventually.js'
import { authority, clientIdentity, serverIdentity } from '../support/processes/certificates.js'
import { readMetric } from '../support/processes/metrics-page.js'
import { MountedFiles } from '../support/processes/mounted-files.js'
import { useService } from '../support/processes/service-fixture.js'

/** Answers under load before and after each change. */
const CALLS = 20
/** Attempts to resume a session that must no longer be resumable. */
const SESSIONS = 2

const [oldCa, newCa] = [authority('old'), authority('new')]
const trust = oldCa.certificate + newCa.certificate
const [oldKey, newKey] = [keyPair(), keyPair()]

function keyPair(): KeyPair {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' })
}

function tokenBy({ privateKey }: KeyPair, kid: string): string {
  return signWith({ algorithm: 'ES256', key: privateKey, header: { kid } })
}

function secured({ certificate, privateKey }: Identity) {
  return credentials.createSsl(Buffer.from(trust), Buffer.from(privateKey), Buffer.from(certificate))
}

const serialOf = ({ certificate }: Identity) => new X509Certificate(certificate).serialNumber
const [oldJwk, newJwk] = [jwkOf(oldKey, { kid: 'old' }), jwkOf(newKey, { kid: 'new' })]
const [oldToken, newToken] = [tokenBy(oldKey, 'old'), tokenBy(newKey, 'new')]
const [oldClient, newClient] = [clientIdentity(oldCa), clientIdentity(newCa)]
const [firstServer, secondServer, thirdServer] = [
  serverIdentity(oldCa),
  serverIdentity(oldCa),
  serverIdentity(newCa),
]

describe('keys and certificates replaced under load', () => {
  const tls = new MountedFiles()
  const tokens = new MountedFiles()
  const putTls = ({ certificate, privateKey }: Identity, clientCa: string) =>
    tls.replace({ 'tls.crt': certificate, 'tls.key': privateKey, 'ca.crt': clientCa })
  const putKeys = (...keys: readonly object[]) => tokens.replace({ 'jwks.json': keySet(...keys) })
  putTls(firstServer, oldCa.certificate)
  putKeys(oldJwk)
  const fixture = useService({
    GRPC_TLS_CERT_FILE: tls.path('tls.crt'),
    GRPC_TLS_KEY_FILE: tls.path('tls.key'),
    GRPC_TLS_CLIENT_CA_FILE: tls.path('ca.crt'),
    GRPC_HEALTH_PORT: '0',
    JWT_JWKS_FILE: tokens.path('jwks.json'),
    JWT_SECRET: '',
    KEY_FILES_REFRESH_MS: '100',
  })
  let load: ConnectingLoad

  before(async () => {
    const { service } = fixture()
    await eventually('the service is ready', async () => (await fetch(`${service.httpUrl}/readyz`)).ok)
    load = new ConnectingLoad(service.grpcAddress, { security: secured(oldClient), token: oldToken })
  })
  after(async () => {
    await load?.stop()
    tls.remove()
    tokens.remove()
  })

  /** Runs a change during load, which continues before and after it and loses no call. */
  async function underLoad(change: () => Promise<void>): Promise<void> {
    await load.more(CALLS)
    await change()
    await load.more(CALLS)
    expect(load.failures).to.deep.equal([])
  }

  async function untilShown(identity: Identity): Promise<void> {
    const { certificate: cert, privateKey: key } = oldClient
    await eventually('the new certificate is shown', async () => {
      const { serialNumber } = await handshake(fixture().service.grpcAddress, { ca: trust, cert, key })
      return serialNumber === serialOf(identity)
    })
  }

  async function outcomeFor(identity: Identity, token: string): Promise<string> {
    const caller = new TestClient(fixture().service.grpcAddress, secured(identity))
    const { response, error } = await caller.authorize(purchase({}), { authorization: `Bearer ${token}` })
    caller.close()
    return response ? 'answered' : error.code
  }

  it('fail no call when the certificate is renewed, and new connections get the new one', () =>
    underLoad(async () => {
      putTls(secondServer, oldCa.certificate)
      await untilShown(secondServer)
    }))

  it('fail no call when a key is added, and tokens of both are accepted', () =>
    underLoad(async () => {
      expect(await outcomeFor(oldClient, newToken)).to.equal('UNAUTHENTICATED')
      putKeys(oldJwk, newJwk)
      await eventually(
        'the new key is used',
        async () => (await outcomeFor(oldClient, newToken)) === 'answered',
      )
      expect(await outcomeFor(oldClient, oldToken)).to.equal('answered')
    }))

  it('fail no call when the old key is removed, and its tokens are rejected', () =>
    underLoad(async () => {
      await load.use({ security: secured(oldClient), token: newToken })
      putKeys(newJwk)
      await eventually(
        'the old key is gone',
        async () => (await outcomeFor(oldClient, oldToken)) === 'UNAUTHENTICATED',
      )
    }))

  /**
   * A connection with the old certificate, over TLS 1.2, where a rejection precedes the end of the handshake.
   */
  const oldHandshake = (session?: Buffer) => {
    const { certificate: cert, privateKey: key } = oldClient
    const options = { ca: trust, cert, key, maxVersion: 'TLSv1.2' } as const
    return handshake(fixture().service.grpcAddress, { ...options, ...(session && { session }) })
  }

  it('fail no call when the authority is replaced through a phase with both, and resume no earlier session', () =>
    underLoad(async () => {
      const { session } = await oldHandshake()
      await eventually('a session is resumed', async () => (await oldHandshake(session)).resumed)
      expect(await outcomeFor(newClient, newToken)).to.equal('UNAVAILABLE')
      putTls(secondServer, trust)
      await eventually(
        'the new authority is trusted',
        async () => (await outcomeFor(newClient, newToken)) === 'answered',
      )
      await load.use({ security: secured(newClient), token: newToken })
      putTls(thirdServer, newCa.certificate)
      await eventually(
        'the old authority is not trusted any more',
        async () => (await outcomeFor(oldClient, newToken)) === 'UNAVAILABLE',
      )
      const again = await Promise.all(Array.from({ length: SESSIONS }, () => oldHandshake(session)))
      expect(again.map(({ rejection }) => typeof rejection)).to.deep.equal(again.map(() => 'string'))
    }))

  it('keep the first connection, although its certificate is no longer accepted', () =>
    load.moreWhereItBegan())

  it('are each counted, and none was rejected', async () => {
    const read = (name: string, files: string) =>
      readMetric(fixture().service.httpUrl, `benefits_key_files_${name}`, { files })
    const counted = await Promise.all([
      read('reloads_total', 'tls'),
      read('reloads_total', 'tokens'),
      read('reload_failures_total', 'tls'),
      read('reload_failures_total', 'tokens'),
    ])
    expect(counted).to.deep.equal([3, 2, 0, 0])
  })
})
