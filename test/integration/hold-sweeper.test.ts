import { expect } from 'chai'
import type { Document } from 'mongodb'
import type { Core } from '../../src/service/core.js'
import { MongoDueAccounts } from '../../src/storage/account/mongo-due-accounts.js'
import { fundedAccount, openCore } from '../support/database/accounts.js'
import { cardRailCalls, MovedClock } from '../support/database/card-rail-calls.js'
import { useDatabase } from '../support/database/database-fixture.js'
import { testMongoUri } from '../support/database/mongo.js'
import { commandsSent } from '../support/database/sent-commands.js'
import { eventually } from '../support/eventually.js'
import { postAll } from '../support/processes/engines.js'

const MINUTE_MS = 60_000
const ACCOUNTS = 40

describe('the sweeper of due holds', () => {
  const database = useDatabase()
  const clock = new MovedClock()
  const cores: Core[] = []

  async function open(): Promise<Core> {
    const opened = await openCore(await testMongoUri(), database().databaseName, { clock })
    cores.push(opened)
    return opened
  }

  after(() => postAll(cores))

  /** Opens accounts with two holds each. The first one expires after a minute. */
  async function withHolds(core: Core): Promise<readonly string[]> {
    return await Promise.all(
      Array.from({ length: ACCOUNTS }, async () => {
        const id = await fundedAccount(core, { CASH: 1_000n })
        const calls = cardRailCalls(core, id)
        await calls.hold(100n, { id: 'short', seconds: 60 })
        await calls.hold(200n, { id: 'long', seconds: 86_400 })
        return id
      }),
    )
  }

  /** The stored state of these accounts, each once when they are all alike. */
  async function states(ids: readonly string[]): Promise<readonly string[]> {
    const found = await database()
      .collection<{ _id: string; wallets: Document; held: Document; holds: readonly { id: string }[] }>(
        'accounts',
      )
      .find({ _id: { $in: [...ids] } })
      .toArray()
    const texts = found.map(
      ({ wallets, held, holds }) => `${wallets['CASH']} ${held['CASH']} ${holds.map(({ id }) => id)}`,
    )
    return [...new Set(texts)]
  }

  async function expiriesIn(ids: readonly string[]): Promise<number> {
    return await database()
      .collection('ledger')
      .countDocuments({ kind: 'EXPIRY', '_id.account': { $in: [...ids] } })
  }

  it('expires exactly the due holds, each once, when two processes sweep at the same time', async () => {
    const [one, other] = [await open(), await open()]
    const ids = await withHolds(one)
    expect(await states(ids)).to.deep.equal(['700 300 short,long'])
    clock.advance(MINUTE_MS)
    await Promise.all([one, other].map(({ holdSweeper }) => holdSweeper.sweep()))
    expect(await states(ids)).to.deep.equal(['800 200 long'])
    expect([one, other].map(({ holdSweeper }) => holdSweeper.oldestOverdueMs)).to.deep.equal([0, 0])
    await postAll(cores.splice(0))
    expect(await expiriesIn(ids)).to.equal(ACCOUNTS)
  })

  it('ends what a killed process has begun', async () => {
    const killed = await open()
    const ids = await withHolds(killed)
    clock.advance(MINUTE_MS)
    killed.holdSweeper.start()
    const due = new MongoDueAccounts(database())
    const left = async () => (await due.page({ dueAt: clock.now(), limit: 500 })).length
    await eventually('the first holds have expired', async () => (await left()) < ACCOUNTS)
    cores.splice(cores.indexOf(killed), 1)
    await killed.close(0)
    const core = await open()
    core.holdSweeper.start()
    await eventually('all due holds have expired', async () => (await left()) === 0)
    expect(await states(ids)).to.deep.equal(['800 200 long'])
    // The entries that the killed process has not posted are in the journals.
    await Promise.all(ids.map((id) => cardRailCalls(core, id).buy(1n)))
    await postAll(cores.splice(0))
    expect(await expiriesIn(ids)).to.equal(ACCOUNTS)
  })

  it('finds due accounts in pages, the longest overdue first, along the index', async () => {
    const core = await open()
    const ids = await withHolds(core)
    const due = new MongoDueAccounts(database())
    const dueAt = new Date(clock.now().getTime() + MINUTE_MS)
    const sent = await commandsSent(database().client, ['find'], async () => {
      const whole = await due.page({ dueAt, limit: 500 })
      expect(whole.map(({ id }) => id)).to.have.members(ids)
      const times = whole.map(({ dueSince }) => dueSince.getTime())
      expect(times).to.deep.equal(times.toSorted((a, b) => a - b))
      const first = await due.page({ dueAt, limit: 15 })
      const after = first.at(-1)
      const rest = await due.page({ dueAt, limit: 500, ...(after && { after }) })
      expect([...first, ...rest]).to.deep.equal(whole)
    })
    expect(sent).to.have.length(3)
    for (const { find, filter, sort, hint, projection, limit } of sent) {
      const plan = await database().command({
        explain: { find, filter, sort, hint, projection, limit },
        verbosity: 'executionStats',
      })
      const stages = JSON.stringify(plan['queryPlanner'])
      expect(stages)
        .to.include('"indexName":"next_expiry"')
        .and.not.match(/"stage":"(COLLSCAN|SORT)"/)
      expect(plan['executionStats'].totalKeysExamined).to.be.at.most(ACCOUNTS + 5)
    }
  })
})
