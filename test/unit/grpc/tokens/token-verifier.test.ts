import { createHmac, generateKeyPairSync } from 'node:crypto'
import { expect } from 'chai'
import jwt from 'jsonwebtoken'
import { TokenVerifier, type TokenVerifierOptions } from '../../../../src/grpc/tokens/token-verifier.js'
import { secretKeys } from '../../../../src/keys/token-key.js'

const secret = 'a secret of thirty-two bytes or more'
/** The time at which every test begins, in seconds. */
const NOW_S = 1_700_000_000

describe('token verifier', () => {
  let nowMs: number

  beforeEach(() => {
    nowMs = NOW_S * 1_000
  })

  describe('a valid token', () => {
    it('has its subject', () => {
      expect(verify(token({ sub: 'switch-1' })).principal?.subject).to.equal('switch-1')
    })

    it('may have a subject of 256 characters, some of two code units', () => {
      const sub = `${'🍕'.repeat(128)}${'é'.repeat(128)}`
      expect(verify(token({ sub })).principal?.subject).to.equal(sub)
    })

    it('has an empty subject without a claim', () => {
      expect(verify(token({})).principal?.subject).to.equal('')
    })

    it('ends five seconds after its expiry', () => {
      expect(verify(token({ exp: NOW_S + 60 })).principal?.expiresAtMs).to.equal((NOW_S + 65) * 1_000)
    })

    it('has undefined scopes, not an empty list, without a scope claim', () => {
      expect(verify(token({})).principal).to.not.have.property('scopes')
    })

    it('splits its scopes at spaces', () => {
      const { principal } = verify(token({ scope: 'transactions:authorize  accounts:read' }))
      expect(principal?.scopes).to.deep.equal(new Set(['transactions:authorize', 'accounts:read']))
    })

    it('has no scope when its claim is empty', () => {
      expect(verify(token({ scope: '' })).principal?.scopes).to.deep.equal(new Set())
    })

    for (const [what, claims] of [
      ['a list', { scope: ['transactions:authorize', 'accounts:read'] }],
      ['text in "scp"', { scp: 'transactions:authorize accounts:read' }],
      ['a list in "scp"', { scp: ['transactions:authorize', 'accounts:read'] }],
      ['a list with something else in it', { scope: ['transactions:authorize', 7, 'accounts:read'] }],
      ['"scope", whatever is in "scp"', { scope: 'transactions:authorize accounts:read', scp: 'rules:read' }],
    ] as const) {
      it(`has the scopes that its claim lists as ${what}`, () => {
        const { principal } = verify(token(claims))
        expect(principal?.scopes).to.deep.equal(new Set(['transactions:authorize', 'accounts:read']))
      })
    }

    for (const scope of [[], [7], 7, null, { read: true }]) {
      it(`has no scope when its claim is ${JSON.stringify(scope)}`, () => {
        expect(verify(token({ scope })).principal?.scopes).to.deep.equal(new Set())
      })
    }

    it('may be signed with any allowed algorithm', () => {
      const options = { keys: secretKeys([secret], ['HS256', 'HS512']) }
      expect(verify(token({ sub: 'a' }, { algorithm: 'HS512' }), options)).to.have.property('principal')
    })
  })

  describe('an invalid token', () => {
    const hour = { exp: NOW_S + 3_600 }
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 })
    const publicPem = publicKey.export({ type: 'spki', format: 'pem' }).toString()
    const rows: readonly (readonly [string, string, string])[] = [
      ['no expiry', 'NO_EXPIRY', jwt.sign({ sub: 'a' }, secret)],
      ['an expiry that is not a number', 'MALFORMED', signed({ alg: 'HS256' }, { exp: `${hour.exp}` })],
      ['a signature by another secret', 'BAD_SIGNATURE', jwt.sign(hour, `${secret}!`)],
      ['no signature (alg none)', 'ALGORITHM', unsigned({ alg: 'none' }, hour)],
      ['no signature (alg HS256)', 'BAD_SIGNATURE', unsigned({ alg: 'HS256' }, hour)],
      ['alg none and our signature', 'ALGORITHM', signed({ alg: 'none' }, hour)],
      ['an algorithm that is not allowed', 'ALGORITHM', jwt.sign(hour, secret, { algorithm: 'HS512' })],
      ['an RSA signature', 'ALGORITHM', jwt.sign(hour, privateKey, { algorithm: 'RS256' })],
      ['alg RS256 and our secret as the key', 'ALGORITHM', signed({ alg: 'RS256' }, hour)],
      ['a public key as the secret', 'BAD_SIGNATURE', signed({ alg: 'HS256' }, hour, publicPem)],
      ['an empty secret', 'BAD_SIGNATURE', signed({ alg: 'HS256' }, hour, '')],
      ['a payload that is text', 'MALFORMED', jwt.sign('text', secret)],
      ['a subject that is not text', 'MALFORMED', signed({ alg: 'HS256' }, { ...hour, sub: 7 })],
      [
        'a subject of 257 characters',
        'MALFORMED',
        signed({ alg: 'HS256' }, { ...hour, sub: 'é'.repeat(257) }),
      ],
      ['a subject with half a character', 'MALFORMED', signed({ alg: 'HS256' }, { ...hour, sub: 'a\ud83c' })],
      ['a subject that is not UTF-8', 'MALFORMED', latin1({ ...hour, sub: 'joão' })],
      ['other claims than those signed', 'BAD_SIGNATURE', tampered(jwt.sign(hour, secret))],
      ['no three parts', 'MALFORMED', 'a.b'],
      ['nothing in it', 'MALFORMED', ''],
      ['an "nbf" that is not a number', 'MALFORMED', signed({ alg: 'HS256' }, { ...hour, nbf: 'now' })],
      ['a header that is critical', 'MALFORMED', signed({ alg: 'HS256', crit: ['b64'] }, hour)],
      ['no algorithm', 'MALFORMED', signed({}, hour)],
      ['a header that is no JSON', 'MALFORMED', `e30x.${base64(hour)}.x`],
      ['an expiry in milliseconds', 'EXPIRY_TOO_FAR', jwt.sign({ exp: (NOW_S + 60) * 1_000 }, secret)],
    ]

    for (const [what, rejection, text] of rows) {
      it(`is one with ${what}: ${rejection}`, () => {
        expect(verify(text)).to.deep.equal({ rejection })
      })
    }

    it('stays rejected when it is presented again', () => {
      const verifier = verifierWith({})
      const text = jwt.sign(hour, `${secret}!`)
      verifier.verify(text)
      expect(verifier.verify(text)).to.deep.equal({ rejection: 'BAD_SIGNATURE' })
    })
  })

  describe('time', () => {
    it('accepts a token until five seconds after its expiry', () => {
      const text = token({ sub: 'a', exp: NOW_S })
      nowMs = NOW_S * 1_000 + 4_999
      expect(verify(text)).to.have.property('principal')
    })

    it('rejects a token from five seconds after its expiry', () => {
      const text = token({ sub: 'a', exp: NOW_S })
      nowMs = NOW_S * 1_000 + 5_000
      expect(verify(text)).to.deep.equal({ rejection: 'EXPIRED' })
    })

    it('accepts a token from five seconds before its "nbf"', () => {
      expect(verify(token({ sub: 'a', nbf: NOW_S + 5 }))).to.have.property('principal')
    })

    it('rejects a token until five seconds before its "nbf"', () => {
      expect(verify(token({ sub: 'a', nbf: NOW_S + 6 }))).to.deep.equal({ rejection: 'NOT_YET_VALID' })
    })
  })

  describe('expiry', () => {
    const tenYears = 10 * 366 * 24 * 3_600

    it('may be ten years ahead', () => {
      expect(verify(token({ exp: NOW_S + tenYears }))).to.have.property('principal')
    })

    it('may not be later', () => {
      expect(verify(token({ exp: NOW_S + tenYears + 1 }))).to.deep.equal({ rejection: 'EXPIRY_TOO_FAR' })
    })
  })

  describe('length', () => {
    it('reads a token of 8192 characters', () => {
      expect(verify('x'.repeat(8_192))).to.deep.equal({ rejection: 'MALFORMED' })
    })

    it('does not read a longer one', () => {
      expect(verify('x'.repeat(8_193))).to.deep.equal({ rejection: 'TOO_LONG' })
    })

    it('rejects a longer one even if it is valid', () => {
      expect(verify(token({ sub: 'x'.repeat(8_192) }))).to.deep.equal({ rejection: 'TOO_LONG' })
    })
  })

  describe('issuer and audience', () => {
    const expected = { issuer: 'issuer-1', audience: 'benefits' }

    it('accepts a token with both configured values', () => {
      expect(verify(token({ iss: 'issuer-1', aud: ['benefits', 'other'] }), expected)).to.have.property(
        'principal',
      )
    })

    for (const [what, rejection, claims] of [
      ['another issuer', 'ISSUER', { iss: 'issuer-2', aud: 'benefits' }],
      ['no issuer', 'ISSUER', { aud: 'benefits' }],
      ['another audience', 'AUDIENCE', { iss: 'issuer-1', aud: 'other' }],
      ['no audience', 'AUDIENCE', { iss: 'issuer-1' }],
    ] as const) {
      it(`rejects a token with ${what}: ${rejection}`, () => {
        expect(verify(token(claims), expected)).to.deep.equal({ rejection })
      })
    }

    it('ignores both when they are not configured', () => {
      expect(verify(token({ iss: 'issuer-2', aud: 'other' }))).to.have.property('principal')
    })
  })

  function verifierWith(options: Partial<TokenVerifierOptions>): TokenVerifier {
    return new TokenVerifier({
      keys: secretKeys([secret], ['HS256']),
      issuer: undefined,
      audience: undefined,
      nowMs: () => nowMs,
      ...options,
    })
  }

  function verify(text: string, options: Partial<TokenVerifierOptions> = {}) {
    return verifierWith(options).verify(text)
  }
})

function token(claims: object, options: jwt.SignOptions = {}): string {
  return jwt.sign({ exp: NOW_S + 3_600, iat: NOW_S, ...claims }, secret, options)
}

/** A token with any header and any claims, signed with HMAC SHA-256. */
function signed(header: object, claims: object, key = secret): string {
  return signedText(`${base64(header)}.${base64(claims)}`, key)
}

/** A token whose claims are text in Latin-1, as some issuers write them. */
function latin1(claims: object): string {
  const bytes = Buffer.from(JSON.stringify(claims), 'latin1')
  return signedText(`${base64({ alg: 'HS256' })}.${bytes.toString('base64url')}`, secret)
}

function signedText(content: string, key: string): string {
  return `${content}.${createHmac('sha256', key).update(content).digest('base64url')}`
}

function unsigned(header: object, claims: object): string {
  return `${base64(header)}.${base64(claims)}.`
}

function tampered(text: string): string {
  const [header, , signature] = text.split('.')
  return `${header}.${base64({ exp: NOW_S + 7_200 })}.${signature}`
}

function base64(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}
