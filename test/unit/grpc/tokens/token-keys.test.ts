import { expect } from 'chai'
import { TokenVerifier } from '../../../../src/grpc/tokens/token-verifier.js'
import { algorithmsFor } from '../../../../src/keys/key-strength.js'
import { type PublicKey, secretKeys, type TokenKey, tokenAlgorithms } from '../../../../src/keys/token-key.js'
import { type KeyPair, pemOf, type SignedToken, signWith } from '../../../support/clients/signing.js'
import { ec, ec384, ed25519, otherEc, rsa, rsaPss } from '../../keys/key-pairs.js'

const secret = 'a secret of thirty-two bytes or more'

function publicKey(pair: KeyPair, kid?: string): PublicKey {
  return { kid, algorithms: algorithmsFor(pair.publicKey), publicKey: pemOf(pair) }
}

function verifierWith(...keys: readonly TokenKey[]): TokenVerifier {
  return new TokenVerifier({ keys, issuer: undefined, audience: undefined, nowMs: Date.now })
}

function isAccepted(token: string, ...keys: readonly TokenKey[]): boolean {
  return verifierWith(...keys).verify(token).principal !== undefined
}

/**
 * Every way to make a token of an algorithm with a part of a key: the private half or, for an attacker, the
 * public one.
 */
function forgeries(algorithm: string, pair: KeyPair): readonly SignedToken[] {
  if (!algorithm.startsWith('HS')) return [{ algorithm, key: pair.privateKey }]
  const { publicKey: key } = pair
  return [
    pemOf(pair),
    pemOf(pair).trimEnd(),
    key.export({ type: 'spki', format: 'der' }),
    key.export({ type: 'spki', format: 'der' }).toString('base64'),
    '',
  ].map((bytes) => ({ algorithm, key: Buffer.from(bytes) }))
}

/** Undefined when the key cannot sign this way. */
function signed(token: SignedToken): string | undefined {
  try {
    return signWith(token)
  } catch {
    return undefined
  }
}

const pairs = { rsa, rsaPss, ec, ec384, ed25519 }
const families = ['HS', 'RS', 'PS', 'ES'].flatMap((family) =>
  [256, 384, 512].map((bits) => `${family}${bits}`),
)
const algorithms = ['none', 'None', 'EdDSA', '', ...families]
/** The algorithms of each key. It must reject every other algorithm. */
const right: Readonly<Record<string, readonly string[]>> = {
  secret: ['HS256'],
  rsa: ['RS256', 'PS256'],
  rsaPss: ['PS256'],
  ec: ['ES256'],
}

describe('token verifier: each algorithm with each key', () => {
  for (const [name, verifies] of [
    ['secret', secretKeys([secret], ['HS256'])],
    ['rsa', [publicKey(rsa)]],
    ['rsaPss', [publicKey(rsaPss)]],
    ['ec', [publicKey(ec)]],
  ] as const) {
    describe(`a service with the key ${name}`, () => {
      for (const algorithm of algorithms) {
        const expected = right[name]?.includes(algorithm) ?? false
        const own: readonly SignedToken[] =
          name === 'secret' ? [{ algorithm, key: Buffer.from(secret) }] : forgeries(algorithm, pairs[name])

        it(`${expected ? 'accepts' : 'rejects'} ${algorithm || 'no algorithm'} by that key`, () => {
          const outcomes = own
            .map(signed)
            .map((token) => token !== undefined && isAccepted(token, ...verifies))
          expect(new Set(outcomes)).to.deep.equal(new Set([expected]))
        })

        it(`rejects ${algorithm || 'no algorithm'} by any other key`, () => {
          const others = Object.entries(pairs).filter(([other]) => other !== name)
          const tokens = others.flatMap(([, pair]) => forgeries(algorithm, pair)).map(signed)
          const accepted = tokens.filter((token) => token !== undefined && isAccepted(token, ...verifies))
          expect(accepted).to.deep.equal([])
        })
      }
    })
  }

  it('accepts with all keys exactly the tokens that each key accepts', () => {
    const all = [...secretKeys([secret], tokenAlgorithms), publicKey(rsa), publicKey(rsaPss), publicKey(ec)]
    const accepted = algorithms.flatMap((algorithm) =>
      Object.entries(pairs)
        .filter(([, pair]) =>
          forgeries(algorithm, pair).some((forgery) => {
            const token = signed(forgery)
            return token !== undefined && isAccepted(token, ...all)
          }),
        )
        .map(([name]) => `${algorithm} by ${name}`),
    )
    // An RSA key does not state its padding, an RSA-PSS key does.
    expect(accepted).to.have.members(['RS256 by rsa', 'PS256 by rsa', 'PS256 by rsaPss', 'ES256 by ec'])
  })

  it('rejects an algorithm that the key could verify, but is not meant for', () => {
    const token = signWith({ algorithm: 'RS256', key: rsa.privateKey })
    expect(isAccepted(token, { ...publicKey(rsa), algorithms: ['PS256'] })).to.equal(false)
  })

  it('rejects a signature of ES256 in the other encoding, and one of zeros', () => {
    const [head, body, signature = ''] = signWith({ algorithm: 'ES256', key: ec.privateKey }).split('.')
    const zeros = Buffer.alloc(64).toString('base64url')
    const longer = Buffer.concat([Buffer.from(signature, 'base64url'), Buffer.from([0])]).toString(
      'base64url',
    )
    for (const other of [zeros, longer]) {
      expect(isAccepted(`${head}.${body}.${other}`, publicKey(ec))).to.equal(false)
    }
  })

  it('rejects unknown critical headers', () => {
    const header = { crit: ['b64'], b64: false }
    expect(isAccepted(signWith({ algorithm: 'ES256', key: ec.privateKey, header }), publicKey(ec))).to.equal(
      false,
    )
  })
})

describe('token verifier: the choice of the key', () => {
  const token = (pair: KeyPair, kid?: unknown) =>
    signWith({ algorithm: 'ES256', key: pair.privateKey, header: kid === undefined ? {} : { kid } })
  const named = [publicKey(ec, 'one'), publicKey(otherEc, 'two')]

  for (const [what, text, keys, rejection] of [
    ['the key that the token names', token(otherEc, 'two'), named, undefined],
    ['another than it names', token(ec, 'two'), named, 'BAD_SIGNATURE'],
    ['one that is not there', token(ec, 'three'), named, 'UNKNOWN_KEY'],
    ['one without a name, though the token names one', token(ec, 'three'), [publicKey(ec)], undefined],
    ['any, when the token names none', token(otherEc), named, undefined],
    ['any, when its kid is not text', token(otherEc, 7), named, undefined],
    ['none, when it names none and none fits', token(ec384), named, 'BAD_SIGNATURE'],
    ['none at all', token(ec), [], 'ALGORITHM'],
  ] as const) {
    it(`is ${what}: ${rejection ?? 'accepted'}`, () => {
      expect(verifierWith(...keys).verify(text).rejection).to.equal(rejection)
    })
  }

  it('may be either of two secrets', () => {
    const keys = secretKeys([secret, `${secret}, the last one`], ['HS256'])
    const old = signWith({ algorithm: 'HS256', key: Buffer.from(`${secret}, the last one`) })
    expect(isAccepted(old, ...keys)).to.equal(true)
  })

  it('reports an expired token, whichever key signed it', () => {
    const text = signWith({ algorithm: 'ES256', key: otherEc.privateKey, claims: { exp: 1_000_000_000 } })
    expect(verifierWith(...named).verify(text)).to.deep.equal({ rejection: 'EXPIRED' })
  })
})

describe('token verifier: new keys', () => {
  const old = signWith({ algorithm: 'ES256', key: ec.privateKey })
  const young = signWith({ algorithm: 'ES256', key: otherEc.privateKey })
  let verifier: TokenVerifier
  const accepted = () => [old, young].map((token) => verifier.verify(token).principal !== undefined)

  beforeEach(() => {
    verifier = verifierWith(publicKey(ec))
  })

  it('are accepted as soon as they are in the files', () => {
    const before = accepted()
    verifier.replaceKeys([publicKey(ec), publicKey(otherEc)])
    expect([before, accepted()]).to.deep.equal([
      [true, false],
      [true, true],
    ])
  })

  it('clear the cached tokens of removed keys', () => {
    const before = accepted()
    verifier.replaceKeys([publicKey(otherEc)])
    expect([before, accepted()]).to.deep.equal([
      [true, false],
      [false, true],
    ])
  })

  it('cause verified tokens to be verified again, and cached again', () => {
    const first = verifier.verify(old).principal
    verifier.replaceKeys([publicKey(ec)])
    const second = verifier.verify(old).principal
    expect(second).to.deep.equal(first)
    expect(second).to.not.equal(first)
    expect(verifier.verify(old).principal).to.equal(second)
  })
})
