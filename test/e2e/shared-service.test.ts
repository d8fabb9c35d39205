import { expect } from 'chai'
import { type AuthorizeRequest, purchase, TestClient } from '../support/clients/client.js'
import { CreditStreams } from '../support/clients/credit-stream.js'
import { signToken } from '../support/clients/token.js'
import { fundedAccount } from '../support/database/accounts.js'
import { useService } from '../support/processes/service-fixture.js'

const ACCOUNTS = 20
/** Calls that the greedy caller sends at once, and its connections: each may have 128 in flight. */
const GREEDY_CALLS = 512
const GREEDY_CONNECTIONS = 4
/** The modest caller's purchases, and the number of them in flight at once. */
const MODEST_CALLS = 30
const MODEST_AT_ONCE = 10
const CREDITS = 2_000

const longDeadline = { deadlineMs: 60_000 }
const tokenOf = (sub: string) => ({
  ...longDeadline,
  authorization: `Bearer ${signToken({ claims: { sub } })}`,
})

describe('a service shared by several callers', () => {
  const fixture = useService({ QUEUE_MAX: '64', DECISION_TIMEOUT_MS: '60000' })
  let accounts: readonly string[]
  let greedy: readonly TestClient[]

  before(async () => {
    const { core, service } = fixture()
    accounts = await Promise.all(
      Array.from({ length: ACCOUNTS }, () => fundedAccount(core, { CASH: 100_000_000n })),
    )
    greedy = Array.from({ length: GREEDY_CONNECTIONS }, () => new TestClient(service.grpcAddress))
  })
  after(() => {
    for (const client of greedy) client.close()
  })

  it('answers all purchases of a modest caller while a greedy caller has 512 in flight and some rejected', async () => {
    const options = tokenOf('greedy')
    const ofGreedy = Array.from({ length: GREEDY_CALLS }, async (_, index) => {
      const outcome = await greedy[index % greedy.length]?.authorize(anyPurchase(), options)
      return outcome?.error?.code ?? outcome?.response?.code
    })
    const ofModest = await modestPurchases()
    expect(ofModest).to.deep.equal(new Set(['00']))
    expect(new Set(await Promise.all(ofGreedy))).to.deep.equal(new Set(['00', 'RESOURCE_EXHAUSTED']))
  })

  it('answers all purchases during a stream of credits, and books all credits', async () => {
    const streams = new CreditStreams(fixture().service.grpcAddress)
    const credits = Array.from({ length: CREDITS }, (_, index) => ({
      transactionId: `load-${index}`,
      accountId: accounts[index % accounts.length] ?? '',
      category: 'CASH',
      amount: 1n,
      paysOwed: false,
    }))
    const sent = streams.send(credits)
    const modestCodes = await modestPurchases()
    const { summary } = await sent
    streams.close()
    expect(modestCodes).to.deep.equal(new Set(['00']))
    expect(summary?.creditedCount).to.equal(BigInt(CREDITS))
  })

  /** Runs a few callers that each send one purchase after another. Returns the codes of their answers. */
  async function modestPurchases(): Promise<ReadonlySet<string>> {
    const codes = new Set<string>()
    const options = tokenOf('modest')
    const asks = async () => {
      for (let asked = 0; asked < MODEST_CALLS / MODEST_AT_ONCE; asked++) {
        const { response, error } = await fixture().client.authorize(anyPurchase(), options)
        codes.add(response?.code ?? error?.code ?? '')
      }
    }
    await Promise.all(Array.from({ length: MODEST_AT_ONCE }, asks))
    return codes
  }

  let purchases = 0

  function anyPurchase(): AuthorizeRequest {
    purchases += 1
    return purchase({ account_id: accounts[purchases % accounts.length] ?? '', amount: 1 })
  }
})
