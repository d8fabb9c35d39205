import { expect } from 'chai'
import { isUnavailable, UndecidedError } from '../../../src/application/errors.js'

describe('errors of the store', () => {
  it('may pass when it is UNAVAILABLE, and nothing else may', () => {
    const errors = [
      new UndecidedError('UNAVAILABLE', 'away'),
      new UndecidedError('OVERLOADED', 'too many'),
      new UndecidedError('NO_TIME_LEFT', 'late'),
      Object.assign(new Error('away'), { indecision: 'UNAVAILABLE' }),
      undefined,
    ]
    expect(errors.map(isUnavailable)).to.deep.equal([true, false, false, false, false])
  })

  it('is named in the log', () => {
    expect(String(new UndecidedError('UNAVAILABLE', 'away'))).to.equal('UndecidedError: away')
  })
})
