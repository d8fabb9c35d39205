import { expect } from 'chai'
import { InvariantError, invariant } from '../../../src/domain/invariant.js'

describe('invariant', () => {
  it('accepts a true condition', () => {
    expect(() => invariant(true, 'one is one')).not.to.throw()
  })

  it('throws an InvariantError that names the broken condition', () => {
    expect(() => invariant(false, 'one is two')).to.throw(InvariantError, 'one is two')
  })

  it('throws an error that logs identify by name', () => {
    expect(new InvariantError('broken').name).to.equal('InvariantError')
  })
})
