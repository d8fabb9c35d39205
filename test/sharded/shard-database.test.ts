import { expect } from 'chai'
import { shardDatabase } from '../../src/storage/sharding.js'
import { fundedAccount, openCore } from '../support/database/accounts.js'
import { accountIdsOn, shardOf, useClusterDatabase } from '../support/database/cluster-database.js'
import { cleanBooks } from '../support/database/verified.js'
import { decideOn, somePurchase } from '../support/processes/engines.js'

describe('shardDatabase', () => {
  const database = useClusterDatabase()

  it('spreads accounts and ledger over both shards, and changes nothing the second time', async () => {
    const chunks = { 'shard-a': 1, 'shard-b': 1 }
    expect(await shardDatabase(database().db)).to.deep.equal([
      { name: 'accounts', key: { _id: 'hashed' }, isNew: false, chunks },
      { name: 'ledger', key: { '_id.account': 'hashed' }, isNew: false, chunks },
    ])
  })

  it('keeps the entries of an account on the shard of the account', async () => {
    const { db } = database()
    for (const shard of ['shard-a', 'shard-b']) {
      const ids = await accountIdsOn(db, shard, 5)
      for (const id of ids) {
        const plan = await db.collection('ledger').find({ '_id.account': id }).explain('queryPlanner')
        expect(plan['queryPlanner'].winningPlan.shards[0].shardName).to.equal(await shardOf(db, id))
      }
    }
  })

  for (const [what, taken] of [
    ['the id of an entry', { transaction: 'one', seq: 3n }],
    ['the place of an entry', { transaction: 'three', seq: 2n }],
  ] as const) {
    it(`keeps ${what} unique, on whichever shard the account is`, async () => {
      const { db } = database()
      const ledger = db.collection<{ _id: unknown; seq: bigint }>('ledger')
      const entry = { kind: 'CREDIT', at: new Date(), decision: 'APPROVED' }
      for (const shard of ['shard-a', 'shard-b']) {
        const [account] = await accountIdsOn(db, shard, 1)
        await ledger.insertMany([
          { _id: { account, transaction: 'one' }, seq: 1n, ...entry },
          { _id: { account, transaction: 'two' }, seq: 2n, ...entry },
        ])
        const { transaction, seq } = taken
        const second = ledger.insertOne({ _id: { account, transaction }, seq, ...entry })
        expect(await second.catch((error: unknown) => error)).to.have.property('code', 11000)
        await ledger.deleteMany({ '_id.account': account })
      }
    })
  }

  it('spreads a database with existing accounts, and loses nothing', async () => {
    const { db, uri } = database()
    const whole = db.client.db(`${db.databaseName}-whole`)
    const core = await openCore(uri, whole.databaseName)
    const id = await fundedAccount(core, { CASH: 5_000n })
    await decideOn(core, id, somePurchase())
    const sharded = await shardDatabase(whole)
    expect(sharded.map(({ name, isNew }) => [name, isNew])).to.deep.equal([
      ['accounts', true],
      ['ledger', true],
    ])
    await decideOn(core, id, somePurchase())
    await core.close(5_000)
    const account = (await openedAgain(uri, whole.databaseName, id))?.wallets.get('CASH')
    expect(account).to.equal(3_000n)
    await cleanBooks(whole)
  })

  it('rejects a collection that is sharded by another key, and names the key', async () => {
    const { db } = database()
    const other = `${db.databaseName}-other`
    await db.client.db('admin').command({ shardCollection: `${other}.ledger`, key: { '_id.account': 1 } })
    const rejected = await shardDatabase(db.client.db(other)).catch((error: unknown) => error)
    expect(rejected).to.have.property('name', 'ShardingError')
    expect(String(rejected)).to.include(
      `${other}.ledger is sharded by {"_id.account":1} and not by {"_id.account":"hashed"}`,
    )
  })

  async function openedAgain(uri: string, name: string, id: string) {
    const core = await openCore(uri, name)
    const account = (await core.accounts.load([id])).get(id)
    await core.close(1_000)
    return account
  }
})
