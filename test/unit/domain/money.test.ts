import { expect } from 'chai'
import fc from 'fast-check'
import {
  AMOUNT_MAX,
  BALANCE_MAX,
  centavos,
  formatReais,
  isTransactionAmount,
  parseReais,
} from '../../../src/domain/money.js'

const anyBalance = fc.bigInt({ min: 0n, max: BALANCE_MAX })

describe('centavos', () => {
  for (const value of [0n, 1n, AMOUNT_MAX, 9_223_372_036_854_775_807n]) {
    it(`takes ${value}`, () => {
      expect(centavos(value)).to.equal(value)
    })
  }

  for (const value of [-1n, -AMOUNT_MAX, 9_223_372_036_854_775_808n]) {
    it(`refuses ${value}`, () => {
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

describe('reais read', () => {
  const read: readonly (readonly [string, bigint])[] = [
    ['10', 1000n],
    ['10.00', 1000n],
    ['10,00', 1000n],
    ['10.5', 1050n],
    ['10,05', 1005n],
    ['0', 0n],
    ['0.01', 1n],
    ['007.10', 710n],
    [' 10.00\n', 1000n],
    ['9999999999.99', AMOUNT_MAX],
    ['92233720368547758.07', BALANCE_MAX],
  ]
  for (const [text, amount] of read) {
    it(`${JSON.stringify(text)} is ${amount} centavos`, () => {
      expect(parseReais(text)).to.equal(amount)
    })
  }

  const refused = ['', ' ', '.5', '10.', '10.001', '-1', '+1', '1e3', '0x10', '1.000,00', '1,000.00', '1_000']
  const odd = [
    'R$ 10',
    '10 00',
    '１０',
    '1٫5',
    'NaN',
    '92233720368547758.08',
    '9'.repeat(17),
    '9'.repeat(10_000),
  ]
  for (const text of [...refused, ...odd]) {
    it(`${JSON.stringify(text.slice(0, 30))} is refused`, () => {
      expect(() => parseReais(text)).to.throw(RangeError)
    })
  }

  it('either give an amount or are refused, whatever the text', () => {
    const nearly = fc.string({ unit: fc.constantFrom('0', '9', '.', ',', '-', ' '), maxLength: 24 })
    fc.assert(
      fc.property(fc.oneof(nearly, fc.string({ unit: 'binary' })), (text) => {
        try {
          return parseReais(text) >= 0n
        } catch (error) {
          return error instanceof RangeError
        }
      }),
    )
  })
})

describe('reais written', () => {
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

  it('read back as the same amount', () => {
    fc.assert(fc.property(anyBalance, (amount) => parseReais(formatReais(amount)) === amount))
  })

  it('read back as the same amount when written with a comma', () => {
    fc.assert(
      fc.property(anyBalance, (amount) => parseReais(formatReais(amount).replace('.', ',')) === amount),
    )
  })

  it('have a minus sign for an amount taken, and are otherwise the same', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 1n, max: BALANCE_MAX }),
        (amount) => formatReais(-amount) === `-${formatReais(amount)}`,
      ),
    )
  })
})
