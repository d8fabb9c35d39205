import { expect } from 'chai'
import type { Core } from '../../src/service/core.js'
import { type AuthorizeResponse, purchase, TestClient } from '../support/clients/client.js'
import { fundedAccount, openCore } from '../support/database/accounts.js'
import { readBook, wrongInBooks } from '../support/database/books.js'
import { serviceEnvironment } from '../support/processes/service-fixture.js'
import { useServices } from '../support/processes/service-process.js'

const countOf = (answers: readonly AuthorizeResponse[], wanted: Partial<AuthorizeResponse>) =>
  answers.filter((answer) => Object.entries(wanted).every(([key, value]) => Object(answer)[key] === value))
    .length

describe('two service processes on one database', () => {
  const start = useServices()
  let core: Core
  let database: string
  let clients: readonly TestClient[]

  before(async () => {
    const env = await serviceEnvironment()
    database = env.MONGODB_DATABASE
    const services = await Promise.all([start(env), start(env)])
    await Promise.all(services.map((service) => service.untilEvent('serving')))
    core = await openCore(env.MONGODB_URI, database)
    clients = services.map((service) => new TestClient(service.grpcAddress))
  })
  after(async () => {
    for (const client of clients) client.close()
    await core.close(1_000)
  })

  /** Sends requests at once, in turn to one process and to the other. */
  function sendAll(count: number, request: () => ReturnType<typeof purchase>) {
    const sent = Array.from({ length: count / clients.length }, () =>
      clients.map((client) => client.decide(request())),
    )
    return Promise.all(sent.flat())
  }

  describe('given 100 purchases of 10.00 at once, on FOOD 100.00 and CASH 100.00, at MCC 5411 (L4)', () => {
    let answers: readonly AuthorizeResponse[]
    let accountId: string
    before(async () => {
      accountId = await fundedAccount(core, { FOOD: 10_000n, CASH: 10_000n })
      answers = await sendAll(100, () => purchase({ account_id: accountId, amount: 1_000, mcc: '5411' }))
    })

    for (const [what, count, wanted] of [
      ['10 from FOOD', 10, { code: '00', category: 'FOOD' }],
      ['10 from CASH', 10, { code: '00', category: 'CASH' }],
      ['none 80 times', 80, { code: '51', reason: 'REASON_INSUFFICIENT_BALANCE' }],
    ] as const) {
      it(`pay ${what}`, () => {
        expect(countOf(answers, wanted)).to.equal(count)
      })
    }

    it('leave both balances at 0', async () => {
      const { balances } = await readBook(core.client.db(database), accountId)
      expect(balances).to.deep.equal({ FOOD: 0n, CASH: 0n })
    })
  })

  describe('given one purchase 50 times at once', () => {
    let answers: readonly AuthorizeResponse[]
    let accountId: string
    before(async () => {
      accountId = await fundedAccount(core, { CASH: 5_000n })
      const request = purchase({ account_id: accountId })
      answers = await sendAll(50, () => request)
    })

    it('debit it once', async () => {
      const { balances } = await readBook(core.client.db(database), accountId)
      expect(balances).to.deep.equal({ CASH: 4_000n })
    })

    it('give 50 equal answers', () => {
      const different = new Set(answers.map((answer) => JSON.stringify({ ...answer, replayed: true })))
      expect(different.size).to.equal(1)
    })

    it('mark 49 answers as repeats', () => {
      expect(countOf(answers, { replayed: true })).to.equal(49)
    })
  })

  it("replay each other's decisions", async () => {
    const [one, other] = clients
    const request = purchase({ account_id: await fundedAccount(core, { CASH: 5_000n }) })
    const first = await one?.decide(request)
    expect(await other?.decide(request)).to.deep.equal({ ...first, replayed: true })
  })

  describe('afterwards', () => {
    it('leave books in which every centavo is explained', async () => {
      expect(await wrongInBooks(core.client.db(database))).to.deep.equal([])
    })
  })
})
