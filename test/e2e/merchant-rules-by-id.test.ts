import { expect } from 'chai'
import {
  MerchantRuleCalls,
  ruleUpdate,
  type WireResolution,
  type WireRule,
} from '../support/clients/merchant-rule-calls.js'
import { eventually } from '../support/eventually.js'
import { useService } from '../support/processes/service-fixture.js'

const EXACT = 'MERCHANT_RULE_MATCH_EXACT'
const TAX_ID = 'MERCHANT_RULE_MATCH_TAX_ID'
const MERCHANT_ID = 'MERCHANT_RULE_MATCH_MERCHANT_ID'

type Page = { readonly merchant_rules: readonly WireRule[] }

describe('a merchant rule by id over the wire', () => {
  const fixture = useService()
  let calls: MerchantRuleCalls
  before(() => {
    calls = new MerchantRuleCalls(fixture().service.grpcAddress)
  })
  after(() => calls?.close())

  const company = { match: TAX_ID, merchant_tax_id: '12ABC34501DE35', mcc: '5811' }
  const atAcquirer = { match: MERCHANT_ID, acquirer_id: '0042', merchant_id: 'LOJA 1', mcc: '5812' }

  it('is read as it was created, the CNPJ without punctuation', async () => {
    const tax = await calls.create({ id: 'by-tax', ...company, merchant_tax_id: '12.abc.345/01de-35' })
    expect(tax).to.deep.include({ id: 'by-tax', ...company, name: '', acquirer_id: '' })
    const merchant = await calls.create({ id: 'by-merchant', ...atAcquirer })
    expect(merchant).to.deep.include({ id: 'by-merchant', ...atAcquirer, merchant_tax_id: '' })
    expect([await calls.get('by-tax'), await calls.get('by-merchant')]).to.deep.equal([tax, merchant])
    for (const [asked, id] of [
      [{ merchant_tax_id: '12.ABC.345/01DE-35' }, 'by-tax'],
      [{ acquirer_id: '0042' }, 'by-merchant'],
      [{ match: MERCHANT_ID, merchant_id: 'LOJA 1' }, 'by-merchant'],
    ] as const) {
      const page = await calls.call<Page>('ListMerchantRules', asked)
      expect(page.merchant_rules.map((rule) => rule.id)).to.deep.equal([id])
    }
  })

  it('ties with another one for the same merchant', async () => {
    for (const [rule, id] of [
      [company, 'by-tax'],
      [atAcquirer, 'by-merchant'],
    ] as const) {
      const { message } = await calls.fail('CreateMerchantRule', {
        merchant_rule: { id: 'second', ...rule },
      })
      expect(message).to.contain(`another merchant rule covers the same merchants: rule ${id}`)
    }
  })

  it('decides before rules by name, and ResolveMerchant says so', async () => {
    const name = 'Armarinho Central'
    const { id: named } = await calls.create({ id: 'named', match: EXACT, name, mcc: '5411' })
    const ids = { merchant_tax_id: '12ABC34501DE35', acquirer_id: '0042', merchant_id: 'LOJA 1' }
    const resolved = await eventually('all three rules are in use', async () => {
      const answer = await calls.call<WireResolution>('ResolveMerchant', { merchant: name, ...ids })
      return answer.passed_over.length === 2 && answer
    })
    expect(resolved.merchant_rule).to.deep.include({ id: 'by-tax', ...company })
    expect(resolved.passed_over.map(({ merchant_rule: { id }, reason }) => [id, reason])).to.deep.equal([
      ['by-merchant', 'PASSED_OVER_REASON_BY_MERCHANT_ID'],
      [named, 'PASSED_OVER_REASON_BY_NAME'],
    ])
    const without = await calls.call<WireResolution>('ResolveMerchant', { merchant: name })
    expect(without.merchant_rule?.id).to.equal(named)
  })

  it('gets a name, and an id again, by masks that name the fields of both', async () => {
    const { id = '', name = '' } = await calls.create({
      id: 'moving',
      match: EXACT,
      name: 'Loja',
      city: 'Santos',
      mcc: '5411',
    })
    const byId = { id, match: TAX_ID, merchant_tax_id: '11.222.333/0001-81' }
    const early = await calls.fail('UpdateMerchantRule', ruleUpdate(byId))
    expect(early.badFields).to.deep.equal(['merchant_rule.name', 'merchant_rule.city'])
    const lone = await calls.fail('UpdateMerchantRule', ruleUpdate({ id, match: TAX_ID }, 'match'))
    expect(lone.badFields).to.include('merchant_rule.merchant_tax_id')
    await calls.call('UpdateMerchantRule', ruleUpdate(byId, 'match', 'name', 'city', 'merchant_tax_id'))
    expect(await calls.get(id)).to.deep.include({
      ...byId,
      merchant_tax_id: '11222333000181',
      name: '',
      city: '',
    })
    await calls.call('UpdateMerchantRule', ruleUpdate({ id, mcc: '5999' }))
    expect(await calls.get(id)).to.deep.include({ merchant_tax_id: '11222333000181', mcc: '5999' })
    const named = { id, match: EXACT, name }
    await calls.call('UpdateMerchantRule', ruleUpdate(named, 'match', 'name', 'merchant_tax_id'))
    expect(await calls.get(id)).to.deep.include({ ...named, merchant_tax_id: '' })
  })

  const bad: readonly (readonly [string, WireRule, readonly string[]])[] = [
    ['wrong check digits', { ...company, merchant_tax_id: '12ABC34501DE36' }, ['merchant_tax_id']],
    ['no tax id', { match: TAX_ID, mcc: '5811' }, ['merchant_tax_id']],
    ['a name, too', { ...company, name: 'ACME' }, ['name']],
    [
      'the fields of all ways',
      { ...company, ...atAcquirer, name: 'ACME', city: 'SANTOS', country: 'BR' },
      ['name', 'city', 'country', 'merchant_tax_id'],
    ],
    ['half of the ids', { ...atAcquirer, acquirer_id: '' }, ['acquirer_id']],
    [
      'an id in a rule by name',
      { match: EXACT, name: 'Loja', mcc: '5411', acquirer_id: '42', merchant_id: '1' },
      ['acquirer_id', 'merchant_id'],
    ],
  ]
  for (const [what, merchant_rule, fields] of bad) {
    it(`is rejected with ${what}`, async () => {
      const { code, badFields } = await calls.fail('CreateMerchantRule', { merchant_rule })
      expect(code).to.equal('INVALID_ARGUMENT')
      expect(badFields).to.deep.equal(fields.map((field) => `merchant_rule.${field}`))
    })
  }

  it('is not looked for by ids of another form', async () => {
    const ids = { merchant_tax_id: '123', acquirer_id: 'x', merchant_id: ' ' }
    const fields = ['merchant_tax_id', 'acquirer_id', 'merchant_id']
    expect((await calls.fail('ResolveMerchant', ids)).badFields).to.deep.equal(fields)
    expect((await calls.fail('ListMerchantRules', ids)).badFields).to.deep.equal(fields)
  })
})
