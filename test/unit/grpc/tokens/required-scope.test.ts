import { expect } from 'chai'
import { CallError } from '../../../../src/grpc/call-error.js'
import { mustHaveScope } from '../../../../src/grpc/tokens/required-scope.js'

const callWith = (...scopes: readonly string[]) => ({
  principal: { subject: 'clearing', scopes: new Set(scopes), expiresAtMs: Number.POSITIVE_INFINITY },
})

describe('the scope that a field of a request demands', () => {
  it('is satisfied by a token that names it', () => {
    expect(() => mustHaveScope(callWith('a', 'b'), 'b')).not.to.throw()
  })

  it('is satisfied by a token that names no scopes', () => {
    const principal = { subject: 'clearing', expiresAtMs: Number.POSITIVE_INFINITY }
    expect(() => mustHaveScope({ principal }, 'b')).not.to.throw()
  })

  for (const scopes of [['a'], []]) {
    it(`is missing in a token with the scopes [${scopes}]`, () => {
      expect(() => mustHaveScope(callWith(...scopes), 'b'))
        .to.throw(CallError, 'this request needs the scope b')
        .with.property('kind', 'SCOPE_MISSING')
    })
  }
})
