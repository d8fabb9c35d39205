import { expect } from 'chai'
import fc from 'fast-check'
import type { Merchant } from '../../../src/domain/merchant.js'
import type { MerchantRule } from '../../../src/domain/merchant-rule.js'
import { type MerchantRuleChange, merchantRules } from '../../../src/domain/merchant-rule-index.js'
import { byMerchantId, byTaxId, ruleOf } from './builders.js'

const change = (upserted: readonly MerchantRule[], deleted: readonly string[] = []): MerchantRuleChange => ({
  upserted,
  deleted,
})

describe('a change of the merchant rule index', () => {
  it('adds, replaces and deletes', () => {
    const index = merchantRules([ruleOf({ id: 'a', name: 'A' }), ruleOf({ id: 'b', name: 'B' })])
    index.apply(change([ruleOf({ id: 'b', name: 'B2' }), ruleOf({ id: 'c', name: 'C' })], ['a']))
    const names = ['A', 'B', 'B2', 'C'].map((name) => index.resolve({ name })?.id)
    expect(names).to.deep.equal([undefined, undefined, 'b', 'c'])
    expect(index.size).to.equal(2)
  })

  it('gives a rule an id in place of a name, and back', () => {
    const index = merchantRules([ruleOf({ id: 'a', name: 'A' })])
    const { merchantTaxId } = byTaxId('a')
    index.apply(change([byTaxId('a')]))
    expect([index.resolve({ name: 'A' }), index.resolve({ name: '' }, { merchantTaxId })?.id]).to.deep.equal([
      undefined,
      'a',
    ])
    index.apply(change([ruleOf({ id: 'a', name: 'A' })]))
    expect(index.resolve({ name: 'A' }, { merchantTaxId })?.match).to.equal('EXACT')
    expect(index.resolve({ name: '' }, { merchantTaxId })).to.equal(undefined)
  })

  it('leaves the lowest id of rules with one tax id to decide', () => {
    const index = merchantRules([byTaxId('c'), byTaxId('a'), byTaxId('b')])
    const deciding = () => index.resolve({ name: '' }, { merchantTaxId: '12ABC34501DE35' })?.id
    expect(deciding()).to.equal('a')
    index.apply(change([], ['a']))
    expect(deciding()).to.equal('b')
  })

  it('lets two rules change places', () => {
    const index = merchantRules([ruleOf({ id: 'a', name: 'A' }), ruleOf({ id: 'b', name: 'B' })])
    index.apply(change([ruleOf({ id: 'a', name: 'B' }), ruleOf({ id: 'b', name: 'A' })]))
    expect(index.resolve({ name: 'A' })?.id).to.equal('b')
    expect(index.resolve({ name: 'B' })?.id).to.equal('a')
  })

  it('lets a rule take the place of a deleted one', () => {
    const index = merchantRules([ruleOf({ id: 'a', city: 'SANTOS' })])
    index.apply(change([ruleOf({ id: 'b', city: 'Santos' })], ['a']))
    expect(index.resolve({ name: 'ACME', city: 'SANTOS', country: 'BR' })?.id).to.equal('b')
  })

  it('that removes the bound rule of a name keeps the unbound one', () => {
    const index = merchantRules([ruleOf({ id: 'anywhere' }), ruleOf({ id: 'bound', country: 'BR' })])
    index.apply(change([], ['bound']))
    expect(index.resolve({ name: 'ACME', city: 'SANTOS', country: 'BR' })?.id).to.equal('anywhere')
  })

  it('that removes the second rule of a name keeps the first', () => {
    const index = merchantRules([ruleOf({ id: 'a', city: 'SANTOS' }), ruleOf({ id: 'b', city: 'OLINDA' })])
    index.apply(change([], ['b']))
    const at = (city: string) => index.resolve({ name: 'ACME', city, country: 'BR' })?.id
    expect([at('SANTOS'), at('OLINDA')]).to.deep.equal(['a', undefined])
  })

  for (const over of [{ country: 'BR' }, { city: 'SANTOS' }]) {
    it(`may bind a second rule of a name by ${Object.keys(over)}`, () => {
      const index = merchantRules([ruleOf({ id: 'anywhere' })])
      index.apply(change([ruleOf({ id: 'bound', ...over })]))
      expect(index.resolve({ name: 'ACME', city: 'SANTOS', country: 'BR' })?.id).to.equal('bound')
    })
  }

  it('that brings many rules applies each of them', () => {
    const many = Array.from({ length: 5_000 }, (_, index) =>
      ruleOf({ id: `r${index}`, name: `SHOP ${index}` }),
    )
    const index = merchantRules(many)
    expect(many.filter(({ id, name }) => index.resolve({ name })?.id !== id)).to.deep.equal([])
  })

  it('may delete a missing rule', () => {
    const index = merchantRules([ruleOf()])
    index.apply(change([], ['nobody']))
    expect(index.size).to.equal(1)
  })

  for (const bound of [{}, { city: 'SANTOS' }]) {
    it(`with a tie lets the lowest id decide, for as long as it exists: ${JSON.stringify(bound)}`, () => {
      const merchant = { name: 'A', city: 'SANTOS', country: 'BR' }
      const tied = ['c', 'a', 'b'].map((id) => ruleOf({ id, name: 'A', ...bound }))
      const index = merchantRules([...tied, ruleOf({ id: 'other', name: 'A', city: 'OLINDA' })])
      const deciding = () => index.resolve(merchant)?.id
      expect([deciding(), index.size]).to.deep.equal(['a', 4])
      index.apply(change([], ['b']))
      expect(deciding()).to.equal('a')
      index.apply(change([], ['a']))
      expect(deciding()).to.equal('c')
      index.apply(change([], ['c']))
      expect(deciding()).to.equal(undefined)
      expect(index.resolve({ name: 'A', city: 'OLINDA', country: 'BR' })?.id).to.equal('other')
    })
  }

  it('that contains a rule twice is rejected without effect', () => {
    const index = merchantRules([])
    const twice = change([ruleOf({ name: 'A' }), ruleOf({ name: 'B' })])
    expect(() => index.apply(twice)).to.throw(RangeError, 'twice')
    expect(index.size).to.equal(0)
  })

  it('leads to the same index as building it from the rules alone, after many changes', () => {
    const name = fc.constantFrom('A', 'A B', 'A*', 'B')
    const named = fc.record(
      {
        id: fc.constantFrom('1', '2', '3', '4', '5'),
        match: fc.constantFrom('EXACT' as const, 'PREFIX' as const),
        name,
        city: fc.constantFrom('SANTOS', 'OLINDA'),
        country: fc.constantFrom('BR', 'PT'),
        mcc: fc.constantFrom('5411', '5812'),
      },
      { requiredKeys: ['id', 'match', 'name', 'mcc'] },
    )
    const ids = { merchantTaxId: '12ABC34501DE35', acquirerId: '0042', merchantId: 'LOJA 1' }
    const bound = fc
      .tuple(fc.constantFrom(byTaxId, byMerchantId), fc.constantFrom('1', '2', '3', '4', '5'))
      .map(([made, id]) => made(id))
    const rule = fc.oneof({ weight: 3, arbitrary: named }, { weight: 1, arbitrary: bound })
    const step = fc.record({
      upserted: fc.uniqueArray(rule, { maxLength: 3, selector: ({ id }) => id }),
      deleted: fc.uniqueArray(fc.constantFrom('1', '2', '3', '4', '5'), { maxLength: 2 }),
    })
    const merchants: readonly Merchant[] = ['A', 'A B', 'A*B', 'B'].flatMap((text) => [
      { name: text },
      { name: text, city: 'SANTOS', country: 'BR' },
      { name: text, city: 'OLINDA', country: 'PT' },
    ])
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        const index = merchantRules([])
        for (const one of steps) index.apply(one)
        const anew = merchantRules([...index.rules()])
        for (const merchant of merchants) {
          expect(index.resolve(merchant)).to.equal(anew.resolve(merchant))
          expect(index.resolve(merchant, ids)).to.equal(anew.resolve(merchant, ids))
          expect(index.explain(merchant, ids).passedOver).to.have.deep.members([
            ...anew.explain(merchant, ids).passedOver,
          ])
        }
      }),
      { numRuns: 300 },
    )
  })
})
