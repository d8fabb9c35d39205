import { expect } from 'chai'
import { purchase, TestClient } from '../support/clients/client.js'
import {
  type ImportOutcome,
  MerchantRuleCalls,
  ruleUpdate,
  type WireImport,
  type WireResolution,
  type WireRule,
} from '../support/clients/merchant-rule-calls.js'
import { ServiceCalls } from '../support/clients/service-call.js'
import { eventually } from '../support/eventually.js'
import { serviceEnvironment } from '../support/processes/service-fixture.js'
import { useServices } from '../support/processes/service-process.js'

const EXACT = 'MERCHANT_RULE_MATCH_EXACT'
const PREFIX = 'MERCHANT_RULE_MATCH_PREFIX'
const TAX_ID = 'MERCHANT_RULE_MATCH_TAX_ID'

type Answer = { readonly merchant_rule: WireRule }
type Page = { readonly merchant_rules: readonly WireRule[]; readonly next_page_token: string }
type Simulation = {
  readonly rules: readonly { readonly merchant_rule: string; readonly outcome: string }[]
  readonly merchant: { readonly name: string }
}

/** A rule for a name that no other test has. */
let names = 0
function fresh(over: WireRule = {}): WireRule & { readonly id: string; readonly name: string } {
  names += 1
  return { id: `rule-${names}`, match: EXACT, name: `Loja ${names}`, mcc: '5411', ...over } as WireRule & {
    readonly id: string
    readonly name: string
  }
}

describe('MerchantRuleService over the wire', () => {
  const start = useServices()
  let calls: MerchantRuleCalls
  let otherCalls: MerchantRuleCalls
  let client: TestClient
  let simulations: ServiceCalls

  before(async () => {
    const env = await serviceEnvironment()
    const one = await start(env)
    const other = await start(env)
    await Promise.all([one, other].map((service) => service.untilEvent('serving')))
    calls = new MerchantRuleCalls(one.grpcAddress)
    otherCalls = new MerchantRuleCalls(other.grpcAddress)
    client = new TestClient(other.grpcAddress)
    simulations = new ServiceCalls(one.grpcAddress, 'benefits.v1.AuthorizationService')
  })
  after(() => {
    calls.close()
    otherCalls.close()
    client.close()
    simulations.close()
  })

  const create = (rule: WireRule) => calls.create(rule)
  const get = (id: string) => calls.get(id)

  describe('CreateMerchantRule', () => {
    it('creates the rule that GetMerchantRule returns', async () => {
      const rule = fresh({ match: PREFIX, city: 'São Paulo', country: 'br' })
      const created = await create(rule)
      expect(created).to.deep.include({ ...rule, country: 'BR', subject: 'switch' })
      expect(created.etag).to.match(/^\d+$/)
      expect(await get(rule.id)).to.deep.equal(created)
    })

    it('generates an id when the request has none', async () => {
      const { id = '' } = await create(fresh({ id: '' }))
      expect(id).to.match(/^[0-9a-f-]{36}$/)
    })

    it('is rejected when the id is taken', async () => {
      const { id } = await create(fresh())
      const { code, info } = await calls.fail('CreateMerchantRule', {
        merchant_rule: fresh({ id: id ?? '' }),
      })
      expect([code, info?.reason]).to.deep.equal(['ALREADY_EXISTS', 'MERCHANT_RULE_EXISTS'])
    })

    it('is rejected for a tie, with the name of the other rule', async () => {
      const { id, name } = await create(fresh())
      const second = fresh({ name: `${name?.toLowerCase()}  ` })
      const { code, info, message } = await calls.fail('CreateMerchantRule', { merchant_rule: second })
      expect([code, info?.reason]).to.deep.equal(['ALREADY_EXISTS', 'MERCHANT_RULES_TIE'])
      expect(message).to.contain(`rule ${id}`)
    })

    it('accepts one of many concurrent tied rules, on either process', async () => {
      const rules = Array.from({ length: 6 }, () => fresh({ name: 'Disputada' }))
      const outcomes = await Promise.all(
        rules.map((merchant_rule, at) =>
          (at % 2 ? calls : otherCalls).call('CreateMerchantRule', { merchant_rule }).then(
            () => 'created',
            (error: Error) => (error.message.includes('ALREADY_EXISTS') ? 'rejected' : error.message),
          ),
        ),
      )
      expect([...outcomes].sort()).to.deep.equal(['created', ...Array(5).fill('rejected')])
    })

    it('names every invalid field', async () => {
      const bad = { id: 'a b', name: ' ', city: ' ', country: 'BRA', mcc: '1' }
      const { code, badFields } = await calls.fail('CreateMerchantRule', { merchant_rule: bad })
      expect(code).to.equal('INVALID_ARGUMENT')
      expect(badFields).to.deep.equal(
        ['match', 'id', 'name', 'city', 'country', 'mcc'].map((field) => `merchant_rule.${field}`),
      )
    })

    it('requires a rule', async () => {
      expect((await calls.fail('CreateMerchantRule', {})).badFields).to.deep.equal(['merchant_rule'])
    })
  })

  it('GetMerchantRule reports a missing rule', async () => {
    const { code, info } = await calls.fail('GetMerchantRule', { merchant_rule_id: 'nobody' })
    expect([code, info?.reason]).to.deep.equal(['NOT_FOUND', 'MERCHANT_RULE_NOT_FOUND'])
  })

  it('ListMerchantRules returns every rule once, in pages, while others come and go', async () => {
    const ids = Array.from({ length: 5 }, (_, at) => `page-${at}`)
    for (const id of ids) await create(fresh({ id, mcc: '7032' }))
    const seen: (string | undefined)[] = []
    let page_token = ''
    do {
      const page = await calls.call<Page>('ListMerchantRules', { page_size: 2, page_token, mcc: '7032' })
      seen.push(...page.merchant_rules.map(({ id }) => id))
      page_token = page.next_page_token
      if (seen.length === 2) {
        await create(fresh({ id: 'page-0b', mcc: '7032' }))
        await calls.call('DeleteMerchantRule', { merchant_rule_id: 'page-1' })
      }
    } while (page_token !== '')
    expect(seen).to.deep.equal(ids)
  })

  it('ListMerchantRules compares normalised names and cities', async () => {
    const { id } = await create(fresh({ name: 'Ração & Cia', city: 'Rio de Janeiro' }))
    const asked = { name_prefix: 'racao &', city: 'RIO DE JANEI', match: EXACT }
    const { merchant_rules } = await calls.call<Page>('ListMerchantRules', asked)
    expect(merchant_rules.map((rule) => rule.id)).to.deep.equal([id])
  })

  it('rejects a rule whose normalised name is empty', async () => {
    const { badFields } = await calls.fail('CreateMerchantRule', {
      merchant_rule: fresh({ name: '\u200b\u00ad' }),
    })
    expect(badFields).to.deep.equal(['merchant_rule.name'])
  })

  const written: readonly (readonly [string, string, string])[] = [
    ['UBER*', 'UBER *TRIP', 'UBER*TRIP'],
    ['IFD*', 'IFD *PIZZARIA', 'IFD*PIZZARIA'],
    ['PAG*', 'PAG *JOSE', 'PAG*JOSE'],
    ['AMAZON', 'AMAZON.COM.BR', 'AMAZON.COM.BR'],
    ['DROGARIA D’OESTE', 'Drogari\u0301a D´Oeste – Matriz', "DROGARIA D'OESTE - MATRIZ"],
    ['ZERO WIDTH', '\u202eZERO\u200b WI\u00adDTH', 'ZERO WIDTH'],
  ]
  for (const [name, merchant, normal] of written) {
    it(`covers ${normal} in any spelling by PREFIX ${name}, in ResolveMerchant and in Simulate`, async () => {
      const { id } = await create(fresh({ name, match: PREFIX }))
      await eventually('the rule is in use', async () => {
        const resolved = await calls.call<WireResolution>('ResolveMerchant', { merchant })
        return resolved.name === normal && resolved.merchant_rule?.id === id
      })
      const simulation = await simulations.call<Simulation>('Simulate', purchase({ merchant }))
      expect(simulation.rules).to.deep.equal([{ merchant_rule: id, outcome: 'RULE_OUTCOME_WON' }])
      expect(simulation.merchant.name).to.equal(normal)
    })
  }

  for (const [what, change] of [
    ['as it should be', (merchant: string) => merchant],
    ['with decomposed accents', (merchant: string) => merchant.normalize('NFD')],
    ['with invisible characters', (merchant: string) => merchant.replaceAll('a', '\u200ea\u200b\u00ad')],
  ] as const) {
    it(`finds the city of a DE43 ${what}`, async () => {
      names += 1
      const name = `Açaí dó João ${names}`
      const { id } = await create(fresh({ name, city: 'Maceió', country: 'BR' }))
      const merchant = change(`${name.padEnd(25)}${'Maceió'.padStart(12)} BR`)
      const resolved = await eventually('the rule is in use', async () => {
        const found = await calls.call<WireResolution>('ResolveMerchant', { merchant })
        return found.merchant_rule !== null && found
      })
      expect([resolved.merchant_rule?.id, resolved.city]).to.deep.equal([id, 'MACEIO'])
    })
  }

  it('does not cover ARABICA LANCHES by PREFIX ARAB', async () => {
    const { id } = await create(fresh({ name: 'ARAB', match: PREFIX }))
    const passedOver = await eventually('the rule is looked at', async () => {
      const { merchant_rule, passed_over } = await calls.call<WireResolution>('ResolveMerchant', {
        merchant: 'ARABICA LANCHES',
      })
      expect(merchant_rule).to.equal(null)
      return passed_over.length > 0 && passed_over
    })
    expect(passedOver.map((one) => [one.merchant_rule.id, one.reason])).to.deep.equal([
      [id, 'PASSED_OVER_REASON_INSIDE_WORD'],
    ])
  })

  it('ListMerchantRules names every invalid filter, and rejects the page token of another list', async () => {
    const bad = { match: 7, name_prefix: 'a\n', city: 'c'.repeat(100), country: 'B', mcc: 'x' }
    const { badFields } = await calls.fail('ListMerchantRules', bad)
    expect(badFields).to.deep.equal(['match', 'name_prefix', 'city', 'country', 'mcc'])
    await create(fresh())
    await create(fresh())
    const { next_page_token: page_token } = await calls.call<Page>('ListMerchantRules', { page_size: 1 })
    const other = await calls.fail('ListMerchantRules', { page_token, match: PREFIX })
    expect(other.badFields).to.deep.equal(['page_token'])
  })

  describe('UpdateMerchantRule', () => {
    it('changes the fields in the mask, and clears empty ones', async () => {
      const { id = '', name, etag } = await create(fresh({ city: 'Santos', country: 'BR' }))
      const changed = ruleUpdate({ id, match: PREFIX, mcc: '5812', name: 'not this' }, 'match', 'mcc', 'city')
      await calls.call('UpdateMerchantRule', changed)
      const after = await get(id)
      expect(after).to.deep.include({ id, match: PREFIX, mcc: '5812', name, city: '', country: 'BR' })
      expect(after.etag).not.to.equal(etag)
    })

    it('without a mask changes the given fields', async () => {
      const { id = '', name } = await create(fresh({ city: 'Santos' }))
      await calls.call('UpdateMerchantRule', ruleUpdate({ id, mcc: '5812' }))
      expect(await get(id)).to.deep.include({ match: EXACT, name, city: 'Santos', mcc: '5812' })
    })

    it('is rejected for an outdated etag', async () => {
      const { id = '', etag = '' } = await create(fresh())
      await calls.call('UpdateMerchantRule', ruleUpdate({ id, etag, mcc: '5812' }))
      for (const old of [etag, 'none of ours']) {
        const { code, info } = await calls.fail(
          'UpdateMerchantRule',
          ruleUpdate({ id, etag: old, mcc: '5811' }),
        )
        expect([code, info?.reason]).to.deep.equal(['ABORTED', 'MERCHANT_RULE_CHANGED'])
      }
      expect(await get(id)).to.deep.include({ mcc: '5812' })
    })

    it('is rejected for a tie', async () => {
      const { name } = await create(fresh())
      const { id = '' } = await create(fresh())
      const { info } = await calls.fail('UpdateMerchantRule', ruleUpdate({ id, name: name ?? '' }))
      expect(info?.reason).to.equal('MERCHANT_RULES_TIE')
    })

    it('names exactly the invalid paths of the mask', async () => {
      const bad = ruleUpdate({ id: 'a', name: '', city: ' ', mcc: '1' }, 'name', 'mcc')
      expect((await calls.fail('UpdateMerchantRule', bad)).badFields).to.deep.equal([
        'merchant_rule.name',
        'merchant_rule.mcc',
      ])
      for (const paths of [['etag'], ['id'], ['merchant_rule.mcc']]) {
        const { badFields } = await calls.fail(
          'UpdateMerchantRule',
          ruleUpdate({ id: 'a', mcc: '5411' }, ...paths),
        )
        expect(badFields).to.deep.equal(['update_mask'])
      }
      expect((await calls.fail('UpdateMerchantRule', {})).badFields).to.include('merchant_rule')
    })

    it('reports a missing rule', async () => {
      const { code } = await calls.fail('UpdateMerchantRule', ruleUpdate({ id: 'nobody', mcc: '5411' }))
      expect(code).to.equal('NOT_FOUND')
    })
  })

  it('DeleteMerchantRule returns the deleted rule, if the etag matches', async () => {
    const rule = await create(fresh())
    const asked = { merchant_rule_id: rule.id }
    const late = await calls.fail('DeleteMerchantRule', { ...asked, etag: '1' })
    expect([late.code, late.info?.reason]).to.deep.equal(['ABORTED', 'MERCHANT_RULE_CHANGED'])
    const { merchant_rule } = await calls.call<Answer>('DeleteMerchantRule', { ...asked, etag: rule.etag })
    expect(merchant_rule).to.deep.equal(rule)
    expect((await calls.fail('DeleteMerchantRule', asked)).code).to.equal('NOT_FOUND')
  })

  it('ResolveMerchant names the deciding rule on every process, and why others do not apply', async () => {
    const won = await create(fresh({ match: PREFIX, name: 'Quitanda', city: 'Santos' }))
    const lost = await create(fresh({ match: PREFIX, name: 'Quitanda' }))
    const merchant = 'Quitanda da Ana                SANTOS BR'
    const resolved = await eventually('the other process knows both rules', async () => {
      const answer = await otherCalls.call<WireResolution>('ResolveMerchant', { merchant })
      return answer.passed_over.length === 1 && answer
    })
    expect(resolved).to.deep.include({ name: 'QUITANDA DA ANA', city: 'SANTOS', country: 'BR', more: false })
    expect(resolved.merchant_rule).to.deep.include({ id: won.id })
    expect(resolved.passed_over.map(({ merchant_rule: { id }, reason }) => [id, reason])).to.deep.equal([
      [lost.id, 'PASSED_OVER_REASON_LESS_BOUND'],
    ])
    const decided = await client.decide(purchase({ merchant, mcc: '5999' }))
    expect(decided).to.include({ merchant_rule: won.id, effective_mcc: '5411' })
  })

  it('ResolveMerchant reports a merchant without a rule, and rejects text that is too long', async () => {
    const { merchant_rule, name } = await calls.call<WireResolution>('ResolveMerchant', {
      merchant: 'Ninguém',
    })
    expect([merchant_rule, name]).to.deep.equal([null, 'NINGUEM'])
    const { badFields } = await calls.fail('ResolveMerchant', { merchant: 'x'.repeat(100) })
    expect(badFields).to.deep.equal(['merchant'])
  })

  describe('ImportMerchantRules', () => {
    const counts = (created: number, changed: number, unchanged: number) => ({
      created_count: String(created),
      changed_count: String(changed),
      unchanged_count: String(unchanged),
      rejected_count: '0',
      rejected_rules: [],
    })
    const exported = async (ids: readonly string[]) =>
      (await calls.export()).filter(({ id = '' }) => ids.includes(id)).map(({ id, mcc }) => [id, mcc])

    it('creates and replaces rules in parts, and changes nothing the second time; ExportMerchantRules returns them all', async () => {
      const old = fresh()
      await create(old)
      const byId = { id: 'a-company', match: TAX_ID, merchant_tax_id: '33.000.167/0001-01', mcc: '5541' }
      const rules = [byId, { ...old, mcc: '5812' }, fresh({ match: PREFIX, city: 'Santos' })]
      const parts = [rules.slice(0, 1), [], rules.slice(1)]
      expect(await calls.import(parts)).to.deep.equal({ response: counts(2, 1, 0) })
      expect(await calls.import(parts)).to.deep.equal({ response: counts(0, 0, 3) })
      const sorted = [...rules].sort((a, b) => (a.id < b.id ? -1 : 1)).map(({ id, mcc }) => [id, mcc])
      expect(await exported(rules.map(({ id }) => id))).to.deep.equal(sorted)
    })

    it('changes nothing when a rule is rejected, and reports each rejected rule with its index and the conflicting rule', async () => {
      const there = await create(fresh())
      const good = fresh()
      const twin = fresh()
      const rules = [
        good,
        fresh({ mcc: '1' }),
        twin,
        { ...fresh(), id: good.id },
        fresh({ name: twin.name.toUpperCase() }),
        fresh({ name: there.name ?? '' }),
        fresh({ match: 'MERCHANT_RULE_MATCH_UNSPECIFIED' }),
      ]
      const { rejected_rules, rejected_count, created_count } = answerOf(await calls.import([rules]))
      expect([rejected_count, created_count]).to.deep.equal(['5', '0'])
      expect(
        rejected_rules.map(({ index, reason, other_index = '', other_merchant_rule_id: other }) =>
          [index, reason, other_index, other].join(' ').trim(),
        ),
      ).to.deep.equal([
        '1 INVALID_REQUEST',
        '3 MERCHANT_RULE_EXISTS 0',
        `4 MERCHANT_RULES_TIE 2 ${twin.id}`,
        `5 MERCHANT_RULES_TIE  ${there.id}`,
        '6 INVALID_REQUEST',
      ])
      expect(await exported(rules.map(({ id }) => id))).to.deep.equal([])
    })

    it('lists at most a hundred rejections', async () => {
      const bad = Array.from({ length: 120 }, () => ({ id: '' }))
      const { rejected_rules, rejected_count } = answerOf(await calls.import([bad]))
      expect([rejected_count, rejected_rules.length]).to.deep.equal(['120', 100])
    })

    it('rejects more than a hundred thousand rules', async () => {
      const { error } = await calls.import(Array(13).fill(Array(8_000).fill({})))
      expect([error?.code, error?.badFields]).to.deep.equal(['INVALID_ARGUMENT', ['merchant_rules']])
    })

    it('accepts an empty import, and changes nothing', async () => {
      expect(await calls.import([])).to.deep.equal({ response: counts(0, 0, 0) })
    })

    it('runs one import at a time, and changes nothing when its caller leaves', async () => {
      const left = fresh()
      const open = calls.beginImport([[left]])
      await eventually('another import is rejected', async () => {
        const { error } = await calls.import([])
        return error?.code === 'RESOURCE_EXHAUSTED' && error.info?.reason === 'OVERLOADED'
      })
      open.cancel()
      expect((await open.outcome).error?.code).to.equal('CANCELLED')
      await eventually('others may import again', async () => (await calls.import([])).response)
      expect(await exported([left.id])).to.deep.equal([])
    })
  })
})

function answerOf({ response, error }: ImportOutcome): WireImport {
  if (!response) throw new Error(`${error.code}: ${error.message}`)
  return response
}
