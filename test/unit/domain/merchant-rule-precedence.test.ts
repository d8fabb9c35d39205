import { expect } from 'chai'
import fc from 'fast-check'
import { type Merchant, normalise, parseMerchant } from '../../../src/domain/merchant.js'
import {
  type MerchantIds,
  type MerchantRule,
  type MerchantRuleByName,
  slotOf,
} from '../../../src/domain/merchant-rule.js'
import { merchantRules } from '../../../src/domain/merchant-rule-index.js'
import { byMerchantId, byTaxId, de43, ruleOf } from './builders.js'

/** A rule for the merchant ACME*SHOP in SAO PAULO, BR. */
const rule = (
  id: string,
  match: MerchantRuleByName['match'],
  name: string,
  bound: Partial<MerchantRuleByName> = {},
) => ruleOf({ id, match, name, ...bound })

const city = { city: 'SAO PAULO' }
const country = { country: 'BR' }

describe('precedence of merchant rules', () => {
  const ids = { merchantTaxId: '12ABC34501DE35', acquirerId: '0042', merchantId: 'LOJA 1' }
  const pairs: readonly (readonly [string, MerchantRule, MerchantRule])[] = [
    ['tax id over merchant id', byTaxId('won'), byMerchantId('lost')],
    ['tax id over exact', byTaxId('won'), rule('lost', 'EXACT', 'ACME*SHOP', { ...city, ...country })],
    ['merchant id over exact', byMerchantId('won'), rule('lost', 'EXACT', 'ACME*SHOP', city)],
    ['merchant id over prefix', byMerchantId('won'), rule('lost', 'PREFIX', 'ACME')],
    ['exact over prefix', rule('won', 'EXACT', 'ACME*SHOP'), rule('lost', 'PREFIX', 'ACME*SHOP')],
    [
      'exact over a prefix that is bound',
      rule('won', 'EXACT', 'ACME*SHOP'),
      rule('lost', 'PREFIX', 'ACME*SHOP', { ...city, ...country }),
    ],
    ['longer over shorter', rule('won', 'PREFIX', 'ACME*'), rule('lost', 'PREFIX', 'ACME')],
    [
      'longer over a shorter one that is bound',
      rule('won', 'PREFIX', 'ACME*'),
      rule('lost', 'PREFIX', 'ACME', { ...city, ...country }),
    ],
    [
      'bound to a city over unbound',
      rule('won', 'EXACT', 'ACME*SHOP', city),
      rule('lost', 'EXACT', 'ACME*SHOP'),
    ],
    [
      'bound to a country over unbound',
      rule('won', 'PREFIX', 'ACME', country),
      rule('lost', 'PREFIX', 'ACME'),
    ],
    [
      'bound to a city over bound to a country',
      rule('won', 'PREFIX', 'ACME', city),
      rule('lost', 'PREFIX', 'ACME', country),
    ],
    [
      'bound to city and country over bound to a city',
      rule('won', 'EXACT', 'ACME*SHOP', { ...city, ...country }),
      rule('lost', 'EXACT', 'ACME*SHOP', city),
    ],
  ]
  for (const [what, won, lost] of pairs) {
    for (const rules of [
      [won, lost],
      [lost, won],
    ] as const) {
      it(`puts ${what} (${rules[0].id} given first)`, () => {
        const merchant = parseMerchant(de43({ name: 'ACME*SHOP' }))
        expect(merchantRules(rules).resolve(merchant, ids)?.id).to.equal('won')
      })
    }
  }

  it('takes the rule by name for a purchase without the ids of better rules', () => {
    const rules = merchantRules([byTaxId('tax'), byMerchantId('id'), rule('name', 'PREFIX', 'ACME')])
    const merchant = parseMerchant(de43({ name: 'ACME*SHOP' }))
    const others: readonly (MerchantIds | undefined)[] = [
      undefined,
      {},
      { merchantTaxId: '11222333000181' },
      { acquirerId: '0042' },
      { merchantId: 'LOJA 1' },
      { acquirerId: '42', merchantId: 'LOJA 1' },
      { acquirerId: '0042', merchantId: 'loja 1' },
    ]
    for (const one of others) expect(rules.resolve(merchant, one)?.id, JSON.stringify(one)).to.equal('name')
  })

  it('covers merchants of any name by an id, and none by an id that is written in the name', () => {
    const rules = merchantRules([byTaxId('tax'), byMerchantId('id')])
    expect(rules.resolve({ name: '' }, ids)?.id).to.equal('tax')
    for (const name of ['12ABC34501DE35', '0042/LOJA 1', '0042/LOJA']) {
      expect(rules.resolve({ name }), name).to.equal(undefined)
    }
  })

  it('skips a better rule that is bound to another place', () => {
    const rules = [rule('elsewhere', 'EXACT', 'ACME*SHOP', { city: 'SANTOS' }), rule('won', 'PREFIX', 'ACME')]
    const merchant = parseMerchant(de43({ name: 'ACME*SHOP' }))
    expect(merchantRules(rules).resolve(merchant)?.id).to.equal('won')
  })

  it('finds nothing without rules', () => {
    expect(merchantRules([]).resolve({ name: 'ACME' })).to.equal(undefined)
  })
})

describe('merchant rules that tie', () => {
  /** The id of the rule that decides for a merchant of the first rule, and the outcomes of the others. */
  function deciding(...rules: readonly [MerchantRuleByName, ...MerchantRuleByName[]]) {
    const { name, city = 'SANTOS', country = 'BR' } = slotOf(rules[0])
    const { winner, passedOver } = merchantRules(rules).explain({ name, city, country })
    return [winner?.id, passedOver.map(({ rule: one, why }) => `${one.id} ${why}`)] as const
  }

  const ties: readonly (readonly [string, Partial<MerchantRuleByName>, Partial<MerchantRuleByName>])[] = [
    ['the same name', { name: 'ACME' }, { name: 'ACME', mcc: '5811' }],
    ['the same normal form', { name: 'Açaí' }, { name: ' ACAI' }],
    ['the same prefix', { match: 'PREFIX', name: 'ACME' }, { match: 'PREFIX', name: 'ACME ' }],
    ['a star with and without a space', { name: 'UBER *TRIP' }, { name: 'UBER*TRIP' }],
    ['the same city', { city: 'SÃO PAULO' }, { city: 'Sao Paulo' }],
    ['cities cut to the same twelve characters', { city: 'RIO DE JANEIRO' }, { city: 'RIO DE JANEI' }],
    ['the same country', { country: 'br' }, { country: 'BR' }],
  ]
  for (const [what, one, other] of ties) {
    it(`have ${what}: the lower id decides, in any order`, () => {
      const rules = [ruleOf({ id: 'a', ...one }), ruleOf({ id: 'b', ...other })] as const
      expect(deciding(...rules)).to.deep.equal(['a', ['b TIE']])
      expect(deciding(rules[1], rules[0])).to.deep.equal(['a', ['b TIE']])
    })
  }

  const distinct: readonly (readonly [string, Partial<MerchantRuleByName>, Partial<MerchantRuleByName>])[] = [
    ['exact and prefix', { match: 'EXACT' }, { match: 'PREFIX' }],
    ['a city and none', { city: 'SANTOS' }, {}],
    ['a city and a country', { city: 'SANTOS' }, { country: 'BR' }],
    ['two cities', { city: 'SANTOS' }, { city: 'GOIANIA' }],
    ['two countries of one city', { city: 'SANTOS', country: 'BR' }, { city: 'SANTOS', country: 'PT' }],
    ['a star and none', { match: 'PREFIX', name: 'ACME' }, { match: 'PREFIX', name: 'ACME*' }],
  ]
  for (const [what, one, other] of distinct) {
    it(`do not tie with ${what}`, () => {
      const [, passedOver] = deciding(ruleOf({ id: 'a', ...one }), ruleOf({ id: 'b', ...other }))
      expect(passedOver).not.to.include('b TIE')
    })
  }
})

type Asked = { readonly merchant: Merchant; readonly ids: MerchantIds }

/** The deciding rule by a linear scan: filter the matching rules, take the best. */
function scan(rules: readonly MerchantRule[], { merchant, ids }: Asked): MerchantRule | undefined {
  const kinds = ['PREFIX', 'EXACT', 'MERCHANT_ID', 'TAX_ID']
  const kind = ({ match }: MerchantRule) => kinds.indexOf(match)
  const length = ({ name = '' }: MerchantRule) => name.length
  const places = (r: MerchantRule) => (r.city !== undefined ? 2 : 0) + (r.country !== undefined ? 1 : 0)
  const [best] = rules
    .filter((one) => covers(one, merchant, ids))
    .sort((a, b) => kind(b) - kind(a) || length(b) - length(a) || places(b) - places(a))
  return best
}

function covers(rule: MerchantRule, merchant: Merchant, ids: MerchantIds): boolean {
  if (rule.match === 'TAX_ID') return rule.merchantTaxId === ids.merchantTaxId
  if (rule.match === 'MERCHANT_ID')
    return rule.acquirerId === ids.acquirerId && rule.merchantId === ids.merchantId
  return coversName(rule, merchant) && coversPlace(rule, merchant)
}

function coversName({ match, name }: MerchantRuleByName, merchant: Merchant): boolean {
  if (match === 'EXACT') return merchant.name === name
  if (name === '' || !merchant.name.startsWith(name)) return false
  return !/^[A-Z]{2}$/.test(merchant.name.slice(name.length - 1, name.length + 1))
}

function coversPlace(bound: MerchantRuleByName, merchant: Merchant): boolean {
  if (bound.city !== undefined && bound.city !== merchant.city) return false
  return bound.country === undefined || bound.country === merchant.country
}

describe('hundreds of merchant rules', () => {
  // Few letters and few places, already normalised, so that rules and merchants often match.
  const name = fc.string({ unit: fc.constantFrom('A', 'B', ' ', '*', '.'), maxLength: 6 }).map(normalise)
  const place = {
    city: fc.constantFrom('SANTOS', 'OLINDA'),
    country: fc.constantFrom('BR', 'PT'),
  }
  const taxId = fc.constantFrom('12ABC34501DE35', '11222333000181')
  const atAcquirer = {
    acquirerId: fc.constantFrom('1', '11'),
    merchantId: fc.constantFrom('1', '1/1', '/1'),
  }
  const byName = fc.record(
    {
      match: fc.constantFrom('EXACT' as const, 'PREFIX' as const),
      name: name.filter((text) => text !== ''),
      ...place,
    },
    { requiredKeys: ['match', 'name'] },
  )
  const anyRule = fc.oneof(
    { weight: 20, arbitrary: byName },
    { weight: 1, arbitrary: fc.record({ match: fc.constant('TAX_ID' as const), merchantTaxId: taxId }) },
    { weight: 2, arbitrary: fc.record({ match: fc.constant('MERCHANT_ID' as const), ...atAcquirer }) },
  )
  const anyRules = fc
    .uniqueArray(anyRule, {
      maxLength: 100,
      selector: (r) => JSON.stringify(Object.entries(r).sort()),
    })
    .map((list) => list.map((r, index): MerchantRule => ({ ...r, id: `rule-${index}`, mcc: '5411' })))
  const anyMerchant: fc.Arbitrary<Asked> = fc.record({
    merchant: fc.oneof(fc.record({ name }), fc.record({ name, ...place })),
    ids: fc.oneof(fc.constant({}), fc.record({ merchantTaxId: taxId, ...atAcquirer }, { requiredKeys: [] })),
  })

  it('lead to the same rule as a linear scan', () => {
    fc.assert(
      fc.property(anyRules, fc.array(anyMerchant, { minLength: 1, maxLength: 20 }), (rules, merchants) => {
        const index = merchantRules(rules)
        for (const one of merchants) {
          const found = index.resolve(one.merchant, one.ids)?.id
          expect(found, JSON.stringify(one)).to.equal(scan(rules, one)?.id)
        }
      }),
      { numRuns: 500 },
    )
  })

  it('lead to the same rule in any order', () => {
    fc.assert(
      fc.property(anyRules, anyMerchant, (rules, { merchant, ids }) => {
        const reversed = merchantRules([...rules].reverse())
        expect(reversed.resolve(merchant, ids)?.id).to.equal(merchantRules(rules).resolve(merchant, ids)?.id)
      }),
    )
  })
})
