import { expect } from 'chai'
import fc from 'fast-check'
import {
  AMOUNT_MAX,
  BALANCE_MAX,
  centavos,
  formatReais,
  isTransactionAmount,
} from '../../../src/domain/money.js'

describe('centavos', () => {
  for (const value of [0n, 1n, AMOUNT_MAX, 9_223_372_036_854_775_807n]) {
    it(`may be ${value}`, () => {
      expect(centavos(value)).to.equal(value)
    })
  }

  for (const value of [-1n, -AMOUNT_MAX, 9_223_372_036_854_775_808n]) {
    it(`may not be ${value}`, () => {
      expect(() => centavos(value)).to.throw(RangeError, `${value}`)
    })
  }
})

describe('transaction amount', () => {
  for (const value of [1n, 100n, 999_999_999_999n]) {
    it(`may be ${value}`, () => {
      expect(isTransactionAmount(value)).to.equal(true)
    })
  }

  for (const value of [0n, -1n, 1_000_000_000_000n, BALANCE_MAX]) {
    it(`may not be ${value}`, () => {
      expect(isTransactionAmount(value)).to.equal(false)
    })
  }
})

describe('formatted reais', () => {
  const written: readonly (readonly [bigint, string])[] = [
    [0n, '0.00'],
    [5n, '0.05'],
    [50n, '0.50'],
    [100n, '1.00'],
    [1250n, '12.50'],
    [-5n, '-0.05'],
    [-1250n, '-12.50'],
    [BALANCE_MAX, '92233720368547758.07'],
  ]
  for (const [amount, text] of written) {
    it(`${amount} centavos are ${text}`, () => {
      expect(formatReais(amount)).to.equal(text)
    })
  }

  it('have a minus sign for a negative amount, and are otherwise the same', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 1n, max: BALANCE_MAX }),
        (amount) => formatReais(-amount) === `-${formatReais(amount)}`,
      ),
    )
  })
})
