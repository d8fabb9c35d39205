import { expect } from 'chai'
import { isUnavailable } from '../../src/application/errors.js'
import type { Core } from '../../src/service/core.js'
import { fundedAccount, openCore } from '../support/database/accounts.js'
import { accountIdsOn, type ShardView, useClusterDatabase } from '../support/database/cluster-database.js'
import { cleanBooks } from '../support/database/verified.js'
import { eventually } from '../support/eventually.js'
import { decideOn, somePurchase } from '../support/processes/engines.js'

const ACCOUNTS = 10

describe('a sharded cluster without one of its shards', () => {
  const database = useClusterDatabase()
  let core: Core
  let here: readonly string[]
  let gone: readonly string[]
  let shard: ShardView
  const verdicts: string[] = []
  const failures: unknown[] = []

  before(async () => {
    const { db, uri, shards } = database()
    const other = shards.find(({ name }) => name === 'shard-b')
    if (!other) throw new Error('the cluster has no shard-b')
    shard = other
    const unheard = () => {}
    core = await openCore(uri, db.databaseName, {
      onPostingFailure: unheard,
      onCatalogFailure: unheard,
      onCatalogUnwatched: unheard,
    })
    here = await accountIdsOn(db, 'shard-a', ACCOUNTS)
    gone = await accountIdsOn(db, 'shard-b', ACCOUNTS)
    for (const id of [...here, ...gone]) await fundedAccount(core, { CASH: 100_000n }, id)
    await shard.kill()
    // In turn, so that successive accounts are on different shards.
    const asked = here.flatMap((id, index) => [gone[index] ?? '', id])
    await Promise.all(
      asked.map(async (id) => {
        const purchase = somePurchase({ transactionId: 'while away' })
        await decideOn(core, id, purchase).then(
          ({ type }) => verdicts.push(`${here.includes(id) ? 'here' : 'gone'} ${type}`),
          (error) => failures.push(error),
        )
      }),
    )
  })
  after(() => core.close(5_000))

  it('decides everything on accounts of the other shard', () => {
    expect(verdicts).to.deep.equal(here.map(() => 'here RECORD'))
  })

  it('posts those decisions', async () => {
    const { shards } = database()
    const healthy = shards.find(({ name }) => name === 'shard-a')
    await eventually('an opening, a credit and a purchase of each are in the ledger', async () => {
      return (await healthy?.count('ledger')) === 3 * ACCOUNTS
    })
  })

  it('answers UNAVAILABLE for accounts of the missing shard', () => {
    expect(failures.map(isUnavailable)).to.deep.equal(gone.map(() => true))
  })

  it('decides each purchase once when the shard is back and the callers retry', async () => {
    await shard.restart()
    for (const id of [...here, ...gone])
      await decideOn(core, id, somePurchase({ transactionId: 'while away' }))
    for (const id of [...here, ...gone]) {
      const { wallets } = (await core.accounts.load([id])).get(id) ?? {}
      expect(wallets?.get('CASH')).to.equal(99_000n)
    }
    await core.close(5_000)
    await cleanBooks(database().db)
  })
})
