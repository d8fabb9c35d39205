import { expect } from 'chai'
import fc from 'fast-check'
import { normalise, parseMerchant } from '../../../src/domain/merchant.js'
import {
  type MerchantIds,
  type MerchantRule,
  type MerchantRuleByName,
  slotKey,
  slotOf,
} from '../../../src/domain/merchant-rule.js'
import { merchantRules } from '../../../src/domain/merchant-rule-index.js'
import { byMerchantId, byTaxId, de43, ruleOf } from './builders.js'

/** The winner's id, then the other rules' ids, each with the reason why it lost. */
function explained(
  merchant: string,
  rules: readonly MerchantRule[],
  ids?: MerchantIds,
): readonly (string | undefined)[] {
  const { winner, passedOver } = merchantRules(rules).explain(parseMerchant(merchant), ids)
  return [winner?.id, ...passedOver.map(({ rule, why }) => `${rule.id} ${why}`)]
}

const keyOf = (rule: MerchantRule) => slotKey(slotOf(rule))
const exact = (id: string, name: string, over: Partial<MerchantRuleByName> = {}) =>
  ruleOf({ id, name, ...over })
const prefix = (id: string, name: string, over: Partial<MerchantRuleByName> = {}) =>
  ruleOf({ id, match: 'PREFIX', name, ...over })

describe('explanation of the deciding merchant rule', () => {
  it('names the winner alone when no other rule comes near', () => {
    expect(explained('UBER', [exact('won', 'UBER'), exact('other', 'PADARIA')])).to.deep.equal(['won'])
  })

  it('searches prefixes of one letter, but not without letters', () => {
    const rules = [prefix('won', 'A B'), prefix('one', 'A'), prefix('none', '')]
    expect(explained('A B', rules)).to.deep.equal(['won', 'one SHORTER'])
  })

  it('is empty when no rule comes near', () => {
    expect(explained('PADARIA', [exact('a', 'UBER'), prefix('b', 'UBER')])).to.deep.equal([undefined])
  })

  const reasons: readonly (readonly [string, MerchantRule, MerchantRule])[] = [
    ['PREFIX', exact('won', 'UBER EATS'), prefix('lost', 'UBER EATS')],
    ['SHORTER', prefix('won', 'UBER EATS'), prefix('lost', 'UBER')],
    ['TIE', prefix('a', 'UBER'), prefix('lost', ' uber ')],
    ['LESS_BOUND', prefix('won', 'UBER', { city: 'SAO PAULO' }), prefix('lost', 'UBER')],
    ['LESS_BOUND', prefix('won', 'UBER', { city: 'SAO PAULO' }), prefix('lost', 'UBER', { country: 'BR' })],
    ['ELSEWHERE', prefix('won', 'UBER'), prefix('lost', 'UBER', { city: 'SANTOS' })],
    ['ELSEWHERE', prefix('won', 'UBER'), exact('lost', 'UBER EATS', { country: 'PT' })],
    ['NOT_WHOLE_NAME', prefix('won', 'UBER'), exact('lost', 'UBER')],
    ['INSIDE_WORD', prefix('won', 'UBER'), prefix('lost', 'UBER EA')],
  ]
  for (const [why, won, lost] of reasons) {
    it(`gives the cause ${why} for ${lost.match} ${lost.name} beside ${won.match} ${won.name}`, () => {
      expect(explained(de43({ name: 'UBER EATS' }), [lost, won])).to.deep.equal([won.id, `lost ${why}`])
    })
  }

  it('says why rules by name and by merchant id lose to one by tax id', () => {
    const rules = [
      exact('elsewhere', 'UBER EATS', { city: 'SANTOS' }),
      exact('name', 'UBER EATS'),
      prefix('prefix', 'UBER'),
      byMerchantId('merchant-id'),
      byTaxId('won'),
      byTaxId('tied', { id: 'x-tied' }),
      byTaxId('another company', { merchantTaxId: '11222333000181' }),
    ]
    const ids = {
      merchantTaxId: '12ABC34501DE35',
      acquirerId: '0042',
      merchantId: 'LOJA 1',
    }
    expect(explained(de43({ name: 'UBER EATS' }), rules, ids)).to.deep.equal([
      'won',
      'x-tied TIE',
      'merchant-id BY_MERCHANT_ID',
      'name BY_NAME',
      'prefix BY_NAME',
      'elsewhere ELSEWHERE',
    ])
    const { merchantTaxId: _, ...withoutTaxId } = ids
    expect(explained(de43({ name: 'UBER EATS' }), rules, withoutTaxId)).to.deep.equal([
      'merchant-id',
      'name BY_NAME',
      'prefix BY_NAME',
      'elsewhere ELSEWHERE',
    ])
  })

  it('reports that a bound rule does not match a bare name', () => {
    expect(explained('UBER', [exact('bound', 'UBER', { city: 'SANTOS' })])).to.deep.equal([
      undefined,
      'bound ELSEWHERE',
    ])
  })

  it('lists matching rules first, by precedence', () => {
    const rules = [
      exact('no', 'UBER EATS', { city: 'SANTOS' }),
      prefix('4', 'UBER'),
      prefix('3', 'UBER', { country: 'BR' }),
      prefix('2', 'UBER EATS', { city: 'SAO PAULO', country: 'BR' }),
      exact('1', 'UBER EATS'),
    ]
    expect(explained(de43({ name: 'UBER EATS' }), rules)).to.deep.equal([
      '1',
      '2 PREFIX',
      '3 PREFIX',
      '4 PREFIX',
      'no ELSEWHERE',
    ])
  })

  it('lists twenty of many, and reports that there are more', () => {
    const cities = Array.from({ length: 21 }, (_, at) => prefix(`r${at}`, 'UBER', { city: `CITY ${at}` }))
    const twenty = merchantRules(cities.slice(1)).explain({ name: 'UBER' })
    expect([twenty.passedOver.length, twenty.more]).to.deep.equal([20, false])
    const more = merchantRules(cities).explain({ name: 'UBER' })
    expect([more.passedOver.length, more.more]).to.deep.equal([20, true])
  })

  it('names the deciding rule, and no rule twice', () => {
    const name = fc
      .string({ unit: fc.constantFrom('A', 'B', ' ', '*'), minLength: 1, maxLength: 5 })
      .map(normalise)
      .filter((text) => text !== '')
    const place = { city: fc.constantFrom('SANTOS', 'OLINDA'), country: fc.constantFrom('BR', 'PT') }
    const rule = fc.record(
      { match: fc.constantFrom('EXACT' as const, 'PREFIX' as const), name, ...place },
      { requiredKeys: ['match', 'name'] },
    )
    const rules = fc
      .array(rule, { maxLength: 12 })
      .map((list) => list.map((r, at): MerchantRule => ({ ...r, id: `rule-${at}`, mcc: '5411' })))
    fc.assert(
      fc.property(rules, fc.record({ name, ...place }), (all, merchant) => {
        const index = merchantRules(all)
        const { winner, passedOver } = index.explain(merchant)
        expect(winner).to.equal(index.resolve(merchant))
        const ids = [...(winner ? [winner] : []), ...passedOver.map(({ rule: one }) => one)].map(
          ({ id }) => id,
        )
        expect(new Set(ids).size).to.equal(ids.length)
        const tying = all.filter((one) => winner && one !== winner && keyOf(one) === keyOf(winner))
        const tied = passedOver.filter(({ why }) => why === 'TIE').map(({ rule: one }) => one)
        expect(tied).to.have.members(tying)
      }),
      { numRuns: 500 },
    )
  })
})
