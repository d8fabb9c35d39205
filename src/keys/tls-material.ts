import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'
import { createSecureContext } from 'node:tls'
import { KeyFileError } from './key-file-error.js'
import { weaknessOf } from './key-strength.js'
import { type NamedText, pemBlocksIn } from './pem-blocks.js'

/** Extended key usages (RFC 5280, section 4.2.1.12): TLS server, and any. */
const SERVER_USE = '1.3.6.1.5.5.7.3.1'
const ANY_USE = '2.5.29.37.0'

/** The checked certificates and keys of a TLS port, as PEM. */
export type TlsMaterial = {
  /** The certificate and its chain of issuers. */
  readonly certificate: string
  readonly privateKey: string
  /**
   * The authorities of client certificates. When set, a client must present a certificate that one of them
   * issued.
   */
  readonly clientCa: string | undefined
  /** Serial number of the certificate, in hexadecimal digits. */
  readonly serialNumber: string
  /** Earliest expiry in the chain, in milliseconds since 1970. */
  readonly expiresAtMs: number
  /** Latest expiry of the client authorities, in milliseconds since 1970. Undefined without authorities. */
  readonly clientCaExpiresAtMs: number | undefined
}

/** The content of the files, each with its environment variable. */
export type TlsTexts = {
  readonly certificate: NamedText
  readonly privateKey: NamedText
  readonly clientCa: NamedText | undefined
}

/**
 * Checks everything that could keep the port from accepting connections.
 *
 * @throws KeyFileError when a file is invalid, weak or out of date, or when the files do not belong together.
 */
export function checkTls({ certificate, privateKey, clientCa }: TlsTexts, nowMs: number): TlsMaterial {
  const chain = certificatesIn(certificate)
  const key = privateKeyIn(privateKey)
  const [leaf] = chain
  if (!leaf?.checkPrivateKey(key)) {
    throw new KeyFileError(
      privateKey.variable,
      `does not belong to the certificate in ${certificate.variable}`,
    )
  }
  if (!isForServers(leaf)) {
    throw new KeyFileError(certificate.variable, 'is not a server certificate (extended key usage)')
  }
  for (const each of chain) checkDates(each, certificate.variable, nowMs)
  const broken = chain.findIndex((each, index) => index > 0 && !chain[index - 1]?.checkIssued(each))
  if (broken > 0) {
    const problem = `certificate ${broken} was not issued by certificate ${broken + 1}: the leaf comes first, then its issuers`
    throw new KeyFileError(certificate.variable, problem)
  }
  const material = {
    certificate: certificate.text,
    privateKey: privateKey.text,
    clientCa: clientCa?.text,
    serialNumber: leaf.serialNumber,
    expiresAtMs: Math.min(...chain.map(endMsOf)),
    clientCaExpiresAtMs: clientCa && checkAuthorities(clientCa, nowMs),
  }
  checkUse(material, certificate.variable)
  return material
}

function certificatesIn(file: NamedText): readonly X509Certificate[] {
  return pemBlocksIn(file).map(({ label, text }, index) => {
    try {
      if (label === 'CERTIFICATE') return new X509Certificate(text)
    } catch {
      // The error below covers this case, too.
    }
    throw new KeyFileError(file.variable, `PEM block ${index + 1} is not a certificate`)
  })
}

function privateKeyIn({ variable, text }: NamedText): KeyObject {
  const key = parsePrivateKey(text)
  if (!key) throw new KeyFileError(variable, 'has no private key, or an encrypted one')
  const weakness = weaknessOf(key)
  if (weakness !== undefined) throw new KeyFileError(variable, `is ${weakness}`)
  return key
}

function parsePrivateKey(text: string): KeyObject | undefined {
  try {
    return createPrivateKey(text)
  } catch {
    return undefined
  }
}

function checkDates({ validFrom, validTo }: X509Certificate, variable: string, nowMs: number): void {
  if (nowMs > Date.parse(validTo)) throw new KeyFileError(variable, `expired at ${isoTime(validTo)}`)
  if (nowMs < Date.parse(validFrom)) {
    throw new KeyFileError(variable, `is not valid before ${isoTime(validFrom)}`)
  }
}

/** Whether a certificate is for TLS servers. Without an extended key usage it is for everything. */
function isForServers({ keyUsage }: X509Certificate): boolean {
  // Node.js's `keyUsage` is the extended key usage. It is undefined when there is none, although its type
  // does not say so.
  const uses: readonly string[] | undefined = keyUsage
  return uses === undefined || uses.some((use) => use === SERVER_USE || use === ANY_USE)
}

/**
 * Checks the client authorities and returns when the last one expires. A bundle may hold expired ones, as
 * long as one is valid.
 */
function checkAuthorities(file: NamedText, nowMs: number): number {
  const authorities = certificatesIn(file)
  const wrong = authorities.findIndex(({ ca }) => !ca)
  if (wrong >= 0) {
    throw new KeyFileError(file.variable, `certificate ${wrong + 1} is not a CA certificate`)
  }
  const [first] = authorities
  const lastEndMs = Math.max(...authorities.map(endMsOf))
  if (first && nowMs > lastEndMs) checkDates(first, file.variable, nowMs)
  return lastEndMs
}

function endMsOf({ validTo }: X509Certificate): number {
  return Date.parse(validTo)
}

/** OpenSSL has the last word: it may reject a curve or a signature that the checks above do not know. */
function checkUse({ certificate, privateKey, clientCa }: TlsMaterial, variable: string): void {
  try {
    createSecureContext({
      cert: certificate,
      key: privateKey,
      ...(clientCa !== undefined && { ca: clientCa }),
    })
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
    throw new KeyFileError(variable, `cannot be used for TLS (${code})`)
  }
}

/** Converts the date format of certificates, "Nov 24 01:20:32 2026 GMT". */
function isoTime(date: string): string {
  return new Date(date).toISOString()
}
