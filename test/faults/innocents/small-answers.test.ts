import { Client, credentials } from '@grpc/grpc-js'
import { expect } from 'chai'
import { metadataOf, purchase } from '../../support/clients/client.js'
import { methodNamed } from '../../support/clients/contract.js'
import { fundedAccount } from '../../support/database/accounts.js'
import { besidePurchases, CALL_MS_MAX, usePopulation } from './population.js'

const CALLS = 300
/** A merchant rule that the consoles look at. */
const RULE = 'acme'
/** Connections for the calls, like those of several back offices. */
const CONNECTIONS = 10

describe('many consoles at once', function () {
  this.timeout(300_000)
  const fixture = usePopulation()
  let accountId = ''
  before(async () => {
    const { core } = fixture()
    accountId = await fundedAccount(core, { CASH: 1_000n })
    await core.merchantRules.create({ id: RULE, name: 'ACME', match: 'EXACT', mcc: '5411' }, 'test')
  })

  /** Makes the same call 300 times at once, and counts the status codes. */
  async function askAtOnce(path: string, request: object): Promise<Readonly<Record<string, number>>> {
    const [service = '', name = ''] = path.split('/')
    const method = methodNamed<object, object>(`benefits.v1.${service}`, name)
    const clients = Array.from(
      { length: CONNECTIONS },
      () =>
        new Client(fixture().service.grpcAddress, credentials.createInsecure(), {
          'grpc.enable_retries': 0,
          'grpc.use_local_subchannel_pool': 1,
        }),
    )
    const counts: Record<string, number> = {}
    const ask = (client: Client) =>
      new Promise<void>((resolve) => {
        const options = { deadline: Date.now() + CALL_MS_MAX }
        const { path: at, requestSerialize, responseDeserialize } = method
        client.makeUnaryRequest(
          at,
          requestSerialize,
          responseDeserialize,
          request,
          metadataOf({}),
          options,
          (error) => {
            const end = error?.message ?? 'OK'
            counts[end] = (counts[end] ?? 0) + 1
            resolve()
          },
        )
      })
    try {
      await Promise.all(
        clients.flatMap((client) => Array.from({ length: CALLS / CONNECTIONS }, () => ask(client))),
      )
      return counts
    } finally {
      for (const client of clients) client.close()
    }
  }

  const { merchant } = purchase({})
  const calls: Readonly<Record<string, () => object>> = {
    'CategoryService/ListCategories': () => ({}),
    'CategoryService/GetCategory': () => ({ category_id: 'CASH' }),
    'CategoryService/GetMccPolicy': () => ({}),
    'MerchantRuleService/ListMerchantRules': () => ({ page_size: 20 }),
    'MerchantRuleService/GetMerchantRule': () => ({ merchant_rule_id: RULE }),
    'MerchantRuleService/ResolveMerchant': () => ({ merchant }),
    'AccountService/GetAccount': () => ({ account_id: accountId }),
    'AccountService/GetTransaction': () => ({ account_id: accountId, transaction_id: 'credit:CASH' }),
    'AccountService/ListAccounts': () => ({ page_size: 20 }),
    'AccountService/ListTransactions': () => ({ account_id: accountId, page_size: 20 }),
    'ActivityService/GetActivity': () => ({}),
    'AuthorizationService/Simulate': () => {
      const { transaction_id: _, ...simulated } = purchase({ account_id: accountId })
      return simulated
    },
  }
  for (const [path, request] of Object.entries(calls)) {
    it(`get every answer: ${path}`, async () => {
      const { grpcAddress } = fixture().service
      const counts = await besidePurchases(grpcAddress, () => askAtOnce(path, request()))
      expect(counts).to.deep.equal({ OK: CALLS })
    })
  }
})
