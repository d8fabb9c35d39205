import { X509Certificate } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import fc from 'fast-check'
import { makeLocalCertificates } from '../../../tools/dev/certificates/local-certificates.js'
import { authority, clientIdentity, serverIdentity } from '../../support/processes/certificates.js'

const ca = authority('the authority')
const parse = (pem: string) => new X509Certificate(pem)

describe('certificates for development', () => {
  const server = parse(
    serverIdentity(ca, { hosts: ['localhost', '*.a.test', '127.0.0.1', '::1'] }).certificate,
  )
  const client = parse(clientIdentity(ca).certificate)
  const issuer = parse(ca.certificate)

  it('are signed by their authority', () => {
    expect([server, client, issuer].map((each) => each.verify(issuer.publicKey))).to.deep.equal([
      true,
      true,
      true,
    ])
    expect([server, client].map((each) => each.checkIssued(issuer))).to.deep.equal([true, true])
    expect(server.verify(parse(authority('the authority').certificate).publicKey)).to.equal(false)
  })

  it('are marked as an authority, or not', () => {
    expect([issuer.ca, server.ca, client.ca]).to.deep.equal([true, false, false])
  })

  it('name their hosts, and no other', () => {
    const named = ['localhost', 'b.a.test', 'a.test', 'other'].filter(
      (host) => server.checkHost(host) !== undefined,
    )
    const addressed = ['127.0.0.1', '::1', '127.0.0.2'].filter((host) => server.checkIP(host) !== undefined)
    expect([named, addressed]).to.deep.equal([
      ['localhost', 'b.a.test'],
      ['127.0.0.1', '::1'],
    ])
  })

  it('name any address', () => {
    const certificate = (host: string) => parse(serverIdentity(ca, { hosts: [host] }).certificate)
    fc.assert(
      fc.property(fc.ipV4(), (host) => certificate(host).checkIP(host) !== undefined),
      { numRuns: 20 },
    )
    const plainV6 = fc.ipV6().filter((host) => !host.includes('.'))
    fc.assert(
      fc.property(plainV6, (host) => certificate(host).checkIP(host) !== undefined),
      { numRuns: 20 },
    )
  })

  it('state their purpose', () => {
    expect([server.keyUsage, client.keyUsage]).to.deep.equal([['1.3.6.1.5.5.7.3.1'], ['1.3.6.1.5.5.7.3.2']])
  })

  it('are valid in exactly the given hours', () => {
    expect(Date.parse(server.validTo) - Date.parse(server.validFrom)).to.equal(2 * 3_600_000)
  })
})

describe('make certs, in its folder,', () => {
  let folder: string
  const now = new Date()
  const make = (at: Date) => makeLocalCertificates({ folder, hosts: ['authorizer.test'], now: at })
  const read = async (name: string) => parse(await readFile(join(folder, name), 'utf8'))
  const inDays = (days: number) => new Date(now.getTime() + days * 86_400_000)

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'benefits-certs-'))
    await make(now)
  })
  after(() => rm(folder, { recursive: true }))

  it('creates certificates and keys, the keys for their owner only, and leaves nothing else', async () => {
    const names = (await readdir(folder)).sort()
    const modes = await Promise.all(
      names.map(async (name) => `${name} ${((await stat(join(folder, name))).mode & 0o077).toString(8)}`),
    )
    const privately = (name: string) => expect(modes).to.include(`${name} 0`)
    for (const name of ['ca-key.pem', 'client-key.pem', 'server-key.pem']) privately(name)
    expect(names).to.deep.equal([
      'ca-key.pem',
      'ca.pem',
      'client-key.pem',
      'client.pem',
      'server-key.pem',
      'server.pem',
    ])
  })

  it('names the requested hosts', async () => {
    expect((await read('server.pem')).checkHost('authorizer.test')).to.equal('authorizer.test')
  })

  it('renews the certificates the second time, with the same authority', async () => {
    const [ca1, server1] = [await read('ca.pem'), await read('server.pem')]
    await make(inDays(300))
    const [ca2, server2] = [await read('ca.pem'), await read('server.pem')]
    expect([ca2.serialNumber, server2.verify(ca1.publicKey)]).to.deep.equal([ca1.serialNumber, true])
    expect(server2.serialNumber).to.not.equal(server1.serialNumber)
  })

  it('creates another authority before the first one expires', async () => {
    const ca1 = await read('ca.pem')
    await make(inDays(3_500))
    expect((await read('ca.pem')).serialNumber).to.not.equal(ca1.serialNumber)
  })
})
