import { expect } from 'chai'
import type { Core } from '../../src/service/core.js'
import { changeCatalog } from '../../src/storage/catalog/catalog-change.js'
import { type AuthorizeResponse, purchase, TestClient } from '../support/clients/client.js'
import { ServiceCalls } from '../support/clients/service-call.js'
import { fundedAccount, openCore } from '../support/database/accounts.js'
import { eventually } from '../support/eventually.js'
import { readMetric } from '../support/processes/metrics-page.js'
import { serviceEnvironment } from '../support/processes/service-fixture.js'
import { type ServiceProcess, useServices } from '../support/processes/service-process.js'

type Transaction = {
  readonly transaction_id: string
  readonly category: string
  readonly reason: string
  readonly catalog_version: string
}

/** An MCC that FOOD pays for in every other version. */
const MCC = '5999'
const FLIPS = 4

describe('changes of the catalog by one of two processes', () => {
  const start = useServices()
  let services: readonly ServiceProcess[]
  let clients: readonly TestClient[]
  let categories: ServiceCalls
  let accounts: ServiceCalls
  let core: Core
  let database: string

  before(async () => {
    const env = await serviceEnvironment()
    database = env.MONGODB_DATABASE
    services = await Promise.all([start(env), start(env)])
    await Promise.all(services.map((service) => service.untilEvent('serving')))
    clients = services.map(({ grpcAddress }) => new TestClient(grpcAddress))
    core = await openCore(env.MONGODB_URI, env.MONGODB_DATABASE)
    const [first] = services
    if (!first) throw new Error('there are two services')
    categories = new ServiceCalls(first.grpcAddress, 'benefits.v1.CategoryService')
    accounts = new ServiceCalls(first.grpcAddress, 'benefits.v1.AccountService')
  })
  after(async () => {
    for (const client of [...clients, categories, accounts]) client.close()
    await core.close(1_000)
  })

  describe('during decisions on both', () => {
    const walletOf = new Map<string, string>([['1', 'CASH']])
    const answers: AuthorizeResponse[] = []
    const statement: Transaction[] = []

    before(async () => {
      const account_id = await fundedAccount(core, { FOOD: 10_000_000n, CASH: 10_000_000n })
      let isOver = false
      const load = clients
        .flatMap((client) => [client, client, client])
        .map(async (client) => {
          while (!isOver) answers.push(await client.decide(purchase({ account_id, amount: 1, mcc: MCC })))
        })
      try {
        for (let flip = 0; flip < FLIPS; flip++) await changeAndWait(account_id, flip % 2 === 0)
      } finally {
        isOver = true
        await Promise.all(load)
      }
      await readStatement(account_id)
    })

    async function changeAndWait(account_id: string, hasMcc: boolean): Promise<void> {
      const mccs = hasMcc ? ['5411', '5412', MCC] : ['5411', '5412']
      const food = { id: 'FOOD', display_name: 'Food', order: 10, mccs }
      const { category } = await categories.call<{ category: { version: string } }>('UpsertCategory', {
        category: food,
      })
      const wallet = hasMcc ? 'FOOD' : 'CASH'
      walletOf.set(category.version, wallet)
      for (const client of clients) {
        await eventually('the process decides by the new category', async () => {
          const answer = await client.decide(purchase({ account_id, amount: 1, mcc: MCC }))
          answers.push(answer)
          return answer.category === wallet
        })
      }
    }

    async function readStatement(account_id: string): Promise<void> {
      let page_token = ''
      do {
        const request = { account_id, page_size: 1_000, page_token, kind: 'TRANSACTION_KIND_AUTHORIZATION' }
        const page = await accounts.call<{ transactions: Transaction[]; next_page_token: string }>(
          'ListTransactions',
          request,
        )
        statement.push(...page.transactions)
        page_token = page.next_page_token
      } while (page_token !== '')
    }

    it('never lead to a decision that matches neither the old nor the new version', () => {
      const wrong = statement.filter(
        ({ category, catalog_version }) => walletOf.get(catalog_version) !== category,
      )
      expect(wrong).to.deep.equal([])
    })

    it('are recorded in entries: each version has decided at least one purchase', () => {
      const versions = new Set(statement.map(({ catalog_version }) => catalog_version))
      expect([...versions].sort()).to.deep.equal([...walletOf.keys()].sort())
    })

    it('leave each answer equal to its entry', () => {
      const paidBy = new Map(statement.map(({ transaction_id, category }) => [transaction_id, category]))
      const different = answers.filter(
        ({ transaction_id, category }) => paidBy.get(transaction_id) !== category,
      )
      expect([different, answers.length]).to.deep.equal([[], statement.length])
    })

    it('appear in the metrics of both', async () => {
      for (const { httpUrl } of services) {
        expect(await readMetric(httpUrl, 'benefits_catalog_version')).to.equal(1 + FLIPS)
        expect(await readMetric(httpUrl, 'benefits_catalog_refresh_failures_total')).to.equal(0)
        expect(await readMetric(httpUrl, 'benefits_catalog_age_seconds')).to.be.within(0, 60)
      }
    })
  })

  describe('afterwards', () => {
    it('make the other process decline MCCs that are now never permitted', async () => {
      const account_id = await fundedAccount(core, { CASH: 1_000n })
      const policy = { never_permitted: ['7995', '6010-6011'] }
      await categories.call('UpdateMccPolicy', { policy })
      await eventually('the other process declines', async () => {
        const answer = await clients[1]?.decide(purchase({ account_id, amount: 1, mcc: '6011' }))
        return (
          answer?.reason === 'REASON_MCC_NOT_PERMITTED' && `${answer.code} ${answer.iso8583_code}` === '07 57'
        )
      })
    })

    it('apply on the other process when they create a merchant rule', async () => {
      const account_id = await fundedAccount(core, { MEAL: 1_000n })
      await core.merchantRules.create({ id: 'ze', match: 'EXACT', name: 'PADARIA DO ZE', mcc: '5812' }, 'ana')
      for (const client of clients) {
        await eventually('the rule decides', async () => {
          const answer = await client.decide(purchase({ account_id, amount: 1 }))
          return answer.merchant_rule === 'ze' && answer.category === 'MEAL'
        })
      }
    })

    it('appear in /readyz when they are unusable, and decisions continue', async () => {
      const account_id = await fundedAccount(core, { FOOD: 1_000n })
      const [service] = services
      const db = core.client.db(database)
      await changeCatalog(db, async ({ session, version }) => {
        await db
          .collection<{ _id: string }>('categories')
          .updateOne(
            { _id: 'MEAL' },
            { $set: { mccs: ['no MCC'], version } },
            { session, bypassDocumentValidation: true },
          )
      })
      await eventually('it is told', async () => {
        const text = await (await fetch(`${service?.httpUrl}/readyz`)).text()
        return /^ready, with catalog version \d+, which could not be refreshed for \d+ s: .*no MCC/.test(text)
      })
      const answer = await clients[0]?.decide(purchase({ account_id, amount: 1, mcc: '5411', merchant: '' }))
      expect(answer?.category).to.equal('FOOD')
      expect(await readMetric(service?.httpUrl ?? '', 'benefits_catalog_refresh_failures_total')).to.be.above(
        0,
      )
    })
  })
})
