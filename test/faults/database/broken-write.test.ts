import { once } from 'node:events'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect } from 'chai'
import type { MongoClient } from 'mongodb'
import { UndecidedError } from '../../../src/application/errors.js'
import { createClient } from '../../../src/storage/client.js'
import { mapTransientErrors } from '../../../src/storage/errors.js'
import { useDatabase } from '../../support/database/database-fixture.js'
import { testMongoUri } from '../../support/database/mongo.js'
import { TcpProxy } from '../../support/database/tcp-proxy.js'

/** More than the buffers of a connection hold. A document may have 16 MB. */
const LARGE = 'x'.repeat(14_000_000)

// While a request is being written, the driver passes the socket's error on unchanged, and does not retry.
describe('a connection to MongoDB that breaks while a request is being written', () => {
  const db = useDatabase()
  let proxy: TcpProxy
  let client: MongoClient

  beforeEach(async () => {
    proxy = await TcpProxy.listen(Number(new URL(await testMongoUri()).port))
    const uri = `mongodb://127.0.0.1:${proxy.port}/?directConnection=true`
    client = createClient({ uri, poolSizeMax: 2 })
    await client.db(db().databaseName).command({ ping: 1 })
  })
  afterEach(async () => {
    await client.close()
    await proxy.close()
  })

  const large = () => client.db(db().databaseName).collection<{ text: string }>('large')
  const writes: Readonly<Record<string, () => Promise<unknown>>> = {
    'an insert': () => large().insertOne({ text: LARGE }),
    'a bulk write of a collection': () => large().insertMany([{ text: LARGE }]),
    'a bulk write of the client': () => {
      return client.bulkWrite<Record<string, { text: string }>>([
        { name: 'insertOne', namespace: large().namespace, document: { text: LARGE } },
      ])
    },
  }
  for (const [what, write] of Object.entries(writes)) {
    it(`leaves the outcome unknown for ${what}`, async () => {
      proxy.stall()
      const started = once(client, 'commandStarted')
      const outcome = mapTransientErrors('testing', write).catch((error: unknown) => error)
      await started
      await nextTurn()
      proxy.reset()
      expect(await outcome)
        .to.be.an.instanceOf(UndecidedError)
        .with.property('indecision', 'UNAVAILABLE')
    })
  }
})
