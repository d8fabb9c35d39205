import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'
import { isIP } from 'node:net'
import {
  addressBytes,
  bits,
  boolean,
  context,
  identifier,
  integer,
  octets,
  sequence,
  set,
  text,
  time,
} from './der.js'

/** A certificate and its key, both PEM. */
export type Identity = { readonly certificate: string; readonly privateKey: string }

/** A certificate that can issue certificates. */
export type Authority = Identity & {
  readonly name: string
  readonly key: KeyObject
  readonly publicKey: KeyObject
}

type Validity = { readonly from: Date; readonly to: Date }

export type CertificateRequest = {
  readonly name: string
  /** Use of the certificate: by a server, whose clients check the host name, or by a client. */
  readonly use: 'server' | 'client'
  /** Names and IP addresses of the host; none for a client. */
  readonly hosts: readonly string[]
  readonly validity: Validity
}

const ecdsaWithSha256 = sequence(identifier('1.2.840.10045.4.3.2'))
const uses = { server: '1.3.6.1.5.5.7.3.1', client: '1.3.6.1.5.5.7.3.2' }
/** Bits of the key usage, from the highest: digital signature; signing certificates and revocation lists. */
const digitalSignature = bits(Buffer.from([0x80]), 7)
const signingCertificates = bits(Buffer.from([0x06]), 1)

/** Makes an authority with a key of its own (EC P-256). */
export function createAuthority(name: string, validity: Validity): Authority {
  const { privateKey: key, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const certificate = certificateOf({
    issuer: { name, key, publicKey },
    subject: { name, publicKey },
    validity,
    extensions: [
      critical('2.5.29.19', sequence(boolean('true'))),
      critical('2.5.29.15', signingCertificates),
    ],
  })
  return { name, key, publicKey, certificate, privateKey: pemOf(key) }
}

/** Issues a certificate for a new key (EC P-256). */
export function issueCertificate(issuer: Authority, request: CertificateRequest): Identity {
  const { name, use, hosts, validity } = request
  const { privateKey: key, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const names = hosts.length === 0 ? [] : [extension('2.5.29.17', sequence(...hosts.map(alternativeName)))]
  const certificate = certificateOf({
    issuer,
    subject: { name, publicKey },
    validity,
    extensions: [
      critical('2.5.29.19', sequence()),
      critical('2.5.29.15', digitalSignature),
      extension('2.5.29.37', sequence(identifier(uses[use]))),
      ...names,
    ],
  })
  return { certificate, privateKey: pemOf(key) }
}

type Content = {
  readonly issuer: Pick<Authority, 'name' | 'key' | 'publicKey'>
  readonly subject: { readonly name: string; readonly publicKey: KeyObject }
  readonly validity: Validity
  readonly extensions: readonly Buffer[]
}

/** RFC 5280, section 4.1. */
function certificateOf({ issuer, subject, validity, extensions }: Content): string {
  const content = sequence(
    context(0, integer(Buffer.from([2])), 'built'),
    integer(randomBytes(16)),
    ecdsaWithSha256,
    distinguishedName(issuer.name),
    sequence(time(validity.from), time(validity.to)),
    distinguishedName(subject.name),
    subject.publicKey.export({ type: 'spki', format: 'der' }),
    context(
      3,
      sequence(
        ...extensions,
        extension('2.5.29.14', octets(keyIdentifier(subject.publicKey))),
        extension('2.5.29.35', sequence(context(0, keyIdentifier(issuer.publicKey), 'primitive'))),
      ),
      'built',
    ),
  )
  const whole = sequence(content, ecdsaWithSha256, bits(sign('sha256', content, issuer.key)))
  const lines = whole.toString('base64').replace(/.{64}(?=.)/g, '$&\n')
  return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`
}

function distinguishedName(commonName: string): Buffer {
  return sequence(set(sequence(identifier('2.5.4.3'), text(commonName))))
}

function alternativeName(host: string): Buffer {
  return isIP(host) === 0
    ? context(2, Buffer.from(host), 'primitive')
    : context(7, addressBytes(host), 'primitive')
}

/** Tells keys of one owner apart; it need not be secret or strong. */
function keyIdentifier(key: KeyObject): Buffer {
  return createHash('sha1')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest()
}

function extension(id: string, content: Buffer): Buffer {
  return sequence(identifier(id), octets(content))
}

/** An extension that a reader of the certificate must understand. */
function critical(id: string, content: Buffer): Buffer {
  return sequence(identifier(id), boolean('true'), octets(content))
}

function pemOf(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString()
}
