import { createSecretKey } from 'node:crypto'
import { expect } from 'chai'
import jwt from 'jsonwebtoken'
import { TokenVerifier } from '../../../../src/grpc/tokens/token-verifier.js'
import { secretKeys } from '../../../../src/keys/token-key.js'

const secret = 'a secret of thirty-two bytes or more'
// Signing with a key object takes a fiftieth of the time that a string takes.
const key = createSecretKey(secret, 'utf8')
const NOW_S = 1_700_000_000
const CACHE_MAX = 10_000

describe('token verifier: its cache', () => {
  let nowMs: number
  let verifier: TokenVerifier
  let others: readonly string[]

  before(() => {
    others = Array.from({ length: CACHE_MAX }, (_, index) => token(`other-${index}`))
  })

  beforeEach(() => {
    nowMs = NOW_S * 1_000
    verifier = new TokenVerifier({
      keys: secretKeys([secret], ['HS256']),
      issuer: undefined,
      audience: undefined,
      nowMs: () => nowMs,
    })
  })

  it('returns the same principal again, without verifying the token again', () => {
    const first = verifier.verify(token('a')).principal
    expect(verifier.verify(token('a')).principal).to.equal(first)
  })

  it('remembers a token to its very last millisecond', () => {
    const first = verifier.verify(token('a')).principal
    nowMs = (NOW_S + 60 + 5) * 1_000 - 1
    expect(verifier.verify(token('a')).principal).to.equal(first)
  })

  it('rejects a cached token once it has expired', () => {
    verifier.verify(token('a'))
    nowMs = (NOW_S + 60 + 5) * 1_000
    expect(verifier.verify(token('a'))).to.deep.equal({ rejection: 'EXPIRED' })
  })

  describe('for a token that is permanently invalid', () => {
    const other = createSecretKey('another secret of thirty-two bytes or more', 'utf8')
    const forged = (sub: string) => jwt.sign({ sub, exp: NOW_S + 60 }, other, { noTimestamp: true })

    it('stores the rejection', () => {
      for (let times = 0; times < 2; times++) {
        expect(verifier.verify(forged('a'))).to.deep.equal({ rejection: 'BAD_SIGNATURE' })
      }
    })

    it('is cleared when the keys are replaced', () => {
      verifier.verify(forged('a'))
      verifier.replaceKeys(secretKeys(['another secret of thirty-two bytes or more'], ['HS256']))
      expect(verifier.verify(forged('a')).principal?.subject).to.equal('a')
    })

    it('holds at most a thousand rejections', () => {
      const { verify } = jwt
      let verified = 0
      jwt.verify = ((...options: Parameters<typeof verify>) => {
        verified += 1
        return verify(...options)
      }) as typeof verify
      try {
        for (let number = 0; number < 1_001; number++) verifier.verify(forged(`f-${number}`))
        verified = 0
        verifier.verify(forged('f-1000'))
        expect(verified).to.equal(0)
        verifier.verify(forged('f-0'))
        expect(verified).to.equal(1)
      } finally {
        jwt.verify = verify
      }
    })
  })

  describe('for a token that is not valid yet', () => {
    beforeEach(() => {
      verifier.verify(token('a', { nbf: NOW_S }))
    })

    it('accepts it from the first millisecond of the tolerance', () => {
      const { principal } = verifier.verify(token('a', { nbf: NOW_S }))
      nowMs = (NOW_S - 5) * 1_000
      expect(verifier.verify(token('a', { nbf: NOW_S })).principal).to.equal(principal)
    })

    it('rejects it when the clock is set back to an earlier time', () => {
      nowMs = (NOW_S - 5) * 1_000 - 1
      expect(verifier.verify(token('a', { nbf: NOW_S }))).to.deep.equal({ rejection: 'NOT_YET_VALID' })
    })

    it('accepts no moment between two seconds either', () => {
      const text = token('a', { nbf: NOW_S - 0.5 })
      verifier.verify(text)
      nowMs = (NOW_S - 5) * 1_000 - 1
      expect(verifier.verify(text)).to.deep.equal({ rejection: 'NOT_YET_VALID' })
    })
  })

  it('does not confuse two tokens', () => {
    verifier.verify(token('a'))
    expect(verifier.verify(token('b')).principal?.subject).to.equal('b')
  })

  it('forgets the oldest of more than 10 000 tokens', () => {
    const first = verifier.verify(token('a')).principal
    for (const text of others) verifier.verify(text)
    expect(verifier.verify(token('a')).principal).to.not.equal(first)
  })

  it('still remembers the latest of more than 10 000 tokens', () => {
    for (const text of others) verifier.verify(text)
    const latest = verifier.verify(token('latest')).principal
    expect(verifier.verify(token('latest')).principal).to.equal(latest)
  })
})

function token(sub: string, claims: { readonly nbf?: number } = {}): string {
  return jwt.sign({ sub, iat: NOW_S, exp: NOW_S + 60, ...claims }, key)
}
