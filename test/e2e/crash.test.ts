import { expect } from 'chai'
import type { Core } from '../../src/service/core.js'
import { type AuthorizeResponse, purchase, TestClient } from '../support/clients/client.js'
import { fundedAccount, openCore } from '../support/database/accounts.js'
import { type Book, readBook, wrongInBooks } from '../support/database/books.js'
import { serviceEnvironment } from '../support/processes/service-fixture.js'
import { useServices } from '../support/processes/service-process.js'

const PURCHASES = 300
/** Number of answers before the service is killed. */
const ANSWERED_BEFORE = 40

describe('a service that is killed during 300 purchases, all sent again afterwards', () => {
  const start = useServices()
  const clients: TestClient[] = []
  const answersBefore: AuthorizeResponse[] = []
  let answersAfter: readonly AuthorizeResponse[]
  let core: Core
  let database: string
  let book: Book

  before(async () => {
    const env = await serviceEnvironment()
    database = env.MONGODB_DATABASE
    core = await openCore(env.MONGODB_URI, database)
    const account_id = await fundedAccount(core, { FOOD: 100_000n, CASH: 50_000n })
    const requests = Array.from({ length: PURCHASES }, () => purchase({ account_id, mcc: '5411' }))

    const first = await start(env)
    await first.untilEvent('serving')
    const client = clientOf(first.grpcAddress)
    // In rows of ten, so that at the kill some are answered, some in flight and some not sent yet.
    for (let row = 0; row < PURCHASES && !first.hasExited; row += 10) {
      const outcomes = await Promise.all(
        requests.slice(row, row + 10).map((request) => client.authorize(request)),
      )
      answersBefore.push(...outcomes.flatMap(({ response }) => response ?? []))
      if (answersBefore.length === ANSWERED_BEFORE) setImmediate(() => first.signal('SIGKILL'))
    }
    await first.untilExit()

    const second = await start(env)
    await second.untilEvent('serving')
    const restarted = clientOf(second.grpcAddress)
    answersAfter = await Promise.all(requests.map((request) => restarted.decide(request)))
    await second.stop()
    book = await readBook(core.client.db(database), account_id)
  })
  after(async () => {
    for (const client of clients) client.close()
    await core.close(1_000)
  })

  function clientOf(address: string): TestClient {
    const client = new TestClient(address)
    clients.push(client)
    return client
  }

  it('had answered some purchases and not others', () => {
    expect(answersBefore.length).to.be.within(ANSWERED_BEFORE, PURCHASES - 1)
  })

  it('keeps every answer that it gave', () => {
    const now = new Map(answersAfter.map((answer) => [answer.transaction_id, answer]))
    const then = answersBefore.map((answer) => ({ ...answer, replayed: true }))
    expect(then.map(({ transaction_id }) => now.get(transaction_id))).to.deep.equal(then)
  })

  it('decides each once: 100 from FOOD, 50 from CASH, and declines the rest for lack of money', () => {
    const payers = ['FOOD', 'CASH', ''].map(
      (wallet) => answersAfter.filter(({ category }) => category === wallet).length,
    )
    expect(payers).to.deep.equal([100, 50, 150])
  })

  it('leaves both balances at 0', () => {
    expect(book.balances).to.deep.equal({ FOOD: 0n, CASH: 0n })
  })

  it('has posted the entries that the killed process left', () => {
    expect(book.posted).to.equal(book.entries.length)
  })

  it('leaves books in which every centavo is explained', async () => {
    expect(await wrongInBooks(core.client.db(database))).to.deep.equal([])
  })
})
