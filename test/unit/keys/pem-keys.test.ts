import { expect } from 'chai'
import { pemKeysIn } from '../../../src/keys/pem-keys.js'
import { tokenAlgorithms } from '../../../src/keys/token-key.js'
import { type KeyPair, pemOf } from '../../support/clients/signing.js'
import { authority } from '../../support/processes/certificates.js'
import { ec, ec384, ed25519, rsa, rsaPss, secp256k1, weakRsa } from './key-pairs.js'

const FILE = 'JWT_PUBLIC_KEY_FILE'
const read = (text: string, allowed: readonly (typeof tokenAlgorithms)[number][] = tokenAlgorithms) =>
  pemKeysIn({ variable: FILE, text, allowed })

describe('public keys in PEM', () => {
  it('are for the algorithms of their type, and have no ids', () => {
    expect(read(pemOf(rsa) + pemOf(ec) + pemOf(rsaPss))).to.deep.equal([
      { kid: undefined, algorithms: ['RS256', 'PS256'], publicKey: pemOf(rsa) },
      { kid: undefined, algorithms: ['ES256'], publicKey: pemOf(ec) },
      { kid: undefined, algorithms: ['PS256'], publicKey: pemOf(rsaPss) },
    ])
  })

  it('are for no disallowed algorithm', () => {
    expect(read(pemOf(rsa), ['PS256', 'HS256']).map(({ algorithms }) => algorithms)).to.deep.equal([
      ['PS256'],
    ])
  })

  it('may be in the older RSA format, with comments in between and other line endings', () => {
    const older = rsa.publicKey.export({ type: 'pkcs1', format: 'pem' }).toString()
    const text = `the old one\n${older}the new one\n${pemOf(ec)}`.replaceAll('\n', '\r\n')
    expect(read(text)).to.have.length(2)
  })

  const privatePem = (pair: KeyPair, type: 'pkcs8' | 'sec1' = 'pkcs8') =>
    pair.privateKey.export({ type, format: 'pem' }).toString()
  const isPrivate = 'has a private key: only public keys belong here, and this key should be replaced'
  for (const [what, text, problem] of [
    ['nothing', '', 'has no PEM block'],
    ['other text', 'no key at all', 'has no PEM block'],
    ['a private key', privatePem(ec), isPrivate],
    ['a private key in the older format', privatePem(ec, 'sec1'), isPrivate],
    ['a private key behind a public one', pemOf(rsa) + privatePem(rsa), isPrivate],
    ['half a private key', privatePem(rsa).slice(0, 200), isPrivate],
    ['half a public key', pemOf(rsa).slice(0, 200), 'PEM block 1 is broken'],
    ['half a key behind a whole one', pemOf(ec) + pemOf(rsa).slice(0, 200), 'PEM block 2 is broken'],
    ['a key with a byte changed', pemOf(ec).replace('MFkw', 'MFkx'), 'key 1 is not a public key'],
    ['a certificate', authority('a').certificate, 'key 1 is not a public key'],
    ['RSA of 1024 bits', pemOf(weakRsa), 'key 1 is an RSA key of 1024 bits, fewer than 2048'],
    ['EC P-384', pemOf(ec384), 'key 1 is neither an RSA nor an EC P-256 key'],
    ['EC secp256k1', pemOf(secp256k1), 'key 1 is neither an RSA nor an EC P-256 key'],
    ['Ed25519', pemOf(rsa) + pemOf(ed25519), 'key 2 is neither an RSA nor an EC P-256 key'],
  ] as const) {
    it(`are rejected with ${what}`, () => {
      expect(() => read(text)).to.throw(`${FILE}: ${problem}`)
    })
  }

  it('are rejected when no allowed algorithm fits', () => {
    expect(() => read(pemOf(rsa), ['ES256'])).to.throw(
      `${FILE}: key 1 is for RS256 and PS256, which JWT_ALGORITHMS does not list`,
    )
  })
})
