import { expect } from 'chai'
import fc from 'fast-check'
import { parseMerchant } from '../../../src/domain/merchant.js'
import {
  faultsOf,
  isSameRule,
  type MerchantRule,
  type MerchantRuleByName,
  slotKey,
  slotOf,
} from '../../../src/domain/merchant-rule.js'
import { merchantRules } from '../../../src/domain/merchant-rule-index.js'
import { byMerchantId, byTaxId, de43, ruleOf } from './builders.js'

/** The invalid fields. */
const faultyFields = (over: Partial<MerchantRuleByName>) => faultsOf(ruleOf(over)).map(({ field }) => field)

describe('a merchant rule', () => {
  const rule = ruleOf({ city: 'SANTOS', country: 'BR' })

  it('equals a copy of itself', () => {
    expect(isSameRule(rule, { ...rule })).to.equal(true)
  })

  const others: readonly Partial<MerchantRuleByName>[] = [
    { id: 'rule-2' },
    { match: 'PREFIX' },
    { name: 'ACMES' },
    { city: 'OLINDA' },
    { country: 'PT' },
    { mcc: '5412' },
  ]
  for (const over of others) {
    it(`differs by ${Object.keys(over)}`, () => {
      expect(isSameRule(rule, { ...rule, ...over })).to.equal(false)
    })
  }
})

describe('a merchant rule by id', () => {
  for (const [one, other] of [
    [byTaxId('a'), byTaxId('a', { merchantTaxId: '11222333000181' })],
    [byMerchantId('a'), byMerchantId('a', { acquirerId: '42' })],
    [byMerchantId('a'), byMerchantId('a', { merchantId: 'LOJA 2' })],
    [byMerchantId('a'), byTaxId('a')],
    [byTaxId('a'), ruleOf({ id: 'a', name: '12ABC34501DE35' })],
  ] as const) {
    it(`is another one than ${JSON.stringify(other)}, and has another slot`, () => {
      expect(isSameRule(one, { ...one })).to.equal(true)
      expect(isSameRule(one, other)).to.equal(false)
      expect(slotKey(slotOf(one))).not.to.equal(slotKey(slotOf(other)))
    })
  }
})

describe('faults of a merchant rule', () => {
  it('are absent in a bound rule of maximum length', () => {
    const rule = ruleOf({
      id: `a${'.'.repeat(63)}`,
      name: 'N'.repeat(25),
      city: 'C'.repeat(99),
      country: 'BR',
    })
    expect(faultsOf(rule)).to.deep.equal([])
  })

  const faulty: readonly (readonly [string, Partial<MerchantRuleByName>, readonly string[]])[] = [
    ['no id', { id: '' }, ['id']],
    ['an id with a space', { id: 'a b' }, ['id']],
    ['an id of 65 characters', { id: 'a'.repeat(65) }, ['id']],
    ['an empty name', { name: '' }, ['name']],
    ['a name of spaces and marks', { name: ' \u0301 ' }, ['name']],
    ['a name of 26 characters', { name: 'N'.repeat(26) }, ['name']],
    ['a name with a line break', { name: 'A\nB' }, ['name']],
    ['a name of 100 marks', { name: `A${'\u0301'.repeat(100)}` }, ['name']],
    ['a name that nobody can see', { name: ' \u200b\u00ad\ufeff\u2060 ' }, ['name']],
    ['a city that nobody can see', { city: '\u200e\u200f\u3164' }, ['city']],
    ['a blank city', { city: ' ' }, ['city']],
    ['a city of 100 characters', { city: 'C'.repeat(100) }, ['city']],
    ['a city with a control character', { city: 'A\u0007' }, ['city']],
    ['a country of three letters', { country: 'BRA' }, ['country']],
    ['a country of digits', { country: '76' }, ['country']],
    ['a blank country', { country: '' }, ['country']],
    ['an MCC of three digits', { mcc: '541' }, ['mcc']],
    ['an MCC of letters', { mcc: 'FOOD' }, ['mcc']],
    ['an MCC of other digits', { mcc: '٥٤١١' }, ['mcc']],
    [
      'everything',
      { id: '', name: '', city: '', country: '', mcc: '' },
      ['id', 'name', 'city', 'country', 'mcc'],
    ],
  ]
  for (const [what, over, fields] of faulty) {
    it(`are found: ${what}`, () => {
      expect(faultyFields(over)).to.deep.equal(fields)
    })
  }

  it('are absent in a name or a city of 99 characters with combining accents', () => {
    expect(faultyFields({ city: 'a\u0303'.repeat(99) })).to.deep.equal([])
    expect(faultyFields({ city: 'a\u0303'.repeat(100) })).to.deep.equal(['city'])
  })

  it('are absent in a city of 99 characters of two code units each', () => {
    expect(faultyFields({ city: '🍕'.repeat(99) })).to.deep.equal([])
  })

  for (const [over, description] of [
    [{ id: '' }, 'must be 1 to 64 characters from A-Z a-z 0-9 . _ : -, starting with a letter or a digit'],
    [{ name: '' }, 'must not be empty'],
    [{ name: 'A\nB' }, 'must not contain control characters'],
    [{ city: ' ' }, 'must not be blank'],
    [{ city: 'C'.repeat(100) }, 'must be at most 99 characters'],
    [{ country: 'BRA' }, 'must be two letters (ISO 3166)'],
    [{ mcc: '541' }, 'must be exactly four digits'],
  ] as const) {
    it(`have the text: ${description}`, () => {
      expect(faultsOf(ruleOf(over)).map((fault) => fault.description)).to.deep.equal([description])
    })
  }

  const idFaults: readonly (readonly [string, MerchantRule, readonly string[]])[] = [
    ['an alphanumeric CNPJ', byTaxId('a'), []],
    ['a CNPJ in lower case', byTaxId('a', { merchantTaxId: '12abc34501de35' }), ['merchant_tax_id']],
    ['a CNPJ with punctuation', byTaxId('a', { merchantTaxId: '12.ABC.345/01DE-35' }), ['merchant_tax_id']],
    ['a CNPJ without its zeros', byTaxId('a', { merchantTaxId: '191' }), ['merchant_tax_id']],
    [
      'a CNPJ with wrong check digits',
      byTaxId('a', { merchantTaxId: '12ABC34501DE36' }),
      ['merchant_tax_id'],
    ],
    ['merchant and acquirer', byMerchantId('a', { merchantId: 'a'.repeat(15) }), []],
    ['no ids', byMerchantId('a', { acquirerId: '', merchantId: '' }), ['acquirer_id', 'merchant_id']],
    ['an acquirer of letters', byMerchantId('a', { acquirerId: 'REDE' }), ['acquirer_id']],
    ['an acquirer of 12 digits', byMerchantId('a', { acquirerId: '1'.repeat(12) }), ['acquirer_id']],
    ['a merchant id of 16 characters', byMerchantId('a', { merchantId: 'a'.repeat(16) }), ['merchant_id']],
    ['a merchant id that ends with a space', byMerchantId('a', { merchantId: 'LOJA ' }), ['merchant_id']],
    ['a merchant id with an accent', byMerchantId('a', { merchantId: 'AÇAÍ' }), ['merchant_id']],
    ['no id and no MCC', byTaxId('', { mcc: '' }), ['id', 'mcc']],
  ]
  for (const [what, rule, fields] of idFaults) {
    it(`with ${what} are found in: ${fields.join(', ') || 'nothing'}`, () => {
      expect(faultsOf(rule).map(({ field }) => field)).to.deep.equal(fields)
    })
  }

  it('name a mistyped character of a CNPJ', () => {
    const [fault] = faultsOf(byTaxId('a', { merchantTaxId: '12ABC34501DE53' }))
    expect(fault?.description).to.equal('must end with the check digits of the CNPJ: a character is mistyped')
  })

  it('include the truncated name, even at a space', () => {
    const [fault] = faultsOf(ruleOf({ name: 'SUPERMERCADO PAO DE ACUC AR' }))
    expect(fault?.description).to.match(/: SUPERMERCADO PAO DE ACUC$/)
  })

  it('include the truncation of a name that is too long', () => {
    const [fault] = faultsOf(ruleOf({ name: 'Supermercado Pão de Açúcar Ltda' }))
    expect(fault?.description).to.match(/at most 25 characters.*: SUPERMERCADO PAO DE ACUCA$/)
  })

  it('count the characters of the normalised name', () => {
    expect(faultyFields({ name: `${'e\u0301'.repeat(25)}    ` })).to.deep.equal([])
    expect(faultyFields({ name: 'ﬃ'.repeat(9) })).to.deep.equal(['name'])
  })

  it('are found in any text without an exception', () => {
    const anyText = fc.string({
      unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)),
    })
    const anyRule = fc.record({ id: anyText, name: anyText, city: anyText, country: anyText, mcc: anyText })
    fc.assert(fc.property(anyRule, (over) => Array.isArray(faultsOf(ruleOf(over)))))
  })

  it('exclude every rule that no card message can match', () => {
    const character = fc.constantFrom('a', 'Ç', '*', ' ', 'é', '9', '🍕')
    const name = fc.string({ unit: character, maxLength: 30 })
    fc.assert(
      fc.property(name, fc.string({ unit: character, maxLength: 20 }), (written, city) => {
        const rule = ruleOf({ name: written, ...(city.trim() !== '' && { city }), country: 'br' })
        fc.pre(faultsOf(rule).length === 0)
        // An acquirer writes the name as it is compared, and cuts the city.
        const merchant = parseMerchant(
          de43({ name: written.trim().replace(/ +/g, ' '), city: city.trim().replace(/ +/g, ' ') }),
        )
        return merchantRules([rule]).resolve(merchant)?.id === rule.id
      }),
      { numRuns: 500 },
    )
  })
})
