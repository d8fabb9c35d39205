import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Authority, createAuthority, type Identity, issueCertificate } from './certificate.js'

const DAY_MS = 86_400_000
const AUTHORITY_DAYS = 3_650
const CERTIFICATE_DAYS = 365
const AUTHORITY_NAME = 'benefits-authorizer local authority'

export type LocalCertificates = {
  /** Folder of the certificates: `<DATA_DIR>/certs`. */
  readonly folder: string
  /** Names and IP addresses of the server, besides those of this machine to itself. */
  readonly hosts: readonly string[]
  readonly now: Date
}

/**
 * Makes a certificate for the server and one for a client, for development. The authority that issues them is
 * made once, so a client that trusts it (`ca.pem`) trusts later certificates too. Files are replaced whole.
 * Only their owner can read the keys.
 */
export async function makeLocalCertificates({ folder, hosts, now }: LocalCertificates): Promise<void> {
  await mkdir(folder, { recursive: true })
  const authority =
    (await readAuthority(folder, now)) ?? createAuthority(AUTHORITY_NAME, daysFrom(now, AUTHORITY_DAYS))
  const validity = daysFrom(now, CERTIFICATE_DAYS)
  const server = issueCertificate(authority, {
    name: 'benefits-authorizer',
    use: 'server',
    hosts: ['localhost', '127.0.0.1', '::1', ...hosts],
    validity,
  })
  const client = issueCertificate(authority, { name: 'developer', use: 'client', hosts: [], validity })
  await write(folder, 'ca', authority)
  await write(folder, 'server', server)
  await write(folder, 'client', client)
}

/** Undefined when the authority is missing, or expires before the certificates that it would issue. */
async function readAuthority(folder: string, now: Date): Promise<Authority | undefined> {
  const certificate = await read(join(folder, 'ca.pem'))
  const privateKey = await read(join(folder, 'ca-key.pem'))
  if (certificate === undefined || privateKey === undefined) return undefined
  const { validTo } = new X509Certificate(certificate)
  if (Date.parse(validTo) < daysFrom(now, CERTIFICATE_DAYS).to.getTime()) return undefined
  const key = createPrivateKey(privateKey)
  return { name: AUTHORITY_NAME, key, publicKey: createPublicKey(key), certificate, privateKey }
}

async function write(folder: string, name: string, { certificate, privateKey }: Identity): Promise<void> {
  await replace(join(folder, `${name}-key.pem`), privateKey)
  await replace(join(folder, `${name}.pem`), certificate)
}

async function replace(path: string, content: string): Promise<void> {
  const draft = `${path}.${process.pid}`
  await writeFile(draft, content, { mode: path.endsWith('-key.pem') ? 0o600 : 0o644 })
  await rename(draft, path)
}

async function read(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

/** Valid from an hour ago, because clocks differ. */
function daysFrom(now: Date, days: number): { readonly from: Date; readonly to: Date } {
  return { from: new Date(now.getTime() - 3_600_000), to: new Date(now.getTime() + days * DAY_MS) }
}
