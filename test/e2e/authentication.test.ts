import { expect } from 'chai'
import { bufCurl } from '../support/clients/buf-curl.js'
import { type CallOptions, purchase } from '../support/clients/client.js'
import { secondsFromNow, signToken, type TokenOptions } from '../support/clients/token.js'
import { useService } from '../support/processes/service-fixture.js'

const bearer = (options?: TokenOptions) => `Bearer ${signToken(options)}`
const withScope = (scope: unknown) => bearer({ claims: { scope } })

const unauthenticated = {
  code: 'UNAUTHENTICATED',
  message: 'a valid bearer token is required in the "authorization" metadata',
  info: { reason: 'UNAUTHENTICATED', domain: 'benefits.v1' },
}
const scopeMissing = {
  code: 'PERMISSION_DENIED',
  message: 'the token does not allow this method',
  info: { reason: 'SCOPE_MISSING', domain: 'benefits.v1' },
}

describe('authentication', () => {
  const fixture = useService()

  async function rejectionOf(options: CallOptions) {
    const { code, message, info } = await fixture().client.fail(purchase({}), options)
    return { code, message, info }
  }
  async function codeFor(authorization: string) {
    return (await fixture().client.decide(purchase({}), { authorization })).code
  }

  for (const [what, authorization] of [
    ['no token', null],
    ['an expired token', bearer({ claims: { exp: secondsFromNow(-60) } })],
    // Later than the end of the run: these tokens are made at its start.
    ['a token that is not valid yet', bearer({ claims: { nbf: secondsFromNow(1_800) } })],
    ['a token that never expires', bearer({ claims: { exp: undefined } })],
    ['a token signed with another key', bearer({ secret: 'another secret that has enough bytes, too' })],
    ['a token of the algorithm "none"', bearer({ algorithm: 'none' })],
    ['a token of an algorithm that is not allowed', bearer({ algorithm: 'HS512' })],
    ['a token without its signature', bearer().replace(/[^.]*$/, '')],
    ['a malformed token', 'Bearer no.such.token'],
    ['the word Bearer alone', 'Bearer '],
    ['a token without the word Bearer', signToken()],
    ['another scheme', `Basic ${signToken()}`],
    ['two tokens in one entry', `${bearer()}, ${bearer()}`],
    ['a token of 20,000 characters', `Bearer ${'x'.repeat(8_193)}`],
  ] as const) {
    it(`rejects ${what}, and does not say why`, async () => {
      expect(await rejectionOf({ authorization })).to.deep.equal(unauthenticated)
    })
  }

  it('rejects a changed token', async () => {
    const [header, , signature] = signToken().split('.')
    const claims = Buffer.from(JSON.stringify({ sub: 'admin', exp: secondsFromNow(60) })).toString(
      'base64url',
    )
    const authorization = `Bearer ${header}.${claims}.${signature}`
    expect(await rejectionOf({ authorization })).to.deep.equal(unauthenticated)
  })

  it('accepts the word Bearer in any case', async () => {
    expect(await codeFor(bearer().replace('Bearer', 'bearer'))).to.equal('07')
  })

  it('allows a token without the claim "scope" every method', async () => {
    expect(await codeFor(bearer())).to.equal('07')
  })

  it('allows a token with the scope of the method to call it', async () => {
    expect(await codeFor(withScope('accounts:write transactions:authorize'))).to.equal('07')
  })

  for (const scope of ['accounts:write', '', 'transactions:authorize-not']) {
    it(`denies the method to a token with the scope "${scope}"`, async () => {
      expect(await rejectionOf({ authorization: withScope(scope) })).to.deep.equal(scopeMissing)
    })
  }

  it('denies the method to a token whose list of scopes lacks it', async () => {
    expect(await rejectionOf({ authorization: withScope(['accounts:write']) })).to.deep.equal(scopeMissing)
  })

  it('allows a token whose list of scopes includes it to call the method', async () => {
    expect(await codeFor(withScope(['accounts:write', 'transactions:authorize']))).to.equal('07')
  })

  // Node's HTTP/2 server drops every `authorization` header but the first before anybody sees it.
  it('rejects an invalid first "authorization" entry, even before a valid one', async () => {
    const { service } = fixture()
    const { stderr } = await bufCurl([
      ...['-H', 'authorization: Bearer bad', '-H', `authorization: ${bearer()}`],
      ...['-d', '{"transaction_id":"two","account_id":"nobody","amount":1,"mcc":"5411"}'],
      `http://${service.grpcAddress}/benefits.v1.AuthorizationService/Authorize`,
    ])
    expect(stderr).to.include('"code": "unauthenticated"')
  })

  it('counts rejections by reason', async () => {
    await rejectionOf({ authorization: bearer({ claims: { exp: secondsFromNow(-60) } }) })
    const metrics = await (await fetch(`${fixture().service.httpUrl}/metrics`)).text()
    expect(metrics).to.match(/^benefits_tokens_rejected_total\{reason="EXPIRED"\} [1-9]/m)
  })
})

describe('authentication with JWT_REQUIRE_SCOPE=true', () => {
  const fixture = useService({ JWT_REQUIRE_SCOPE: 'true' })

  it('denies every method to a token without the claim "scope"', async () => {
    const { code, message, info } = await fixture().client.fail(purchase({}))
    expect({ code, message, info }).to.deep.equal(scopeMissing)
  })

  it('denies every method to a token whose claim "scope" is neither text nor a list', async () => {
    const authorization = withScope({ 'transactions:authorize': true })
    expect((await fixture().client.fail(purchase({}), { authorization })).code).to.equal('PERMISSION_DENIED')
  })

  it('allows a token with the scope of the method to call it', async () => {
    const authorization = withScope('transactions:authorize')
    expect((await fixture().client.decide(purchase({}), { authorization })).code).to.equal('07')
  })
})

describe('authentication with JWT_ISSUER and JWT_AUDIENCE', () => {
  const fixture = useService({ JWT_ISSUER: 'https://issuer.example', JWT_AUDIENCE: 'benefits' })
  const good = { iss: 'https://issuer.example', aud: 'benefits' }

  it('accepts a token of that issuer for that audience', async () => {
    const authorization = bearer({ claims: good })
    expect((await fixture().client.decide(purchase({}), { authorization })).code).to.equal('07')
  })

  for (const claim of ['iss', 'aud']) {
    it(`rejects a token with another "${claim}"`, async () => {
      const authorization = bearer({ claims: { ...good, [claim]: 'another' } })
      expect((await fixture().client.fail(purchase({}), { authorization })).code).to.equal('UNAUTHENTICATED')
    })
  }
})
