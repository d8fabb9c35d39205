import { expect } from 'chai'
import { applyProfile, type KeptCategorySet } from '../../src/domain/category-edit.js'
import { categoryProfiles } from '../../src/domain/category-profile.js'
import { MongoCategoryStore } from '../../src/storage/catalog/mongo-category-store.js'
import { MongoMerchantRuleStore } from '../../src/storage/catalog/mongo-merchant-rule-store.js'
import { type AuthorizeRequest, purchase } from '../support/clients/client.js'
import { fundedAccount } from '../support/database/accounts.js'
import { eventually } from '../support/eventually.js'
import { type ServiceFixture, useService } from '../support/processes/service-fixture.js'

const voucher = { rail: 'RAIL_VOUCHER' } as const
const credit = { rail: 'RAIL_CREDIT' } as const
const merchantTaxId = '12ABC34501DE35'
const approved = { code: '00', reason: 'REASON_APPROVED' }
const wrongRail = {
  code: '07',
  iso8583_code: '57',
  reason: 'REASON_RAIL_NOT_PERMITTED',
  retry: 'RETRY_NEVER',
}
const balances = { FOOD: 5_000n, MEAL: 5_000n, CASH: 5_000n }

/** Sends one purchase on a new account with money in every wallet. */
async function decideOn({ client, core }: ServiceFixture, request: Partial<AuthorizeRequest>) {
  return await client.decide(purchase({ ...request, account_id: await fundedAccount(core, balances) }))
}

/** Applies the profile of Brazil with a rule by tax id, and waits until the service decides by both. */
async function useBrazil(fixture: ServiceFixture): Promise<void> {
  const { core, env } = fixture
  const db = core.client.db(env['MONGODB_DATABASE'])
  const edit = (current: KeptCategorySet) => applyProfile(current, categoryProfiles.brazil)
  await new MongoCategoryStore(db).edit(edit, 'test')
  const rule = { id: 'canteen', match: 'TAX_ID', merchantTaxId, mcc: '5812' } as const
  await new MongoMerchantRuleStore(db).create(rule, 'test')
  await eventually('the service decides by the profile and the rule', async () => {
    const network = { ...voucher, merchant_tax_id: merchantTaxId }
    return (await decideOn(fixture, { mcc: '5999', network })).merchant_rule === 'canteen'
  })
}

describe('rails in the profile of Brazil', () => {
  const fixture = useService()
  before(() => useBrazil(fixture()))

  it('let MEAL pay for a meal over the voucher function', async () => {
    const answer = await decideOn(fixture(), { mcc: '5812', network: voucher })
    expect(answer).to.include({ ...approved, category: 'MEAL' })
  })

  it('let CASH pay for the same meal over credit', async () => {
    const answer = await decideOn(fixture(), { mcc: '5812', network: credit })
    expect(answer).to.include({ ...approved, category: 'CASH' })
  })

  it('decline a voucher purchase that only the free balance could pay', async () => {
    expect(await decideOn(fixture(), { mcc: '5999', network: voucher })).to.include(wrongRail)
  })

  it('accept a purchase without a rail', async () => {
    const answer = await decideOn(fixture(), { mcc: '5812' })
    expect(answer).to.include({ ...approved, category: 'MEAL' })
  })

  it('decide by the MCC of the rule for the merchant’s tax id', async () => {
    const network = { ...voucher, merchant_tax_id: merchantTaxId }
    const answer = await decideOn(fixture(), { mcc: '5999', network })
    expect(answer).to.include({ ...approved, category: 'MEAL', merchant_rule: 'canteen' })
  })

  it('decline gambling as received, although a rule for the tax id replaces the MCC', async () => {
    const network = { ...voucher, merchant_tax_id: merchantTaxId }
    const answer = await decideOn(fixture(), { mcc: '7995', network })
    expect(answer).to.include({ code: '07', reason: 'REASON_MCC_NOT_PERMITTED' })
  })
})

describe('rails with MISSING_RAIL=decline', () => {
  const fixture = useService({ MISSING_RAIL: 'decline' })
  before(() => useBrazil(fixture()))

  it('decline a purchase without a rail', async () => {
    expect(await decideOn(fixture(), { mcc: '5812' })).to.include(wrongRail)
  })

  it('let MEAL pay over the voucher function', async () => {
    const answer = await decideOn(fixture(), { mcc: '5812', network: voucher })
    expect(answer).to.include({ ...approved, category: 'MEAL' })
  })
})
