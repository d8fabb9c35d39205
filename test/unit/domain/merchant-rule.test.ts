import { expect } from 'chai'
import { parseMerchant } from '../../../src/domain/merchant.js'
import type { MerchantRule, MerchantRuleByName } from '../../../src/domain/merchant-rule.js'
import { merchantRules } from '../../../src/domain/merchant-rule-index.js'
import { de43, ruleOf } from './builders.js'

/** Id of the rule that decides for this merchant string. */
function winner(merchant: string, rules: readonly MerchantRule[]): string | undefined {
  return merchantRules(rules).resolve(parseMerchant(merchant))?.id
}

const exact = (name: string, over: Partial<MerchantRuleByName> = {}) =>
  ruleOf({ match: 'EXACT', name, ...over })
const prefix = (name: string, over: Partial<MerchantRuleByName> = {}) =>
  ruleOf({ match: 'PREFIX', name, ...over })

describe('exact merchant rule', () => {
  it('covers the whole name', () => {
    expect(winner('UBER TRIP', [exact('UBER TRIP')])).to.equal('rule-1')
  })

  it('covers the name of a DE43 string', () => {
    expect(winner(de43({ name: 'UBER TRIP' }), [exact('UBER TRIP')])).to.equal('rule-1')
  })

  it('covers the name in any spelling of either', () => {
    expect(winner('ACOUGUE  SAO JOAO ', [exact('Açougue São João')])).to.equal('rule-1')
  })

  for (const name of ['UBER', 'UBER TRIPS', 'UBER TRIP 2', 'A UBER TRIP', 'UBERTRIP', '']) {
    it(`UBER TRIP does not cover ${JSON.stringify(name)}`, () => {
      expect(winner(name, [exact('UBER TRIP')])).to.equal(undefined)
    })
  }
})

describe('prefix merchant rule', () => {
  const covered: readonly (readonly [string, string])[] = [
    ['UBER', 'UBER'],
    ['UBER', 'UBER TRIP'],
    ['UBER', 'UBER *TRIP'],
    ['UBER', 'UBER*EATS'],
    ['UBER', 'UBER-TRIP'],
    ['UBER*', 'UBER *TRIP'],
    ['UBER *', 'UBER*TRIP'],
    ['IFD*', 'IFD *PIZZARIA'],
    ['PAG*', 'PAG *JOSE'],
    ['PAG*JOSE', 'PAG * JOSE'],
    ['AMAZON', 'AMAZON.COM.BR'],
    ['AMAZON', 'AMAZON/MARKETPLACE'],
    ['AMAZON.COM', 'AMAZON.COM.BR'],
    ['AMAZON.', 'AMAZON.COM.BR'],
    ['MC DONALD', 'MC DONALD’S'],
    ['MC DONALD’S', 'MC DONALD´S PAULISTA'],
    ['COCA-COLA', 'COCA–COLA FEMSA'],
    ['PÃO', 'PA\u0303O DE ACUCAR'],
    ['UBER', 'U\u200bBER\u00ad TRIP'],
    ['PIZZA', 'PIZZA 🍕'],
    ['uber ', 'Uber Trip'],
    ['UBER TRIP', 'UBER TRIP HELP'],
    ['PAG*', 'PAG*'],
    ['PAG*', 'PAG*JoseDaSilva'],
    ['PAG*', 'PAG* JOSE'],
    ['PAG', 'PAG*JOSE'],
    ['99*', '99*POP'],
    ['PAG*JOSE', 'PAG*JOSE SILVA'],
    ['MP*IFD*', 'MP*IFD*BURGER'],
  ]
  for (const [name, merchant] of covered) {
    it(`${JSON.stringify(name)} covers ${merchant}`, () => {
      expect(winner(merchant, [prefix(name)])).to.equal('rule-1')
    })
  }

  const passed: readonly (readonly [string, string])[] = [
    ['UBER', 'UBERABA LANCHES'],
    ['UBER*', 'UBERABA LANCHES'],
    ['UBER*', 'UBER'],
    ['UBER*', 'UBER TRIP'],
    ['UBER', 'O UBER'],
    ['UBER', 'UBE'],
    ['UBER', 'UBER\u200bABA LANCHES'],
    ['UBER', 'UBERÁBA'],
    ['AMAZON', 'AMAZONAS.COM'],
    ['PIZZA\ud83c', 'PIZZA🍕'],
    ['AMAZON.C', 'AMAZON.COM'],
    ['PAG*JOSE', 'PAG*JOSEDASILVA'],
    ['PAG*', 'PAGUE MENOS'],
    ['MP*', 'EMP*ALGO'],
    ['', 'UBER'],
    ['', ''],
    ['UBER', ''],
  ]
  for (const [name, merchant] of passed) {
    it(`${JSON.stringify(name)} does not cover ${JSON.stringify(merchant)}`, () => {
      expect(winner(merchant, [prefix(name)])).to.equal(undefined)
    })
  }
})

describe('bound merchant rule', () => {
  const covered: readonly (readonly [string, Partial<MerchantRuleByName>, string])[] = [
    ['city', { city: 'São Paulo' }, de43({ name: 'ACME', city: 'SAO PAULO' })],
    [
      'city cut to twelve characters',
      { city: 'Rio de Janeiro' },
      de43({ name: 'ACME', city: 'RIO DE JANEI' }),
    ],
    ['city cut at a space', { city: 'Sao Jose do Rio Preto' }, de43({ name: 'ACME', city: 'SAO JOSE DO ' })],
    ['country', { country: 'BR' }, de43({ name: 'ACME', country: 'BR' })],
    ['country in lower case', { country: 'br' }, de43({ name: 'ACME', country: 'BR' })],
    ['city and country', { city: 'SAO PAULO', country: 'BR' }, de43({ name: 'ACME' })],
  ]
  for (const [what, bound, merchant] of covered) {
    it(`covers a merchant of its ${what}`, () => {
      expect(winner(merchant, [ruleOf(bound)])).to.equal('rule-1')
    })
  }

  const passed: readonly (readonly [string, Partial<MerchantRuleByName>, string])[] = [
    ['another city', { city: 'SAO PAULO' }, de43({ name: 'ACME', city: 'SANTOS' })],
    ['a city whose name goes on', { city: 'SANTO' }, de43({ name: 'ACME', city: 'SANTOS' })],
    ['another country', { country: 'BR' }, de43({ name: 'ACME', country: 'PT' })],
    [
      'its city in another country',
      { city: 'LISBOA', country: 'PT' },
      de43({ name: 'ACME', city: 'LISBOA' }),
    ],
    ['its country but another city', { city: 'LISBOA', country: 'BR' }, de43({ name: 'ACME' })],
    ['an unknown city', { city: 'SAO PAULO' }, 'ACME'],
    ['an unknown country', { country: 'BR' }, 'ACME'],
  ]
  for (const [what, bound, merchant] of passed) {
    it(`does not cover a merchant of ${what}`, () => {
      expect(winner(merchant, [ruleOf(bound)])).to.equal(undefined)
    })
  }
})
