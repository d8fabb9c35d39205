import { expect } from 'chai'
import { reverse } from '../../src/application/reverse.js'
import type { Core } from '../../src/service/core.js'
import { fundedAccount, openCore, testBudget } from '../support/database/accounts.js'
import { accountIdsOn, useClusterDatabase } from '../support/database/cluster-database.js'
import { eventually } from '../support/eventually.js'
import { decideOn, somePurchase } from '../support/processes/engines.js'

const ACCOUNTS = 5

for (const { home, other } of [
  { home: 'shard-a', other: 'shard-b' },
  { home: 'shard-b', other: 'shard-a' },
]) {
  describe(`on a sharded cluster, for accounts on ${home}`, () => {
    const database = useClusterDatabase()
    const cores: Core[] = []
    const purchase = somePurchase({ transactionId: 'purchase' })
    let ids: readonly string[]
    let id: string

    before(async () => {
      ids = await accountIdsOn(database().db, home, ACCOUNTS)
      id = ids[0] ?? ''
    })
    after(() => Promise.all(cores.map((core) => core.close(5_000))))

    it('opening and crediting them', async () => {
      const core = await freshCore()
      const done = await operationsOf(async () => {
        for (const accountId of ids) await fundedAccount(core, { CASH: 100_000n }, accountId)
        await posted(2 * ACCOUNTS)
      })
      expect(done[other]).to.deep.equal({ accounts: [], ledger: [] })
      expect(done[home]?.accounts).to.include.members(['query', 'insert', 'update'])
      expect(done[home]?.ledger).to.include('insert')
    })

    it('a purchase on a loaded account: one read of it, one look-up of its id, one commit, one posting', async () => {
      const core = await freshCore()
      const done = await operationsOf(async () => {
        await decideOn(core, id, purchase)
        await posted(2 * ACCOUNTS + 1)
      })
      expect(done[other]).to.deep.equal({ accounts: [], ledger: [] })
      expect(done[home]?.accounts).to.deep.equal(['query', 'update'])
      // The journal of an account is compared with the ledger before it is posted again.
      expect(done[home]?.ledger.filter((op) => op === 'insert')).to.have.length(1)
      expect(done[home]?.ledger[0]).to.equal('query')
    })

    it('a purchase on a copy, a repeat and a simulation', async () => {
      const core = await freshCore()
      await decideOn(core, id, somePurchase())
      await posted(2 * ACCOUNTS + 2)
      const done = await operationsOf(async () => {
        await decideOn(core, id, somePurchase())
        const repeat = await decideOn(core, id, purchase)
        expect(repeat.type).to.equal('REPLAY')
        await core.simulator.simulate(id, somePurchase(), testBudget())
        await posted(2 * ACCOUNTS + 3)
      })
      expect(done[other]).to.deep.equal({ accounts: [], ledger: [] })
      expect(done[home]?.accounts).to.include.members(['query', 'update'])
      expect(done[home]?.ledger).to.include('query')
    })

    it('a reversal of a purchase that has left the journal', async () => {
      const core = await freshCore()
      // Two commits: the first posts the journal, the second drops it.
      for (const postedThen of [4, 5]) {
        await decideOn(core, id, somePurchase())
        await posted(2 * ACCOUNTS + postedThen)
      }
      const { journal = [] } = (await core.accounts.load([id])).get(id) ?? {}
      expect(journal.map(({ transactionId }) => transactionId)).to.not.include('purchase')

      const done = await operationsOf(async () => {
        const verdict = await reverse(
          core.engine,
          id,
          { transactionId: 'reversal', originalId: 'purchase', described: {} },
          testBudget(),
        )
        expect(verdict).to.have.nested.property('entry.reason', 'APPROVED')
      })
      expect(done[other]).to.deep.equal({ accounts: [], ledger: [] })
      // The look-up of the ids, and that of earlier reversals.
      expect(done[home]?.ledger.filter((op) => op === 'query')).to.have.length.of.at.least(2)
    })

    it('the commits and look-ups of a group', async () => {
      const core = await freshCore()
      const done = await operationsOf(async () => {
        const verdicts = await Promise.all(ids.map((accountId) => decideOn(core, accountId, somePurchase())))
        expect(verdicts.map(({ type }) => type)).to.deep.equal(ids.map(() => 'RECORD'))
      })
      expect(done[other]).to.deep.equal({ accounts: [], ledger: [] })
      // The first two go alone, and those that arrive meanwhile go together.
      const commits = done[home]?.accounts.filter((op) => op === 'update' || op === 'bulkWrite')
      expect(commits).to.have.length(ACCOUNTS)
      expect(commits).to.include('bulkWrite')
    })

    it('a statement, and one entry of it', async () => {
      const core = await freshCore()
      const done = await operationsOf(async () => {
        const page = { accountId: id, beforeSeq: 2n ** 62n, filter: {}, limit: 100 }
        expect(await core.statement.read(page)).to.have.length(9)
        expect(await core.statement.find(id, 'purchase')).to.have.property('seq', 3n)
      })
      expect(done[other]).to.deep.equal({ accounts: [], ledger: [] })
      expect(done[home]).to.deep.equal({ accounts: ['query', 'query'], ledger: ['query', 'query'] })
    })

    /**
     * A separate process without a copy of any account. The previous one has then posted everything, and is
     * idle.
     */
    async function freshCore(): Promise<Core> {
      for (const earlier of cores.splice(0)) await earlier.close(5_000)
      const core = await openCore(database().uri, database().db.databaseName)
      cores.push(core)
      return core
    }

    async function posted(entries: number): Promise<void> {
      await eventually(`${entries} entries are in the ledger`, async () => {
        // Directly on the shards, so that the read itself is not recorded.
        const counts = await Promise.all(database().shards.map((shard) => shard.count('ledger')))
        return counts.reduce((sum, count) => sum + count, 0) === entries
      })
    }

    /** Records the operations on accounts and ledger of each shard during some work. */
    async function operationsOf(
      work: () => Promise<unknown>,
    ): Promise<Readonly<Record<string, { accounts: readonly string[]; ledger: readonly string[] }>>> {
      const { shards } = database()
      for (const shard of shards) await shard.profile()
      await work()
      const noted = shards.map(async (shard) => {
        const accounts = await shard.operationsOn('accounts')
        return [shard.name, { accounts, ledger: await shard.operationsOn('ledger') }] as const
      })
      return Object.fromEntries(await Promise.all(noted))
    }
  })
}
