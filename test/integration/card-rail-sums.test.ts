import { expect } from 'chai'
import type { Core } from '../../src/service/core.js'
import { MongoCardRailSums } from '../../src/storage/account/mongo-card-rail-sums.js'
import { fundedAccount, openCore } from '../support/database/accounts.js'
import { cardRailCalls, MovedClock } from '../support/database/card-rail-calls.js'
import { useDatabase } from '../support/database/database-fixture.js'
import { testMongoUri } from '../support/database/mongo.js'
import { commandsSent } from '../support/database/sent-commands.js'
import { postAll } from '../support/processes/engines.js'

const DAY_MS = 86_400_000

describe('the sums of the card rail', () => {
  const database = useDatabase()
  const clock = new MovedClock()
  let core: Core

  before(async () => {
    core = await openCore(await testMongoUri(), database().databaseName, { clock })
  })

  beforeEach(() => database().collection('accounts').deleteMany({}))

  after(() => postAll([core]))

  const sums = () => new MongoCardRailSums(database())

  async function openAccount() {
    return cardRailCalls(core, await fundedAccount(core, { CASH: 1_000n }))
  }

  it('are 0 in an empty database', async () => {
    expect(await sums().openHolds()).to.deep.equal({ count: 0, amount: 0n })
    expect(await sums().owing()).to.deep.equal({ count: 0, amount: 0n })
  })

  it('count open holds and their money, and not those that have ended', async () => {
    const [one, other] = [await openAccount(), await openAccount()]
    await openAccount()
    await one.hold(100n, { id: 'first' })
    await one.hold(30n, { id: 'second' })
    await other.hold(5n)
    expect(await sums().openHolds()).to.deep.equal({ count: 3, amount: 135n })
    await other.capture({ amount: 5n })
    await one.reverse({ originalId: 'second', amount: 30n })
    expect(await sums().openHolds()).to.deep.equal({ count: 1, amount: 100n })
  })

  it('count accounts that owe and what they owe, and not those that have paid', async () => {
    const [one, other] = [await openAccount(), await openAccount()]
    await openAccount()
    await one.capture({ originalId: 'unseen', amount: 1_200n })
    await other.capture({ originalId: 'unseen', amount: 1_001n })
    expect(await sums().owing()).to.deep.equal({ count: 2, amount: 201n })
    await other.reverse({ originalId: 'unseen', amount: 1_001n })
    expect(await sums().owing()).to.deep.equal({ count: 1, amount: 200n })
  })

  it('add up more accounts than one page has', async () => {
    const next_expiry = new Date()
    const account = { status: 'ACTIVE', wallets: {}, version: 1n, journal: [{}], updated_at: new Date() }
    const holding = {
      ...account,
      held: { CASH: 3n },
      holds: [{}, {}],
      next_expiry,
      owed: { CASH: 1n, FOOD: 1n },
    }
    const documents = Array.from({ length: 5_000 }, (_, number) => ({ ...holding, _id: `account-${number}` }))
    await database().collection<{ _id: string }>('accounts').insertMany(documents)
    expect(await sums().openHolds()).to.deep.equal({ count: 10_000, amount: 15_000n })
    expect(await sums().owing()).to.deep.equal({ count: 5_000, amount: 10_000n })
  })

  it('count early reversals of a period whose purchase has not come', async () => {
    const [calls, other] = [await openAccount(), await openAccount()]
    const start = clock.now()
    await calls.reverse({ originalId: 'came', amount: 100n })
    await calls.reverse({ originalId: 'never came', amount: 100n })
    await calls.hold(100n, { id: 'came' })
    // Another account's purchase has the same id.
    await other.hold(100n, { id: 'never came' })
    await other.capture({ originalId: 'unseen', amount: 100n })
    await other.reverse({ originalId: 'unseen', amount: 100n })
    clock.advance(DAY_MS)
    await calls.reverse({ originalId: 'later', amount: 100n })
    await core.poster.drain(60_000)
    const until = (ms: number) => ({ from: start, until: new Date(start.getTime() + ms) })
    expect(await sums().unmatchedReversals(until(DAY_MS))).to.equal(1)
    expect(await sums().unmatchedReversals(until(2 * DAY_MS))).to.equal(2)
    expect(await sums().unmatchedReversals({ from: new Date(0), until: start })).to.equal(0)
  })

  it('are read along the indexes', async () => {
    const period = { from: new Date(0), until: new Date() }
    const sent = await commandsSent(database().client, ['aggregate'], async () => {
      await sums().openHolds()
      await sums().owing()
      await sums().unmatchedReversals(period)
    })
    const indexes = ['next_expiry', 'owed', 'early_reversals']
    expect(sent.map(({ hint }) => hint)).to.deep.equal(indexes)
    for (const [number, { aggregate, pipeline, hint }] of sent.entries()) {
      const explain = { aggregate, pipeline, hint, cursor: {} }
      const plan = JSON.stringify(await database().command({ explain, verbosity: 'queryPlanner' }))
      expect(plan)
        .to.include(`"indexName":"${indexes[number]}"`)
        .and.not.match(/"(COLLSCAN|SORT)"/)
      // What accounts owe is in the index itself.
      if (hint === 'owed') expect(plan).not.to.include('"FETCH"')
    }
  })
})
