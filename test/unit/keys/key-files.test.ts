import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { KeyFiles, type KeyFilesOptions, type KeyPaths } from '../../../src/keys/key-files.js'
import { secretKeys, tokenAlgorithms } from '../../../src/keys/token-key.js'
import { createAuthority } from '../../../tools/dev/certificates/certificate.js'
import { jwkOf, keySet, pemOf } from '../../support/clients/signing.js'
import { eventually } from '../../support/eventually.js'
import { authority, hours, serverIdentity } from '../../support/processes/certificates.js'
import { useTempFolder } from '../../support/temp-folder.js'
import { ec, otherEc, rsa } from './key-pairs.js'

const none: KeyPaths = {
  certificate: undefined,
  privateKey: undefined,
  clientCa: undefined,
  publicKeys: undefined,
  jwks: undefined,
}
const secrets = secretKeys(['a secret of thirty-two bytes or more'], ['HS256'])
const server = serverIdentity(authority('ca'), { validity: hours(-1, 10) })

describe('key files', () => {
  const folder = useTempFolder()
  const opened: KeyFiles[] = []
  after(() => {
    for (const files of opened) files.stop()
  })

  async function open(paths: Partial<KeyPaths>, options: Partial<KeyFilesOptions> = {}): Promise<KeyFiles> {
    const files = await KeyFiles.open({
      paths: { ...none, ...paths },
      secrets,
      algorithms: tokenAlgorithms,
      intervalMs: 10,
      nowMs: Date.now,
      onChange: () => {},
      onRejection: () => {},
      ...options,
    })
    opened.push(files)
    return files
  }

  async function write(name: string, text: string): Promise<string> {
    const path = join(folder(), name)
    await writeFile(path, text)
    return path
  }

  async function writeTls(): Promise<Pick<KeyPaths, 'certificate' | 'privateKey'>> {
    return {
      certificate: await write('cert.pem', server.certificate),
      privateKey: await write('key.pem', server.privateKey),
    }
  }

  it('leave only the secrets when they are missing, and nothing is watched', async () => {
    const { keys, problems, warning } = await open({})
    expect({ keys, problems: [...problems], warning }).to.deep.equal({
      keys: { tls: undefined, tokens: secrets },
      problems: [],
      warning: undefined,
    })
  })

  it('of both kinds are added to the secrets', async () => {
    const files = await open({
      publicKeys: await write('keys.pem', pemOf(rsa)),
      jwks: await write('jwks.json', keySet(jwkOf(ec, { kid: 'e' }))),
    })
    expect(files.keys.tokens.map(({ algorithms }) => algorithms)).to.deep.equal([
      ['HS256'],
      ['RS256', 'PS256'],
      ['ES256'],
    ])
  })

  it('hold at most 16 keys', async () => {
    const path = await write('many.pem', pemOf(ec).repeat(17))
    const rejection = await open({ publicKeys: path }).catch((error: unknown) => String(error))
    expect(rejection).to.equal('KeyFileError: JWT_PUBLIC_KEY_FILE: 17 keys, more than 16')
  })

  it('are reported with all keys and their group when they are replaced', async () => {
    const told: unknown[] = []
    const jwks = await write('rotated.json', keySet(jwkOf(ec, { kid: 'old' })))
    const files = await open(
      { ...(await writeTls()), jwks },
      {
        onChange: (group, { tls, tokens }) =>
          told.push([group, tls !== undefined, tokens.map(({ kid }) => kid)]),
      },
    )
    files.start()
    await writeFile(jwks, keySet(jwkOf(ec, { kid: 'old' }), jwkOf(otherEc, { kid: 'new' })))
    await eventually('they are taken over', () => told.length > 0)
    expect(told).to.deep.equal([['tokens', true, [undefined, 'old', 'new']]])
  })

  it('lead to a warning when they are rejected', async () => {
    const jwks = await write('spoilt.json', keySet(jwkOf(ec)))
    const files = await open({ jwks })
    files.start()
    await writeFile(jwks, '{}')
    await eventually('they are rejected', () => files.warning !== undefined)
    expect(files.warning).to.equal(
      'JWT_JWKS_FILE: is not a JSON Web Key Set: an object with the array "keys": the last valid ones stay in use',
    )
  })

  it('warn of a certificate that expires while it is in use', async () => {
    let nowMs = Date.now()
    const files = await open(await writeTls(), { nowMs: () => nowMs })
    const before = files.warning
    nowMs += 11 * 3_600_000
    expect([before, files.warning]).to.deep.equal([undefined, 'the TLS certificate has expired'])
  })

  it('warn of authorities of clients that expire while they are in use', async () => {
    let nowMs = Date.now()
    const { certificate } = createAuthority('clients', hours(-1, 5))
    const clientCa = await write('clients.pem', certificate)
    const files = await open({ ...(await writeTls()), clientCa }, { nowMs: () => nowMs })
    const before = files.warning
    nowMs += 6 * 3_600_000
    expect([before, files.warning]).to.deep.equal([
      undefined,
      'the certificate authorities of clients have expired',
    ])
  })
})
