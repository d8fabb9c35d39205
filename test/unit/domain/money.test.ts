import { expect } from 'chai'
import { parseReais } from '../../../src/domain/money.js'

describe('money', () => {
  it('reads reais', () => {
    expect(parseReais('10.00')).to.equal(1000n)
  })
})
