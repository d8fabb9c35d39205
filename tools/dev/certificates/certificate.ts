import {
  createHash,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
  X509Certificate,
} from 'node:crypto'
import { isIP } from 'node:net'
import { AsnConvert, OctetString } from '@peculiar/asn1-schema'
import * as x509 from '@peculiar/asn1-x509'

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

const ecdsaWithSha256 = new x509.AlgorithmIdentifier({ algorithm: '1.2.840.10045.4.3.2' })
const COMMON_NAME = '2.5.4.3'
const uses = { server: x509.id_kp_serverAuth, client: x509.id_kp_clientAuth }
const signingCertificates = x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign

/** Makes an authority with a key of its own (EC P-256). */
export function createAuthority(name: string, validity: Validity): Authority {
  const { privateKey: key, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const certificate = certificateOf({
    issuer: { name, key, publicKey },
    subject: { name, publicKey },
    validity,
    extensions: [
      critical(x509.id_ce_basicConstraints, new x509.BasicConstraints({ cA: true })),
      critical(x509.id_ce_keyUsage, new x509.KeyUsage(signingCertificates)),
    ],
  })
  return { name, key, publicKey, certificate, privateKey: pemOf(key) }
}

/** Issues a certificate for a new key (EC P-256). */
export function issueCertificate(issuer: Authority, request: CertificateRequest): Identity {
  const { name, use, hosts, validity } = request
  const { privateKey: key, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const names = new x509.SubjectAlternativeName(hosts.map(alternativeName))
  const certificate = certificateOf({
    issuer,
    subject: { name, publicKey },
    validity,
    extensions: [
      critical(x509.id_ce_basicConstraints, new x509.BasicConstraints()),
      critical(x509.id_ce_keyUsage, new x509.KeyUsage(x509.KeyUsageFlags.digitalSignature)),
      extension(x509.id_ce_extKeyUsage, new x509.ExtendedKeyUsage([uses[use]])),
      ...(hosts.length === 0 ? [] : [extension(x509.id_ce_subjectAltName, names)]),
    ],
  })
  return { certificate, privateKey: pemOf(key) }
}

type Content = {
  readonly issuer: Pick<Authority, 'name' | 'key' | 'publicKey'>
  readonly subject: { readonly name: string; readonly publicKey: KeyObject }
  readonly validity: Validity
  readonly extensions: readonly x509.Extension[]
}

/** RFC 5280, section 4.1. */
function certificateOf({ issuer, subject, validity, extensions }: Content): string {
  const keyIdentifier = new x509.AuthorityKeyIdentifier({ keyIdentifier: identifierOf(issuer.publicKey) })
  const content = new x509.TBSCertificate({
    version: x509.Version.v3,
    serialNumber: serialNumber(),
    signature: ecdsaWithSha256,
    issuer: nameOf(issuer.name),
    validity: new x509.Validity({ notBefore: validity.from, notAfter: validity.to }),
    subject: nameOf(subject.name),
    subjectPublicKeyInfo: AsnConvert.parse(spkiOf(subject.publicKey), x509.SubjectPublicKeyInfo),
    extensions: new x509.Extensions([
      ...extensions,
      extension(
        x509.id_ce_subjectKeyIdentifier,
        new x509.SubjectKeyIdentifier(identifierOf(subject.publicKey)),
      ),
      extension(x509.id_ce_authorityKeyIdentifier, keyIdentifier),
    ]),
  })
  const signature = sign('sha256', Buffer.from(AsnConvert.serialize(content)), issuer.key)
  const whole = new x509.Certificate({
    tbsCertificate: content,
    signatureAlgorithm: ecdsaWithSha256,
    signatureValue: bytesOf(signature),
  })
  return new X509Certificate(Buffer.from(AsnConvert.serialize(whole))).toString()
}

/** A random number of 16 bytes, above zero, in its shortest form. */
function serialNumber(): ArrayBuffer {
  const bytes = randomBytes(16)
  bytes.writeUInt8(0x40 | (bytes.readUInt8() & 0x3f))
  return bytesOf(bytes)
}

function nameOf(commonName: string): x509.Name {
  const value = new x509.AttributeValue({ utf8String: commonName })
  return new x509.Name([
    new x509.RelativeDistinguishedName([new x509.AttributeTypeAndValue({ type: COMMON_NAME, value })]),
  ])
}

function alternativeName(host: string): x509.GeneralName {
  return new x509.GeneralName(isIP(host) === 0 ? { dNSName: host } : { iPAddress: host })
}

/** Tells keys of one owner apart; it need not be secret or strong. */
function identifierOf(key: KeyObject): x509.KeyIdentifier {
  return new x509.KeyIdentifier(bytesOf(createHash('sha1').update(spkiOf(key)).digest()))
}

function extension(extnID: string, content: object): x509.Extension {
  return new x509.Extension({ extnID, extnValue: new OctetString(AsnConvert.serialize(content)) })
}

/** An extension that a reader of the certificate must understand. */
function critical(id: string, content: object): x509.Extension {
  return Object.assign(extension(id, content), { critical: true })
}

function spkiOf(key: KeyObject): Buffer {
  return key.export({ type: 'spki', format: 'der' })
}

function pemOf(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString()
}

function bytesOf(buffer: Buffer): ArrayBuffer {
  return new Uint8Array(buffer).buffer
}
