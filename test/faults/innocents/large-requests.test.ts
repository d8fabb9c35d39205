import { expect } from 'chai'
import { ServiceCalls } from '../../support/clients/service-call.js'
import { besidePurchases, usePopulation } from './population.js'

/** The maximum of a category and of the policy. */
const MCCS = Array.from({ length: 1_000 }, (_, number) => String(1_000 + 2 * number))
const CALLS = 60
const CATEGORIES = 64
const UPDATES = 200
const AT_ONCE = 25

describe('a back office that sends requests of the largest allowed size', function () {
  this.timeout(300_000)
  const fixture = usePopulation()

  async function withCalls(service: string, work: (calls: ServiceCalls) => Promise<void>): Promise<void> {
    const calls = new ServiceCalls(fixture().service.grpcAddress, `benefits.v1.${service}`)
    try {
      await besidePurchases(fixture().service.grpcAddress, () => work(calls))
    } finally {
      calls.close()
    }
  }

  it('changes the policy repeatedly', async () => {
    await withCalls('CategoryService', async (calls) => {
      for (let call = 0; call < CALLS; call++) {
        await calls.call('UpdateMccPolicy', { policy: { never_permitted: MCCS.slice(call % 2) } })
      }
      await calls.call('UpdateMccPolicy', { policy: { never_permitted: [] } })
    })
  })

  it('changes a category repeatedly', async () => {
    await withCalls('CategoryService', async (calls) => {
      for (let call = 0; call < CALLS; call++) {
        await calls.call('UpsertCategory', {
          category: { id: 'LARGE', display_name: `Large ${call}`, order: 90, mccs: MCCS },
        })
      }
    })
  })

  it('changes the limits of 64 wallets, 25 accounts at a time', async () => {
    const { grpcAddress } = fixture().service
    const categories = new ServiceCalls(grpcAddress, 'benefits.v1.CategoryService')
    const { categories: known } = await categories.call<{ categories: { id: string }[] }>(
      'ListCategories',
      {},
    )
    const ids = known.map(({ id }) => id)
    for (let number = 0; ids.length < CATEGORIES; number++) {
      const id = `WALLET_${number}`
      await categories.call('UpsertCategory', {
        category: { id, display_name: id, order: 100 + number, mccs: [String(9_000 + number)] },
      })
      ids.push(id)
    }
    categories.close()
    const wallets = ids.map((category) => ({ category, day_max: '999999999999', month_max: '999999999999' }))
    await withCalls('AccountService', async (calls) => {
      await calls.call('CreateAccount', { account_id: 'limited', request_id: 'open' })
      let answered = 0
      for (let begun = 0; begun < UPDATES; begun += AT_ONCE) {
        const updates = Array.from({ length: AT_ONCE }, (_, place) =>
          calls.call('UpdateAccount', {
            account: { id: 'limited', limits: { purchase_max: String(begun + place + 1), wallets } },
            update_mask: { paths: ['limits'] },
            request_id: `limits-${begun + place}`,
          }),
        )
        answered += (await Promise.all(updates)).length
      }
      expect(answered).to.equal(UPDATES)
    })
  })
})
