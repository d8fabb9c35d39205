import { createPublicKey } from 'node:crypto'
import { expect } from 'chai'
import fc from 'fast-check'
import { jwksKeysIn } from '../../../src/keys/jwks.js'
import { KeyFileError } from '../../../src/keys/key-file-error.js'
import { type TokenAlgorithm, tokenAlgorithms } from '../../../src/keys/token-key.js'
import { jwkOf, keySet, pemOf } from '../../support/clients/signing.js'
import { ec, ec384, ed25519, otherEc, rsa, secp256k1, weakRsa } from './key-pairs.js'

const FILE = 'JWT_JWKS_FILE'
const read = (text: string, allowed: readonly TokenAlgorithm[] = tokenAlgorithms) =>
  jwksKeysIn({ variable: FILE, text, allowed })
const kidsIn = (...keys: readonly unknown[]) => read(keySet(...keys)).map(({ kid }) => kid)

describe('a JSON Web Key Set', () => {
  it('returns keys with their ids, for the algorithms of their type', () => {
    expect(read(keySet(jwkOf(rsa, { kid: 'r' }), jwkOf(ec, { kid: 'e' }), jwkOf(otherEc)))).to.deep.equal([
      { kid: 'r', algorithms: ['RS256', 'PS256'], publicKey: pemOf(rsa) },
      { kid: 'e', algorithms: ['ES256'], publicKey: pemOf(ec) },
      { kid: undefined, algorithms: ['ES256'], publicKey: pemOf(otherEc) },
    ])
  })

  it('returns a key that names its algorithm for no other', () => {
    const [key] = read(keySet(jwkOf(rsa, { alg: 'PS256', use: 'sig', key_ops: ['verify'] })))
    expect(key?.algorithms).to.deep.equal(['PS256'])
  })

  it('returns keys for no disallowed algorithm', () => {
    const [key] = read(keySet(jwkOf(rsa)), ['HS256', 'RS256', 'ES256'])
    expect(key?.algorithms).to.deep.equal(['RS256'])
  })

  for (const [what, jwk] of [
    ['encryption', jwkOf(rsa, { use: 'enc' })],
    ['other operations', jwkOf(rsa, { key_ops: ['wrapKey'] })],
    ['an algorithm that is not ours', jwkOf(rsa, { alg: 'RS512' })],
    ['an algorithm of another kind of key', jwkOf(ec, { alg: 'RS256' })],
    ['an algorithm of secrets', jwkOf(rsa, { alg: 'HS256' })],
    ['the curve P-384', jwkOf(ec384)],
    ['the curve secp256k1', jwkOf(secp256k1)],
    ['Ed25519', jwkOf(ed25519)],
    ['a kind that is still to come', { kty: 'AKP', pub: 'x' }],
  ] as const) {
    it(`skips a key for ${what}`, () => {
      expect(kidsIn({ ...jwk, kid: 'other' }, jwkOf(ec, { kid: 'ours' }))).to.deep.equal(['ours'])
    })

    it(`is rejected when it holds only a key for ${what}`, () => {
      expect(() => kidsIn(jwk)).to.throw(`${FILE}: has no key for an algorithm in JWT_ALGORITHMS`)
    })
  }

  const isPrivate = 'is a private key: only public keys belong here, and this key should be replaced'
  const noSet = 'is not a JSON Web Key Set: an object with the array "keys"'
  const good = jwkOf(ec, { kid: 'good' })
  for (const [what, text, problem] of [
    ['nothing', '', noSet],
    ['half of it', keySet(good).slice(0, 40), noSet],
    ['a list', '[]', noSet],
    ['null', 'null', noSet],
    ['one key alone', JSON.stringify(good), noSet],
    ['no keys', keySet(), 'has no key for an algorithm in JWT_ALGORITHMS'],
    ['a key that is text', keySet(good, 'key'), 'key 2 is not an object'],
    [
      'a private key',
      keySet({ ...ec.privateKey.export({ format: 'jwk' }), kid: 'p' }),
      `key 1 (kid "p") ${isPrivate}`,
    ],
    ['a private key of RSA', keySet(good, rsa.privateKey.export({ format: 'jwk' })), `key 2 ${isPrivate}`],
    [
      'a private key for another use',
      keySet(good, { ...ed25519.privateKey.export({ format: 'jwk' }), use: 'enc' }),
      `key 2 ${isPrivate}`,
    ],
    ['a secret', keySet(good, { kty: 'oct', k: 'c2VjcmV0' }), `key 2 ${isPrivate}`],
    [
      'a weak key',
      keySet(good, jwkOf(weakRsa, { kid: 'w' })),
      'key 2 (kid "w") is an RSA key of 1024 bits, fewer than 2048',
    ],
    ['RSA with the exponent 1', keySet(good, jwkOf(rsa, { e: 'AQ' })), 'key 2 is'],
    ['RSA without a modulus', keySet({ kty: 'RSA', e: 'AQAB' }), 'key 1 is not a valid key'],
    [
      'a point that is not on the curve',
      keySet(jwkOf(ec, { x: jwkOf(otherEc)['x'] })),
      'key 1 is not a valid key',
    ],
    [
      'a kid that is a number',
      keySet(jwkOf(ec, { kid: 7 })),
      'key 1 has a kid that is not a string of 1 to 256 characters',
    ],
    [
      'a kid of 257 characters',
      keySet(jwkOf(ec, { kid: 'k'.repeat(257) })),
      'has a kid that is not a string of 1 to 256',
    ],
    [
      'an empty kid',
      keySet(jwkOf(ec, { kid: '' })),
      'key 1 (kid "") has a kid that is not a string of 1 to 256',
    ],
    ['two keys of one name', keySet(good, jwkOf(rsa, { kid: 'good' })), 'has two keys with the kid "good"'],
  ] as const) {
    it(`is rejected with ${what}`, () => {
      const rejection = errorOf(text)
      expect(rejection).to.be.instanceOf(KeyFileError)
      expect(String(rejection)).to.include(FILE).and.include(problem)
    })
  }

  it('is rejected without showing its content', () => {
    const { d = 'none' } = ec.privateKey.export({ format: 'jwk' })
    expect(String(errorOf(keySet(ec.privateKey.export({ format: 'jwk' }))))).to.not.include(d)
  })

  it('fails only with KeyFileError, and returns only public keys', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), fc.jsonValue(), (entry, kid, member) => {
        const text = JSON.stringify({ keys: [entry, { ...jwkOf(ec), kid, key_ops: member }] })
        const keys = outcomeOf(text)
        if (!(keys instanceof KeyFileError)) for (const { publicKey } of keys) createPublicKey(publicKey)
      }),
      { numRuns: 300 },
    )
  })
})

function outcomeOf(text: string) {
  try {
    return read(text)
  } catch (error) {
    if (error instanceof KeyFileError) return error
    throw error
  }
}

function errorOf(text: string): unknown {
  const outcome = outcomeOf(text)
  return outcome instanceof KeyFileError ? outcome : undefined
}
