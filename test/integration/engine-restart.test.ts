import { expect } from 'chai'
import type { Db } from 'mongodb'
import type { Purchase } from '../../src/domain/decide.js'
import type { Core } from '../../src/service/core.js'
import { ensureSchema } from '../../src/storage/schema.js'
import { fundedAccount, openCore } from '../support/database/accounts.js'
import { readBook, wrongInBooks } from '../support/database/books.js'
import { useDatabase } from '../support/database/database-fixture.js'
import { testMongoUri } from '../support/database/mongo.js'
import { eventually } from '../support/eventually.js'
import { decideOn, postAll, somePurchase } from '../support/processes/engines.js'

/** Makes the database reject every write to the ledger, until the schema is ensured again. */
async function closeLedger(db: Db): Promise<void> {
  await db.command({ collMod: 'ledger', validator: { $expr: false } })
}

async function journalOf(db: Db, accountId: string): Promise<readonly string[]> {
  const accounts = db.collection<{ _id: string; journal: readonly { transaction: string }[] }>('accounts')
  return (await accounts.findOne({ _id: accountId }))?.journal.map(({ transaction }) => transaction) ?? []
}

describe('an entry that is still in the journal, because the ledger cannot be written', () => {
  const database = useDatabase()
  const purchase: Purchase = somePurchase()
  let failures = 0
  let core: Core
  let accountId: string

  const open = async () =>
    openCore(await testMongoUri(), database().databaseName, {
      onPostingFailure: () => {
        failures += 1
      },
    })

  before(async () => {
    core = await open()
    await closeLedger(database())
    accountId = await fundedAccount(core, { CASH: 5_000n })
    await decideOn(core, accountId, purchase)
  })
  after(() => postAll([core]))

  it('is not in the ledger', async () => {
    await eventually('posting was tried', () => failures > 0)
    expect((await readBook(database(), accountId)).posted).to.equal(0)
  })

  it('is found when the purchase is repeated', async () => {
    expect((await decideOn(core, accountId, purchase)).type).to.equal('REPLAY')
  })

  it('stays in the journal when more entries follow', async () => {
    await decideOn(core, accountId, somePurchase())
    expect(await journalOf(database(), accountId)).to.include(purchase.transactionId)
  })

  describe('after a restart', () => {
    before(async () => {
      // Discards its unposted entries, like a killed process.
      await core.close(0)
      core = await open()
      // A start ensures the schema, and thereby makes the ledger writable.
      await closeLedger(database())
    })

    it('is found when the purchase is repeated', async () => {
      expect((await decideOn(core, accountId, purchase)).type).to.equal('REPLAY')
    })

    it('is not in the ledger yet', async () => {
      expect((await readBook(database(), accountId)).posted).to.equal(0)
    })
  })

  describe('once the ledger is writable again, and a request touches the account', () => {
    before(async () => {
      await ensureSchema(database())
      await decideOn(core, accountId, somePurchase())
      // The entries are in the ledger a moment before the poster gets the reply.
      await eventually('all is known to be posted', () => core.poster.unposted === 0)
      // The next commit may leave out posted entries.
      await decideOn(core, accountId, somePurchase())
    })

    it('has left the journal', async () => {
      expect(await journalOf(database(), accountId)).not.to.include(purchase.transactionId)
    })

    it('is found when the purchase is repeated', async () => {
      expect((await decideOn(core, accountId, purchase)).type).to.equal('REPLAY')
    })

    it('is found when the purchase is repeated after another restart', async () => {
      await postAll([core])
      core = await open()
      expect((await decideOn(core, accountId, purchase)).type).to.equal('REPLAY')
    })

    it('was debited once in total', async () => {
      const { entries } = await readBook(database(), accountId)
      expect(entries.filter(({ transaction }) => transaction === purchase.transactionId)).to.have.lengthOf(1)
    })

    it('leaves books in which every centavo is explained', async () => {
      expect(await wrongInBooks(database())).to.deep.equal([])
    })
  })
})
