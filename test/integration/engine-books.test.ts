import { expect } from 'chai'
import { creditAccount } from '../../src/application/credit-account.js'
import { centavos } from '../../src/domain/money.js'
import type { Core } from '../../src/service/core.js'
import { changeStatus, fundedAccount, testBudget } from '../support/database/accounts.js'
import { readBooks, wrongInBooks } from '../support/database/books.js'
import { decideOn, postAll, somePurchase, useEngines } from '../support/processes/engines.js'
import { seededRandom } from '../support/seeded-random.js'

const ACCOUNTS = ['a', 'b', 'c', 'nobody-opened-this'] as const
const REQUESTS = 600

describe('the books after concurrent requests of every kind through two engines', () => {
  const engines = useEngines(2)

  before(async function () {
    const random = seededRandom(this)
    const { cores } = engines()
    const [first] = cores
    if (!first) throw new Error('there is no engine')
    for (const id of ACCOUNTS.slice(0, 3)) await fundedAccount(first, { FOOD: 50_000n, CASH: 50_000n }, id)
    await Promise.all(Array.from({ length: REQUESTS }, () => request(random.pick(cores), random)))
    await postAll(cores)
  })

  /** A random request: mostly purchases, some of them with another's id. */
  async function request(core: Core, random: ReturnType<typeof seededRandom>): Promise<void> {
    const accountId = random.pick(ACCOUNTS)
    const amount = centavos(BigInt(random.integer(1, 5_000)))
    const transactionId = `t${random.integer(1, REQUESTS / 2)}`
    const kind = random.integer(1, 20)
    if (kind === 1) await changeStatusOnce(core, accountId)
    else if (kind <= 4) {
      await creditAccount(core, accountId, { transactionId, wallet: 'CASH', amount }, testBudget())
    } else {
      await decideOn(
        core,
        accountId,
        somePurchase({ transactionId, amount, mcc: random.pick(['5411', '5999']) }),
      )
    }
  }

  let statusChanged = false
  async function changeStatusOnce(core: Core, accountId: string): Promise<void> {
    if (statusChanged || accountId === 'nobody-opened-this') return
    statusChanged = true
    await changeStatus(core, accountId, 'BLOCKED')
  }

  it('explain every centavo: numbers without gaps, no negative balance, balances equal to sums', async () => {
    expect(await wrongInBooks(engines().db)).to.deep.equal([])
  })

  it('are in the ledger to the last entry', async () => {
    const books = await readBooks(engines().db)
    const unposted = books.filter(({ entries, posted }) => posted !== entries.length)
    expect(unposted.map(({ accountId }) => accountId)).to.deep.equal([])
  })

  it('contain each transaction once', async () => {
    const books = await readBooks(engines().db)
    const twice = books.filter(
      ({ entries }) => new Set(entries.map(({ transaction }) => transaction)).size < entries.length,
    )
    expect(twice.map(({ accountId }) => accountId)).to.deep.equal([])
  })

  it('contain no money on an account that was never opened', async () => {
    const books = await readBooks(engines().db)
    expect(books.find(({ accountId }) => accountId === 'nobody-opened-this')?.balances).to.deep.equal({})
  })
})
