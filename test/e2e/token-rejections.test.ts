import { generateKeyPairSync } from 'node:crypto'
import { expect } from 'chai'
import { type RejectionReason, rejectionReasons } from '../../src/grpc/tokens/token-rejection.js'
import { purchase } from '../support/clients/client.js'
import { jwkOf, keySet, signWith } from '../support/clients/signing.js'
import { secondsFromNow, signToken, type TokenOptions } from '../support/clients/token.js'
import { eventually } from '../support/eventually.js'
import { readMetric } from '../support/processes/metrics-page.js'
import { MountedFiles } from '../support/processes/mounted-files.js'
import { useService } from '../support/processes/service-fixture.js'

const ELEVEN_YEARS_S = 11 * 366 * 86_400
const REJECTED = 'benefits_tokens_rejected_total'
const key = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const ours = { iss: 'https://issuer.example', aud: 'benefits', scope: 'transactions:authorize' }

function token({ claims, ...options }: TokenOptions = {}): string {
  return `Bearer ${signToken({ claims: { ...ours, ...claims }, ...options })}`
}

function tokenOfKey(kid: string): string {
  return `Bearer ${signWith({ algorithm: 'ES256', key: key.privateKey, header: { kid }, claims: ours })}`
}

/** A value of `authorization` that is rejected for each reason. */
const rejectedFor: Readonly<Record<RejectionReason, readonly (readonly [string, string | null])[]>> = {
  MISSING: [['no token', null]],
  MORE_THAN_ONE: [['two tokens', `${token()}, ${token()}`]],
  TOO_LONG: [['8,193 characters', `Bearer ${'x'.repeat(8_193)}`]],
  MALFORMED: [
    ['no token at all', 'Bearer no.such.token'],
    ['another scheme', token().replace('Bearer', 'Basic')],
    ['an expiry that is text', token({ claims: { exp: String(secondsFromNow(60)) } })],
    ['a subject of 257 characters', token({ claims: { sub: 's'.repeat(257) } })],
  ],
  ALGORITHM: [
    ['an algorithm that no key is for', token({ algorithm: 'HS512' })],
    ['the algorithm "none"', token({ algorithm: 'none' })],
  ],
  UNKNOWN_KEY: [['a key that is not in the set', tokenOfKey('next')]],
  BAD_SIGNATURE: [['another secret', token({ secret: 'another secret that has enough bytes, too' })]],
  // Later than the end of the run: these tokens are made at its start.
  NOT_YET_VALID: [['a token of tomorrow', token({ claims: { nbf: secondsFromNow(86_400) } })]],
  NO_EXPIRY: [['no expiry', token({ claims: { exp: undefined } })]],
  EXPIRED: [['an expired token', token({ claims: { exp: secondsFromNow(-60) } })]],
  EXPIRY_TOO_FAR: [
    ['an expiry in milliseconds', token({ claims: { exp: Date.now() + 3_600_000 } })],
    ['an expiry in eleven years', token({ claims: { exp: secondsFromNow(ELEVEN_YEARS_S) } })],
  ],
  ISSUER: [['another issuer', token({ claims: { iss: 'https://other.example' } })]],
  AUDIENCE: [['another audience', token({ claims: { aud: ['others'] } })]],
  SCOPE_MISSING: [
    ['another scope', token({ claims: { scope: 'accounts:read' } })],
    ['no scope where one is required', token({ claims: { scope: undefined } })],
  ],
}

describe('token rejections', () => {
  const keys = new MountedFiles()
  keys.replace({ 'jwks.json': keySet(jwkOf(key, { kid: 'current' })) })
  after(() => keys.remove())
  const fixture = useService({
    JWT_JWKS_FILE: keys.path('jwks.json'),
    JWT_ISSUER: ours.iss,
    JWT_AUDIENCE: ours.aud,
    JWT_REQUIRE_SCOPE: 'true',
  })

  it('do not affect tokens that the key set or the secret has signed for us', async () => {
    for (const authorization of [token(), tokenOfKey('current')])
      expect((await fixture().client.decide(purchase({}), { authorization })).code).to.equal('07')
  })

  it('do not affect tokens with scopes in "scp", as text or as a list', async () => {
    for (const scp of ['accounts:read transactions:authorize', ['transactions:authorize']]) {
      const authorization = token({ claims: { scope: undefined, scp } })
      expect((await fixture().client.decide(purchase({}), { authorization })).code).to.equal('07')
    }
  })

  for (const reason of rejectionReasons) {
    for (const [what, authorization] of rejectedFor[reason]) {
      it(`write one log line each, ${reason}: ${what}`, async () => {
        const { client, service } = fixture()
        const requestId = `rejected-${reason}-${what.replaceAll(/\W/g, '-')}`
        const { code } = await client.fail(purchase({}), { authorization, requestId })
        expect(code).to.equal(reason === 'SCOPE_MISSING' ? 'PERMISSION_DENIED' : 'UNAUTHENTICATED')
        await service.untilEvent('token rejected', { requestId })
        const lines = service.events.filter((line) => line['requestId'] === requestId)
        expect(lines.map((line) => line['reason'])).to.deep.equal([reason])
      })
    }
  }

  it('are counted once each, by reason', async () => {
    const { client, service } = fixture()
    const counted = async () =>
      await Promise.all(rejectionReasons.map((reason) => readMetric(service.httpUrl, REJECTED, { reason })))
    const before = await counted()
    const wanted = rejectionReasons.map((reason, place) => (before[place] ?? 0) + rejectedFor[reason].length)
    for (const [, authorization] of Object.values(rejectedFor).flat())
      await client.fail(purchase({}), { authorization })
    // The page may be a second old.
    await eventually('the page has every rejection', async () => (await counted()).join() === wanted.join())
  })
})
