import { expect } from 'chai'
import { signToken } from '../../support/clients/token.js'
import { secret, secretsOfEnvironment, takeLeaks, watchForLeaks } from '../../support/leaks.js'

/** The secrets found in an output with this text. */
function leaksIn(text: string): readonly string[] {
  watchForLeaks('output', () => text)
  return takeLeaks()
}

describe('the search for secrets in the output of processes', () => {
  it('finds nothing in output without secrets', () => {
    expect(leaksIn('{"event":"listening","uri":"mongodb://127.0.0.1:27017/?replicaSet=rs0"}')).to.deep.equal(
      [],
    )
    expect(leaksIn('a valid bearer token is required in the "authorization" metadata')).to.deep.equal([])
  })

  for (const [what, part] of [
    ['a token', (token: string) => token],
    ['the claims of a token', (token: string) => token.split('.')[1]],
    ['the signature of a token', (token: string) => token.split('.')[2]],
  ] as const) {
    it(`finds ${what} that a test has signed`, () => {
      expect(leaksIn(`{"event":"call","x":"${part(signToken())}"}`)).not.to.deep.equal([])
    })
  }

  for (const [what, text] of [
    ['a token that no test has signed', 'x eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.abc'],
    ['a private key', '-----BEGIN EC PRIVATE KEY-----'],
    ['an authorization header', 'Authorization: Bearer 0123456789abcdef'],
    ['an authorization field', '{"authorization":"x"}'],
    ['a URI with a password', 'cannot reach mongodb://user:p@db/'],
  ] as const) {
    it(`finds ${what}`, () => {
      expect(leaksIn(text)).to.have.length(1)
    })
  }

  it('finds the secrets of an environment', () => {
    secretsOfEnvironment({
      JWT_SECRET: 'the secret of the leaks test',
      MONGODB_URI: 'mongodb+srv://user:pass-of-the-leaks-test@db/x',
      OTEL_EXPORTER_OTLP_HEADERS: 'api-key=key-of-the-leaks-test',
    })
    for (const one of ['the secret of the leaks test', 'pass-of-the-leaks-test', 'key-of-the-leaks-test']) {
      expect(leaksIn(`x${one}x`)).to.have.length(1)
    }
  })

  it('repeats no secret', () => {
    const number = secret('4000 0000 0000 0002')
    const leaks = leaksIn(`{"merchant":"${number}"}`)
    expect(leaks).to.have.length(1)
    expect(leaks[0]).not.to.include(number)
  })

  it('checks once, everything that was written by then', () => {
    let text = ''
    watchForLeaks('output', () => text)
    text = signToken()
    expect(takeLeaks()).not.to.deep.equal([])
    expect(takeLeaks()).to.deep.equal([])
  })
})
