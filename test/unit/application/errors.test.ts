import { expect } from 'chai'
import { isUnavailable, UndecidedError } from '../../../src/application/errors.js'

describe('a store error', () => {
  it('is transient when it is UNAVAILABLE, and only then', () => {
    const errors = [
      new UndecidedError('UNAVAILABLE', 'away'),
      new UndecidedError('OVERLOADED', 'too many'),
      new UndecidedError('NO_TIME_LEFT', 'late'),
      Object.assign(new Error('away'), { indecision: 'UNAVAILABLE' }),
      undefined,
    ]
    expect(errors.map(isUnavailable)).to.deep.equal([true, false, false, false, false])
  })

  it('has a name in the log', () => {
    expect(String(new UndecidedError('UNAVAILABLE', 'away'))).to.equal('UndecidedError: away')
  })
})
