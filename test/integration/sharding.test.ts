import { expect } from 'chai'
import { MongoAccountStore } from '../../src/storage/account/mongo-account-store.js'
import { shardDatabase } from '../../src/storage/sharding.js'
import { useDatabase } from '../support/database/database-fixture.js'
import { isSharded } from '../support/database/mongo.js'
import { commandsSent } from '../support/database/sent-commands.js'

// `test/sharded` covers the other case.
if (!isSharded) {
  describe('reading account and ledger on a replica set', () => {
    const database = useDatabase()

    it('takes one command, at one point in time', async () => {
      const db = database()
      const accounts = new MongoAccountStore(db)
      const key = { accountId: 'a', transactionId: '1' }
      // The first command asks for the type of the server.
      await accounts.loadWithEntries(['a'], [key])
      const sent = await commandsSent(db.client, ['hello', 'find', 'aggregate'], () =>
        accounts.loadWithEntries(['a'], [key]),
      )
      expect(sent.map(({ aggregate, readConcern }) => ({ aggregate, readConcern }))).to.deep.equal([
        { aggregate: 'ledger', readConcern: { level: 'snapshot' } },
      ])
    })
  })

  describe('shardDatabase on a replica set', () => {
    const database = useDatabase()

    it('reports that there is no cluster, and creates nothing', async () => {
      const rejected = await shardDatabase(database()).catch((error: unknown) => error)
      expect(rejected).to.have.property('name', 'ShardingError')
      expect(String(rejected)).to.include('this is not a sharded cluster: set MONGODB_URI to its mongos')
      expect(await database().collections()).to.deep.equal([])
    })
  })
}
