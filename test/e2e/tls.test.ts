import { X509Certificate } from 'node:crypto'
import { type ChannelCredentials, credentials, status } from '@grpc/grpc-js'
import { expect } from 'chai'
import type { Identity } from '../../tools/dev/certificates/certificate.js'
import { type AuthorizeResponse, type Outcome, purchase, TestClient } from '../support/clients/client.js'
import { handshake } from '../support/clients/handshake.js'
import { HealthClient } from '../support/clients/health-client.js'
import { askReflection } from '../support/clients/reflection-client.js'
import { ServiceCalls } from '../support/clients/service-call.js'
import { JWT_SECRET } from '../support/clients/token.js'
import { lockAccount } from '../support/database/account-lock.js'
import { fundedAccount } from '../support/database/accounts.js'
import { eventually } from '../support/eventually.js'
import { authority, clientIdentity, hours, serverIdentity } from '../support/processes/certificates.js'
import { readMetric } from '../support/processes/metrics-page.js'
import { MountedFiles } from '../support/processes/mounted-files.js'
import { useService } from '../support/processes/service-fixture.js'
import { ServiceProcess } from '../support/processes/service-process.js'

const ca = authority('authority')
const client = clientIdentity(ca)

function secured(identity?: Identity): ChannelCredentials {
  const key = identity && Buffer.from(identity.privateKey)
  const certificate = identity && Buffer.from(identity.certificate)
  return credentials.createSsl(Buffer.from(ca.certificate), key ?? null, certificate ?? null)
}

function filesOf({ certificate, privateKey }: Identity, clientCa = ca.certificate) {
  return { 'tls.crt': certificate, 'tls.key': privateKey, 'ca.crt': clientCa }
}

function environmentOf(files: MountedFiles) {
  return {
    GRPC_TLS_CERT_FILE: files.path('tls.crt'),
    GRPC_TLS_KEY_FILE: files.path('tls.key'),
    GRPC_TLS_CLIENT_CA_FILE: files.path('ca.crt'),
    GRPC_HEALTH_PORT: '0',
    KEY_FILES_REFRESH_MS: '50',
  }
}

describe('mutual TLS', () => {
  const files = new MountedFiles()
  const server = serverIdentity(ca)
  files.replace(filesOf(server))
  after(() => files.remove())
  const fixture = useService(environmentOf(files))

  async function outcomeFor(security: ChannelCredentials): Promise<string> {
    const caller = new TestClient(fixture().service.grpcAddress, security)
    const { response, error } = await caller.authorize(purchase({}))
    caller.close()
    return response?.code ?? error?.code ?? ''
  }
  const shakeHands = (options: object) =>
    handshake(fixture().service.grpcAddress, {
      ca: ca.certificate,
      cert: client.certificate,
      key: client.privateKey,
      ...options,
    })

  it('accepts a client with a certificate of the authority', async () => {
    expect(await outcomeFor(secured(client))).to.equal('07')
  })

  it('counts a connection as unauthenticated until a call on it presents a valid token', async () => {
    const unauthenticated = () =>
      readMetric(fixture().service.httpUrl, 'benefits_unauthenticated_connections')
    await eventually('no other connection is open', async () => (await unauthenticated()) === 0)
    const caller = new TestClient(fixture().service.grpcAddress, secured(client))
    await caller.fail(purchase({}), { authorization: null })
    expect(await unauthenticated()).to.equal(1)
    await caller.decide(purchase({}))
    expect(await unauthenticated()).to.equal(0)
    caller.close()
  })

  const otherAuthority = authority('authority')
  for (const [what, security] of [
    ['no TLS', credentials.createInsecure()],
    ['no certificate', secured()],
    ['a certificate from another authority of the same name', secured(clientIdentity(otherAuthority))],
    ['a certificate that has expired', secured(clientIdentity(ca, { validity: hours(-48, -24) }))],
    ['a certificate that is not valid yet', secured(clientIdentity(ca, { validity: hours(24, 48) }))],
    ['a certificate for servers', secured(serverIdentity(ca))],
  ] as const) {
    it(`rejects a client with ${what}`, async () => {
      expect(await outcomeFor(security)).to.equal('UNAVAILABLE')
    })
  }

  it('is rejected by a client that trusts another authority', async () => {
    expect(await shakeHands({ ca: otherAuthority.certificate })).to.have.property('rejection')
  })

  it('is rejected by a client that expects another host name', async () => {
    expect(await shakeHands({ servername: 'other.test' })).to.deep.equal({
      rejection: 'ERR_TLS_CERT_ALTNAME_INVALID',
    })
  })

  for (const protocol of ['TLSv1.2', 'TLSv1.3'] as const) {
    it(`accepts ${protocol}`, async () => {
      const { protocol: spoken } = await shakeHands({ minVersion: protocol, maxVersion: protocol })
      expect(spoken).to.equal(protocol)
    })
  }

  for (const protocol of ['TLSv1', 'TLSv1.1'] as const) {
    it(`rejects ${protocol}`, async () => {
      const old = { minVersion: protocol, maxVersion: protocol, ciphers: 'DEFAULT@SECLEVEL=0' }
      expect(await shakeHands(old)).to.deep.equal({ rejection: 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION' })
    })
  }

  for (const cipher of ['ECDHE-ECDSA-AES128-SHA256', 'AES128-GCM-SHA256']) {
    it(`rejects ${cipher}`, async () => {
      const { rejection } = await shakeHands({ maxVersion: 'TLSv1.2', ciphers: cipher })
      expect(rejection).to.match(/HANDSHAKE_FAILURE/)
    })
  }

  it('is announced in the log', async () => {
    expect(await fixture().service.untilEvent('listening')).to.include({ tls: 'mutual' })
  })

  it('reports when the certificate expires', async () => {
    const name = 'benefits_tls_certificate_expiry_timestamp_seconds'
    const expiresAtS = await readMetric(fixture().service.httpUrl, name, { certificate: 'server' })
    expect(expiresAtS * 1_000 - Date.now()).to.be.within(3_000_000, 3_600_000)
  })

  describe('with a plaintext port', () => {
    let health: HealthClient
    before(() => {
      health = new HealthClient(fixture().service.healthAddress)
    })
    after(() => health.close())

    for (const service of ['', 'benefits.v1.AuthorizationService', 'benefits.v1.AccountService']) {
      it(`answers the health of "${service}" there without a token`, async () => {
        expect(await health.check(service)).to.equal('SERVING')
      })
    }

    it('answers NOT_FOUND there for an unknown service', async () => {
      expect(await health.check('benefits.v1.NoService')).to.include({ code: 'NOT_FOUND' })
    })

    it('decides no purchase there', async () => {
      const caller = new TestClient(fixture().service.healthAddress)
      const { code } = await caller.fail(purchase({}))
      caller.close()
      expect(code).to.equal('UNIMPLEMENTED')
    })

    it('offers no other service there', async () => {
      const accounts = new ServiceCalls(fixture().service.healthAddress, 'benefits.v1.AccountService')
      const rejection = await accounts.call('ListAccounts', {}).catch((error: unknown) => String(error))
      accounts.close()
      expect(rejection).to.include('UNIMPLEMENTED')
    })

    it('offers no reflection there', async () => {
      const asked = askReflection(fixture().service.healthAddress, 'v1', [{ list_services: '' }])
      expect(await asked.catch((error: unknown) => error)).to.include({ code: status.UNIMPLEMENTED })
    })
  })

  describe('with new files that do not match', () => {
    const problem = 'GRPC_TLS_KEY_FILE: does not belong to the certificate in GRPC_TLS_CERT_FILE'
    const detail = async () => await (await fetch(`${fixture().service.httpUrl}/readyz`)).text()
    const metric = (name: string) =>
      readMetric(fixture().service.httpUrl, `benefits_key_files_${name}`, { files: 'tls' })
    let atFirst: readonly number[]

    before(async () => {
      atFirst = [await metric('unusable'), await metric('reload_failures_total')]
      const { privateKey } = serverIdentity(ca)
      files.replace(filesOf({ ...server, privateKey }))
      await fixture().service.untilEvent('key files rejected: the last valid ones stay in use')
    })

    it('keeps the last valid files', async () => {
      const { serialNumber } = await shakeHands({})
      expect(serialNumber).to.equal(new X509Certificate(server.certificate).serialNumber)
    })

    it('reports it on /readyz, and stays ready', async () => {
      expect(await detail()).to.equal(`ready; ${problem}: the last valid ones stay in use\n`)
    })

    it('counts the rejection once', async () => {
      const after = [await metric('unusable'), await metric('reload_failures_total')]
      expect([atFirst, after]).to.deep.equal([
        [0, 0],
        [1, 1],
      ])
    })

    it('never shows a key', () => {
      const [, secretPart = ''] = server.privateKey.split('\n')
      expect(secretPart).to.have.length.above(20)
      expect(fixture().service.stdout).to.not.include(secretPart)
    })

    it('uses the next valid files, and reports that all is well', async () => {
      const renewed = serverIdentity(ca)
      const { serialNumber } = new X509Certificate(renewed.certificate)
      files.replace(filesOf(renewed))
      const { files: group, serialNumber: logged } = await fixture().service.untilEvent('key files reloaded')
      expect({ group, logged }).to.deep.equal({ group: 'tls', logged: serialNumber })
      expect((await shakeHands({})).serialNumber).to.equal(serialNumber)
      expect([await detail(), await metric('unusable'), await metric('reloads_total')]).to.deep.equal([
        'ready\n',
        0,
        1,
      ])
    })
  })

  describe('stopped during a decision', () => {
    let health: HealthClient
    let seen: readonly string[]
    let answer: Outcome<AuthorizeResponse>
    let exitCode: number | null

    before(async () => {
      const { core, env, service } = fixture()
      const account_id = await fundedAccount(core, { CASH: 5_000n })
      const { release } = await lockAccount(core, String(env['MONGODB_DATABASE']), account_id)
      const started = await readMetric(service.httpUrl, 'grpc_server_started_total')
      health = new HealthClient(service.healthAddress)
      const watch = health.watch('')
      await watch.until('SERVING')
      const caller = new TestClient(service.grpcAddress, secured(client))
      const asked = caller.authorize(purchase({ account_id }))
      await eventually(
        'the call has begun',
        async () => (await readMetric(service.httpUrl, 'grpc_server_started_total')) > started,
      )

      service.signal('SIGTERM')
      await watch.until('NOT_SERVING')
      seen = [...watch.statuses, service.hasExited ? 'ended' : 'still there']
      await release()
      answer = await asked
      caller.close()
      exitCode = await service.untilExit()
    })
    after(() => health.close())

    it('reports NOT_SERVING on the plaintext port first, before the purchase is decided', () => {
      expect(seen).to.deep.equal(['SERVING', 'NOT_SERVING', 'still there'])
    })

    it('answers the purchase, and exits with code 0 although a client watches its health', () => {
      expect({ code: answer.response?.code, exitCode }).to.deep.equal({ code: '00', exitCode: 0 })
    })
  })
})

describe('TLS without client certificates', () => {
  const files = new MountedFiles()
  const { 'ca.crt': _, ...rest } = filesOf(serverIdentity(ca))
  files.replace(rest)
  after(() => files.remove())
  const fixture = useService({ ...environmentOf(files), GRPC_TLS_CLIENT_CA_FILE: '' })

  it('accepts a client that has none', async () => {
    const caller = new TestClient(fixture().service.grpcAddress, secured())
    const { code } = await caller.decide(purchase({}))
    caller.close()
    expect(code).to.equal('07')
  })
})

describe('a service with invalid TLS files does not start:', () => {
  const files = new MountedFiles()
  after(() => files.remove())
  const NOBODY = 'mongodb://127.0.0.1:9/?replicaSet=rs0'

  async function rejectionOf(
    { certificate, privateKey }: Identity,
    env: Readonly<Record<string, string>> = {},
  ): Promise<string> {
    files.replace(filesOf({ certificate, privateKey }))
    const service = new ServiceProcess({ ...environmentOf(files), MONGODB_URI: NOBODY, JWT_SECRET, ...env })
    expect(await service.untilExit()).to.equal(1)
    const [line = '', ...more] = service.stderr.trimEnd().split('\n')
    expect(more).to.deep.equal([])
    return line.replace('benefits-authorizer cannot start: ', '')
  }

  it('an expired certificate', async () => {
    const expired = serverIdentity(ca, { validity: hours(-48, -24) })
    expect(await rejectionOf(expired)).to.match(/^GRPC_TLS_CERT_FILE: expired at 20[\dT:.-]+Z$/)
  })

  it('a key of another certificate', async () => {
    const { privateKey } = serverIdentity(ca)
    const mixed = { ...serverIdentity(ca), privateKey }
    expect(await rejectionOf(mixed)).to.equal(
      'GRPC_TLS_KEY_FILE: does not belong to the certificate in GRPC_TLS_CERT_FILE',
    )
  })

  it('a missing file', async () => {
    expect(await rejectionOf(serverIdentity(ca), { JWT_JWKS_FILE: '/no/such/file' })).to.equal(
      'JWT_JWKS_FILE: cannot be read (ENOENT)',
    )
  })

  it('a certificate without its key', async () => {
    expect(await rejectionOf(serverIdentity(ca), { GRPC_TLS_KEY_FILE: '' })).to.equal(
      'configuration: GRPC_TLS_KEY_FILE is required when another GRPC_TLS_ file is set',
    )
  })
})
