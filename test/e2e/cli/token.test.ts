import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { TokenVerifier } from '../../../src/grpc/tokens/token-verifier.js'
import { secretKeys } from '../../../src/keys/token-key.js'
import { JWT_SECRET } from '../../support/clients/token.js'
import { benefits } from './benefits.js'

function claimsOf(token: string) {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
}

describe('./benefits token', () => {
  it('prints only the token, which allows purchases for an hour', async () => {
    const { code, stdout, stderr } = await benefits(['token'], { JWT_SECRET })
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' })
    expect(stdout).to.match(/^[\w-]+\.[\w-]+\.[\w-]+\n$/)
    const { sub, scope, iat, exp } = claimsOf(stdout)
    expect({ sub, scope }).to.deep.equal({ sub: 'developer', scope: 'transactions:authorize' })
    expect(exp - iat).to.equal(3_600)
  })

  it('copies scopes, subject and lifetime from its arguments', async () => {
    const args = [
      '--scope',
      'accounts:read accounts:write',
      '--subject',
      '$(HOME) "o\'neil" $1',
      '--lifetime',
      '15m',
    ]
    const { sub, scope, iat, exp } = claimsOf((await benefits(['token', ...args], { JWT_SECRET })).stdout)
    expect({ sub, scope }).to.deep.equal({
      sub: '$(HOME) "o\'neil" $1',
      scope: 'accounts:read accounts:write',
    })
    expect(exp - iat).to.equal(900)
  })

  it('signs with the configured key', async () => {
    const env = { JWT_SECRET, JWT_ALGORITHMS: 'HS512,HS256', JWT_ISSUER: 'us', JWT_AUDIENCE: 'them' }
    const { stdout } = await benefits(['token'], env)
    const verifier = new TokenVerifier({
      keys: secretKeys([JWT_SECRET], ['HS512']),
      issuer: 'us',
      audience: 'them',
      nowMs: Date.now,
    })
    expect(verifier.verify(stdout.trim()).rejection).to.equal(undefined)
  })

  it('creates and keeps its own secret when none is configured', async () => {
    const DATA_DIR = mkdtempSync(join(tmpdir(), 'token-'))
    try {
      expect((await benefits(['token'], { DATA_DIR })).code).to.equal(0)
      expect(statSync(join(DATA_DIR, 'jwt-secret')).mode & 0o777).to.equal(0o600)
    } finally {
      rmSync(DATA_DIR, { recursive: true })
    }
  })

  for (const [what, args, said] of [
    ['a malformed lifetime', ['--lifetime', 'soon'], /It must be a number and one of s m h d/],
    ['no lifetime at all', ['--lifetime', '0s'], /It must be a number and one of s m h d/],
    [
      'a scope that no method has',
      ['--scope', 'transactions:authoriz'],
      /There is no scope transactions:authoriz: there are accounts:credit, /,
    ],
  ] as const) {
    it(`rejects ${what}, and prints no token`, async () => {
      const { code, stdout, stderr } = await benefits(['token', ...args], { JWT_SECRET })
      expect({ code, stdout }).to.deep.equal({ code: 2, stdout: '' })
      expect(stderr).to.match(said)
    })
  }

  it('reports an invalid configuration in one line', async () => {
    const { code, stderr } = await benefits(['token'], { JWT_SECRET: 'short', GRPC_PORT: 'x' })
    expect(code).to.equal(2)
    expect(stderr).to.match(/^benefits: configuration: .*GRPC_PORT.*JWT_SECRET.*\n$/)
  })

  it('explains that only the issuer can sign', async () => {
    const { code, stdout, stderr } = await benefits(['token'], { JWT_JWKS_FILE: 'jwks.json' })
    expect({ code, stdout }).to.deep.equal({ code: 2, stdout: '' })
    expect(stderr).to.match(/^benefits: the configuration has only public keys/)
  })
})
