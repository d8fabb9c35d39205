import { expect } from 'chai'
import fc from 'fast-check'
import { formatAmount, parseAmount, parseTransactionAmount } from '../../../cli/amount.js'
import { AMOUNT_MAX } from '../../../src/domain/money.js'

describe('an amount in reais', () => {
  for (const [text, centavos] of [
    ['1234', 123_400n],
    ['1234.00', 123_400n],
    ['1234,00', 123_400n],
    ['1.234,00', 123_400n],
    ['1,234.00', 123_400n],
    ['1.234.567', 123_456_700n],
    ['1.234.567,8', 123_456_780n],
    ['600,5', 60_050n],
    ['0,50', 50n],
    ['0', 0n],
    [' 10.00 ', 1_000n],
    ['R$ 600,00', 60_000n],
    ['R$\u00a01.234,56', 123_456n],
    ['R$5', 500n],
  ] as const) {
    it(`is read from ${JSON.stringify(text)}`, () => {
      expect(parseAmount(text)).to.equal(centavos)
    })
  }

  for (const text of ['1.234', '1,234', '10.000', '999,999', 'R$ 1.234']) {
    it(`is rejected as ambiguous in ${text}`, () => {
      expect(() => parseAmount(text)).to.throw(RangeError, 'ambiguous')
    })
  }

  for (const text of [
    ...[
      '',
      ' ',
      'ten',
      '-10.00',
      '(10,00)',
      '+10',
      '1e3',
      '2,50E+17',
      '10.',
      '.5',
      '10.001',
      '0.123',
      '01.234',
    ],
    ...['1.23.456', '12.34,567', '1,234,56', '1.234.56', '1.2345,00', '1 234,00', '10,00 R$', 'US$ 5', '5%'],
    ...[
      '1_000',
      '0x10',
      'NaN',
      '10 00',
      '\uff11\uff10',
      '92233720368547758.08',
      '9'.repeat(17),
      '9'.repeat(10_000),
    ],
    ...['\u0661\u0662', '1\u200b0', '10\n20'],
  ]) {
    it(`is rejected in ${JSON.stringify(text.slice(0, 30))}`, () => {
      expect(() => parseAmount(text)).to.throw(RangeError)
    })
  }

  it('is read back unchanged from every usual notation', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: AMOUNT_MAX }), (centavos) => {
        const brazilian = formatAmount(centavos)
        const american = brazilian.replaceAll(/[.,]/g, (sign) => (sign === '.' ? ',' : '.'))
        const plain = brazilian.replace('R$ ', '').replaceAll('.', '')
        for (const text of [brazilian, american, plain, plain.replace(',', '.')])
          expect(parseAmount(text)).to.equal(centavos)
      }),
    )
  })

  it('is read or rejected, whatever the text', () => {
    const nearly = fc.string({ unit: fc.constantFrom('0', '9', '.', ',', '-', ' ', 'R$'), maxLength: 24 })
    fc.assert(
      fc.property(fc.oneof(nearly, fc.string({ unit: 'binary' })), (text) => {
        try {
          return parseAmount(text) >= 0n
        } catch (error) {
          return error instanceof RangeError
        }
      }),
    )
  })

  it('never mistakes thousands for decimals, or decimals for thousands', () => {
    const digits = fc.string({ unit: fc.constantFrom('0', '1', '9'), minLength: 1, maxLength: 4 })
    fc.assert(
      fc.property(digits, fc.constantFrom('.', ','), digits, (whole, separator, rest) => {
        let amount: bigint
        try {
          amount = parseAmount(`${whole}${separator}${rest}`)
        } catch {
          return true
        }
        // With one separator, a readable amount has one or two decimals.
        return rest.length <= 2 && amount === BigInt(whole + rest.padEnd(2, '0'))
      }),
    )
  })

  it('of a transaction is at least a centavo, and at most the maximum of a card message', () => {
    expect(parseTransactionAmount('0,01')).to.equal(1n)
    expect(parseTransactionAmount('9.999.999.999,99')).to.equal(AMOUNT_MAX)
    expect(() => parseTransactionAmount('0')).to.throw(RangeError, 'above 0')
    expect(() => parseTransactionAmount('10000000000')).to.throw(RangeError, 'at most R$ 9.999.999.999,99')
  })
})
