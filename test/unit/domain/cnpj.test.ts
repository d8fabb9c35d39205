import { expect } from 'chai'
import fc from 'fast-check'
import { hasCheckDigits, plainCnpj } from '../../../src/domain/cnpj.js'

describe('check digits of a CNPJ', () => {
  for (const cnpj of [
    '12ABC34501DE35', // the example of the Receita Federal
    '00000000000191', // Banco do Brasil
    '33000167000101', // Petrobras
    '11222333000181',
  ]) {
    it(`fit ${cnpj}`, () => {
      expect(hasCheckDigits(cnpj)).to.equal(true)
    })
  }

  it('do not fit when one character is another one', () => {
    const cnpj = '12ABC34501DE35'
    const character = fc.constantFrom(...'0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ')
    fc.assert(
      fc.property(fc.nat({ max: 13 }), character, (at, other) => {
        // Modulo 11 does not tell apart characters that are 11 apart.
        fc.pre((other.charCodeAt(0) - cnpj.charCodeAt(at)) % 11 !== 0)
        const mistyped = `${cnpj.slice(0, at)}${other}${cnpj.slice(at + 1)}`
        expect(hasCheckDigits(mistyped), mistyped).to.equal(false)
      }),
      { numRuns: 500 },
    )
  })

  it('are never letters', () => {
    expect(hasCheckDigits('12ABC34501DE3A')).to.equal(false)
  })
})

describe('plainCnpj', () => {
  it('takes the punctuation off, and writes capital letters', () => {
    expect(plainCnpj(' 12.abc.345/01de-35 ')).to.equal('12ABC34501DE35')
  })
})
