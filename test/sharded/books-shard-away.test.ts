import { expect } from 'chai'
import type { Core } from '../../src/service/core.js'
import { fundedAccount, openCore } from '../support/database/accounts.js'
import { accountIdsOn, type ShardView, useClusterDatabase } from '../support/database/cluster-database.js'
import { cleanBooks } from '../support/database/verified.js'
import { decideOn, somePurchase } from '../support/processes/engines.js'

describe('a sharded cluster without the shard that holds the identity of the books', function () {
  this.timeout(120_000)
  const database = useClusterDatabase()
  let core: Core
  let shard: ShardView
  let here: string

  before(async () => {
    const { db, uri, shards } = database()
    const unheard = () => {}
    core = await openCore(uri, db.databaseName, {
      onPostingFailure: unheard,
      onCatalogFailure: unheard,
      onCatalogUnwatched: unheard,
    })
    const described = await db.client
      .db('config')
      .collection<{ _id: string; primary: string }>('databases')
      .findOne({ _id: db.databaseName })
    const away = shards.find(({ name }) => name === described?.primary)
    const other = shards.find((one) => one !== away)
    if (!away || !other) throw new Error('the cluster has two shards, one of them the primary one')
    shard = away
    const [id = ''] = await accountIdsOn(db, other.name, 1)
    here = await fundedAccount(core, { CASH: 100_000n }, id)
    await shard.kill()
  })
  after(() => core.close(5_000))

  it('does not count as having lost its books', async () => {
    await core.checkBooks()
    core.ensureBooks()
  })

  it('decides on accounts of the other shards', async () => {
    expect((await decideOn(core, here, somePurchase())).type).to.equal('RECORD')
  })

  it('finds its books when the shard is back', async () => {
    await shard.restart()
    await core.checkBooks()
    expect((await decideOn(core, here, somePurchase())).type).to.equal('RECORD')
    await core.close(5_000)
    await cleanBooks(database().db)
  })
})
