import { expect } from 'chai'
import fc from 'fast-check'
import { chooseLanguage } from '../../../console/text/language.js'
import { money, parseMoney, signedMoney, typedMoney } from '../../../console/text/money.js'

/** The formatter's space between the currency and the amount. */
const NBSP = '\u00a0'

describe('money of the console', () => {
  afterEach(() => chooseLanguage('en'))

  it('is formatted in the language', () => {
    expect(money('123400')).to.equal('R$1,234.00')
    expect(signedMoney('1050')).to.equal('+R$10.50')
    expect(signedMoney('-1050')).to.equal('−R$10.50')
    chooseLanguage('pt')
    expect(money('123400')).to.equal(`R$${NBSP}1.234,00`)
  })

  it('is exact for the largest amount of the service', () => {
    expect(money('9223372036854775807')).to.equal('R$92,233,720,368,547,758.07')
  })

  it('is read with the separators of the language, and only when the reading is unique', () => {
    expect(parseMoney('12')).to.equal(1200n)
    expect(parseMoney('12.5')).to.equal(1250n)
    expect(parseMoney('12,50')).to.equal(1250n)
    expect(parseMoney('1,234.50')).to.equal(123_450n)
    expect(parseMoney('R$ 1,234')).to.equal(123_400n)
    chooseLanguage('pt')
    expect(parseMoney('1.234,50')).to.equal(123_450n)
    expect(parseMoney('1.234')).to.equal(123_400n)
    expect(parseMoney('12.50')).to.equal(1250n)
    expect(parseMoney('1,234')).to.equal(undefined)
    for (const wrong of ['', '-1', '1.23.4', '1,2,3', '0', '1e3', '12.345,6789', 'Infinity', '10000000000'])
      expect(parseMoney(wrong), wrong).to.equal(undefined)
  })

  it('is read with the separators of the other language when these are unambiguous', () => {
    expect(parseMoney('1.234,50')).to.equal(123_450n)
    expect(parseMoney('1.234.567')).to.equal(123_456_700n)
    expect(parseMoney('1.234')).to.equal(undefined)
    chooseLanguage('pt')
    expect(parseMoney('1,234.50')).to.equal(123_450n)
    expect(parseMoney('1,234,567')).to.equal(123_456_700n)
    expect(parseMoney('1,23,567')).to.equal(undefined)
  })

  it('is read back from its own format, in both languages', () => {
    const amounts = fc.bigInt(1n, 999_999_999_999n)
    const languages = fc.constantFrom('en', 'pt')
    fc.assert(
      fc.property(amounts, languages, (amount, language) => {
        chooseLanguage(language)
        expect(parseMoney(money(amount))).to.equal(amount)
        expect(parseMoney(typedMoney(String(amount)))).to.equal(amount)
      }),
    )
  })
})
