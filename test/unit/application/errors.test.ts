import { expect } from 'chai'
import { IndecisionError, isUnavailable } from '../../../src/application/errors.js'

describe('what the store fails with', () => {
  it('may pass when it is UNAVAILABLE, and nothing else may', () => {
    const errors = [
      new IndecisionError('UNAVAILABLE', 'away'),
      new IndecisionError('OVERLOADED', 'too many'),
      new IndecisionError('NO_TIME_LEFT', 'late'),
      Object.assign(new Error('away'), { indecision: 'UNAVAILABLE' }),
      undefined,
    ]
    expect(errors.map(isUnavailable)).to.deep.equal([true, false, false, false, false])
  })

  it('is named in the log', () => {
    expect(String(new IndecisionError('UNAVAILABLE', 'away'))).to.equal('IndecisionError: away')
  })
})
