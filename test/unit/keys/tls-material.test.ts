import { generateKeyPairSync } from 'node:crypto'
import { expect } from 'chai'
import { KeyFileError } from '../../../src/keys/key-file-error.js'
import { checkTls, type TlsTexts } from '../../../src/keys/tls-material.js'
import { createAuthority } from '../../../tools/dev/certificates/certificate.js'
import { authority, clientIdentity, hours, serverIdentity } from '../../support/processes/certificates.js'
import { rsa } from './key-pairs.js'

const ca = authority('ca')
const server = serverIdentity(ca)
const other = serverIdentity(authority('another'))

const authorityFor = (validity: ReturnType<typeof hours>) => createAuthority('ca', validity).certificate

type Texts = { readonly cert?: string; readonly key?: string; readonly clientCa?: string }

function texts({ cert = server.certificate, key = server.privateKey, clientCa }: Texts): TlsTexts {
  return {
    certificate: { variable: 'CERT', text: cert },
    privateKey: { variable: 'KEY', text: key },
    clientCa: clientCa === undefined ? undefined : { variable: 'CA', text: clientCa },
  }
}

const check = (given: Texts, nowMs = Date.now()) => checkTls(texts(given), nowMs)

function problemOf(given: Texts, nowMs = Date.now()): string {
  try {
    check(given, nowMs)
    return 'none'
  } catch (error) {
    if (error instanceof KeyFileError) return error.message
    throw error
  }
}

describe('TLS files', () => {
  it('are used unchanged', () => {
    const { certificate, privateKey, clientCa } = check({ clientCa: ca.certificate })
    expect({ certificate, privateKey, clientCa }).to.deep.equal({ ...server, clientCa: ca.certificate })
  })

  it('may include the issuers after the certificate', () => {
    expect(problemOf({ cert: server.certificate + ca.certificate })).to.equal('none')
  })

  it('expire when the first certificate of the chain does', () => {
    const long = serverIdentity(ca, { validity: hours(-1, 48) })
    const { expiresAtMs } = check({ cert: long.certificate + ca.certificate, key: long.privateKey })
    expect(expiresAtMs).to.be.within(Date.now() + 23 * 3_600_000, Date.now() + 24 * 3_600_000)
  })

  it('may include expired authorities, besides a valid one', () => {
    const old = authorityFor(hours(-48, -24))
    expect(problemOf({ clientCa: old + ca.certificate })).to.equal('none')
  })

  it('have authorities that expire with the last of them', () => {
    const old = authorityFor(hours(-48, -24))
    const { clientCaExpiresAtMs } = check({ clientCa: ca.certificate + old })
    expect(clientCaExpiresAtMs).to.be.within(Date.now() + 23 * 3_600_000, Date.now() + 24 * 3_600_000)
    expect(check({}).clientCaExpiresAtMs).to.equal(undefined)
  })

  it('may have a certificate without an extended key usage', () => {
    expect(problemOf({ cert: ca.certificate, key: ca.privateKey })).to.equal('none')
  })

  const client = clientIdentity(ca)
  const weakKey = generateKeyPairSync('rsa', { modulusLength: 1_024 })
    .privateKey.export({ type: 'pkcs8', format: 'pem' })
    .toString()
  const lockedKey = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    .privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'hunter2' })
    .toString()
  const old = serverIdentity(ca, { validity: hours(-48, -24) })
  const early = serverIdentity(ca, { validity: hours(24, 48) })
  const isoDate = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z$/
  for (const [what, given, problem] of [
    ['no certificate', { cert: '' }, /^CERT: has no PEM block$/],
    ['half a certificate', { cert: server.certificate.slice(0, 300) }, /^CERT: PEM block 1 is broken$/],
    [
      'a broken certificate',
      { cert: server.certificate.replace(/\n.{20}/, '\n') },
      /^CERT: PEM block 1 is not a certificate$/,
    ],
    [
      'half an issuer',
      { cert: server.certificate + ca.certificate.slice(0, 300) },
      /^CERT: PEM block 2 is broken$/,
    ],
    [
      'the key in the place of the certificate',
      { cert: server.privateKey },
      /^CERT: PEM block 1 is not a certificate$/,
    ],
    ['no key', { key: '' }, /^KEY: has no private key, or an encrypted one$/],
    ['half a key', { key: server.privateKey.slice(0, 100) }, /^KEY: has no private key/],
    ['an encrypted key', { key: lockedKey }, /^KEY: has no private key, or an encrypted one$/],
    ['a weak key', { key: weakKey }, /^KEY: is an RSA key of 1024 bits, fewer than 2048$/],
    [
      'the key of another certificate',
      { key: other.privateKey },
      /^KEY: does not belong to the certificate in CERT$/,
    ],
    [
      'the key of another kind of certificate',
      { key: rsa.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() },
      /^KEY: does not belong to the certificate in CERT$/,
    ],
    [
      'the certificate of a client',
      { cert: client.certificate, key: client.privateKey },
      /^CERT: is not a server certificate \(extended key usage\)$/,
    ],
    ['a certificate that has expired', { cert: old.certificate, key: old.privateKey }, /^CERT: expired at /],
    [
      'a certificate that is not valid yet',
      { cert: early.certificate, key: early.privateKey },
      /^CERT: is not valid before /,
    ],
    [
      'another issuer behind it',
      { cert: server.certificate + authority('other').certificate },
      /^CERT: certificate 1 was not issued by certificate 2/,
    ],
    ['no authority', { clientCa: 'none' }, /^CA: has no PEM block$/],
    [
      'a certificate that is not an authority’s',
      { clientCa: ca.certificate + server.certificate },
      /^CA: certificate 2 is not a CA certificate$/,
    ],
    ['authorities that have expired', { clientCa: authorityFor(hours(-48, -24)) }, /^CA: expired at /],
  ] as const) {
    it(`are rejected with ${what}`, () => {
      expect(problemOf(given)).to.match(problem)
    })
  }

  it('are rejected with the time of their expiry', () => {
    expect(problemOf({ cert: old.certificate, key: old.privateKey })).to.match(isoDate)
  })

  it('are accepted once they are valid', () => {
    const inADay = Date.now() + 25 * 3_600_000
    expect(problemOf({ cert: early.certificate, key: early.privateKey }, inADay)).to.equal('none')
  })

  it('distinguish certificates by serial number', () => {
    const renewed = serverIdentity(ca)
    const { serialNumber } = check({ cert: renewed.certificate, key: renewed.privateKey })
    expect(serialNumber)
      .to.match(/^[0-9A-F]+$/)
      .and.not.equal(check({}).serialNumber)
  })
})
