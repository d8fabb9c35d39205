import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']

/** The configuration of the authority for `openssl ca`. */
const CA_SETTINGS = `[ca]
default_ca = own
[own]
database = index.txt
new_certs_dir = .
serial = serial
default_md = sha256
policy = any
copy_extensions = copy
unique_subject = no
[any]
commonName = supplied
`

/** A certificate authority of its own, and certificates for a mongod on 127.0.0.1. Needs the program openssl. */
export class Certificates {
  readonly #folder: string

  static async create(folder: string): Promise<Certificates> {
    const certificates = new Certificates(folder)
    await writeFile(join(folder, 'ca.cnf'), CA_SETTINGS)
    await writeFile(join(folder, 'index.txt'), '')
    await writeFile(join(folder, 'serial'), '01')
    const authority = ['-keyout', 'ca.key', '-out', 'ca.pem', '-days', '2', '-subj', '/CN=campaign']
    await certificates.#openssl('req', '-x509', ...NEW_KEY, ...authority)
    const server = ['-subj', '/CN=mongod', '-addext', 'subjectAltName=IP:127.0.0.1']
    await certificates.#openssl('req', ...NEW_KEY, '-keyout', 'server.key', '-out', 'server.csr', ...server)
    return certificates
  }

  private constructor(folder: string) {
    this.#folder = folder
  }

  /** The authority's certificate. */
  get authority(): string {
    return join(this.#folder, 'ca.pem')
  }

  /** The server's certificate and key. */
  get server(): string {
    return join(this.#folder, 'server.pem')
  }

  /** Replaces the certificate of the server by one that expires in so many seconds. */
  async issue(lifetimeSeconds: number): Promise<void> {
    const end = new Date(Date.now() + lifetimeSeconds * 1_000).toISOString()
    // As 20261124012345Z.
    const endDate = `${end.slice(0, 19).replaceAll(/[-:T]/g, '')}Z`
    const signer = ['-config', 'ca.cnf', '-keyfile', 'ca.key', '-cert', 'ca.pem']
    const files = ['-in', 'server.csr', '-out', 'server.crt']
    await this.#openssl('ca', '-batch', ...signer, '-enddate', endDate, ...files)
    const parts = await Promise.all(
      ['server.key', 'server.crt'].map((name) => readFile(join(this.#folder, name))),
    )
    await writeFile(this.server, Buffer.concat(parts))
  }

  async #openssl(...args: readonly string[]): Promise<void> {
    await run('openssl', args, { cwd: this.#folder, timeout: 10_000 })
  }
}
