import { expect } from 'chai'
import { changeLimits } from '../../src/application/change-limits.js'
import type { WalletLimits } from '../../src/domain/limits.js'
import { centavos } from '../../src/domain/money.js'
import { ensureSchema } from '../../src/storage/schema.js'
import { fundedAccount, testBudget } from '../support/database/accounts.js'
import { useDatabase } from '../support/database/database-fixture.js'
import { testMongoUri } from '../support/database/mongo.js'
import { cleanBooks } from '../support/database/verified.js'
import { DayClock } from '../support/processes/day-clock.js'
import { decideAllOn, somePurchase } from '../support/processes/engines.js'
import { ProcessGroup } from '../support/processes/process-group.js'

/** Two processes whose clocks are on both sides of a midnight within one month. */
describe('limits, under concurrent purchases', () => {
  const database = useDatabase()
  const clocks = [new DayClock('2026-11-23'), new DayClock('2026-11-24')]
  let group: ProcessGroup
  before(async () => {
    await ensureSchema(database())
    const mongodbUri = await testMongoUri()
    group = await ProcessGroup.start({ mongodbUri, database: database().databaseName, clocks })
  })
  after(() => group.stop())

  /** Sends 60 purchases of 10.00 to the processes, and counts them by paying wallet or reason. */
  async function buy(food: WalletLimits): Promise<Readonly<Record<string, number>>> {
    const cores = [group.at(0).core, group.at(1).core]
    const accountId = await fundedAccount(group.at(0).core, { FOOD: 100_000n, CASH: 5_000n })
    const change = {
      transactionId: 'limits',
      subject: 'test',
      replaces: true,
      wallets: new Map([['FOOD', food]]),
    }
    await changeLimits(group.at(0).core.engine, accountId, change, testBudget())
    const purchases = Array.from({ length: 60 }, () => somePurchase({ mcc: '5411' }))
    const counts: Record<string, number> = {}
    for (const verdict of await decideAllOn(cores, accountId, purchases)) {
      if (verdict.type !== 'RECORD') throw new Error(`not decided: ${verdict.type}`)
      const outcome = verdict.entry.movement?.wallet ?? verdict.entry.reason
      counts[outcome] = (counts[outcome] ?? 0) + 1
    }
    return counts
  }

  it('let one wallet spend its monthly limit exactly, and the next one pay', async () => {
    const counts = await buy({ month: centavos(30_000n) })
    expect(counts).to.deep.equal({ FOOD: 30, CASH: 5, AMOUNT_OVER_LIMIT: 25 })
  })

  it('let no wallet exceed its daily limit, even when a new day begins meanwhile', async () => {
    const { FOOD = 0 } = await buy({ day: centavos(10_000n) })
    expect(FOOD).to.be.within(10, 20)
  })

  it('leave books in which every centavo and every counter is explained', async () => {
    await group.post()
    await cleanBooks(database())
  })
})
