import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { TokenVerifier } from '../../../src/grpc/tokens/token-verifier.js'
import { secretKeys } from '../../../src/keys/token-key.js'
import { JWT_SECRET } from '../../support/token.js'
import { make } from './make.js'

function claimsOf(token: string) {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
}

describe('make token', () => {
  it('prints the token alone, good for an hour of purchases', async () => {
    const { code, stdout, stderr } = await make(['-s', 'token'], { JWT_SECRET })
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' })
    expect(stdout).to.match(/^[\w-]+\.[\w-]+\.[\w-]+\n$/)
    const { sub, scope, iat, exp } = claimsOf(stdout)
    expect({ sub, scope }).to.deep.equal({ sub: 'developer', scope: 'transactions:authorize' })
    expect(exp - iat).to.equal(3_600)
  })

  it('takes scopes, subject and lifetime as they are written', async () => {
    const args = ['scope=accounts:read accounts:write', 'subject=$(HOME) "o\'neil" $1', 'lifetime=15m']
    const { sub, scope, iat, exp } = claimsOf((await make(['token', ...args], { JWT_SECRET })).stdout)
    expect({ sub, scope }).to.deep.equal({
      sub: '$(HOME) "o\'neil" $1',
      scope: 'accounts:read accounts:write',
    })
    expect(exp - iat).to.equal(900)
  })

  it('signs as the configuration asks for', async () => {
    const env = { JWT_SECRET, JWT_ALGORITHMS: 'HS512,HS256', JWT_ISSUER: 'us', JWT_AUDIENCE: 'them' }
    const { stdout } = await make(['token'], env)
    const verifier = new TokenVerifier({
      keys: secretKeys([JWT_SECRET], ['HS512']),
      issuer: 'us',
      audience: 'them',
      nowMs: Date.now,
    })
    expect(verifier.verify(stdout.trim()).refusal).to.equal(undefined)
  })

  it('keeps a secret of its own when none is configured', async () => {
    const DATA_DIR = mkdtempSync(join(tmpdir(), 'make-token-'))
    try {
      expect((await make(['token'], { DATA_DIR })).code).to.equal(0)
      expect(statSync(join(DATA_DIR, 'jwt-secret')).mode & 0o777).to.equal(0o600)
    } finally {
      rmSync(DATA_DIR, { recursive: true })
    }
  })

  it('refuses a lifetime that is none in one line, without a token', async () => {
    const refused = await Promise.all(
      ['soon', '0s', '15'].map((lifetime) => make(['token', `lifetime=${lifetime}`], { JWT_SECRET })),
    )
    for (const { code, stdout, stderr } of refused) {
      expect({ code, stdout }).to.deep.equal({ code: 2, stdout: '' })
      expect(stderr).to.match(/^token: lifetime= .*\n$/)
    }
  })

  it('says in one line what is wrong with the configuration', async () => {
    const { code, stderr } = await make(['token'], { JWT_SECRET: 'short', GRPC_PORT: 'x' })
    expect(code).to.equal(2)
    expect(stderr).to.match(/^token: configuration: .*GRPC_PORT.*JWT_SECRET.*\n$/)
  })
})
