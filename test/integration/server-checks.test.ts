import { expect } from 'chai'
import type { MongoClient } from 'mongodb'
import { createClient } from '../../src/storage/client.js'
import { testServerUri } from '../support/database/mongo.js'
import { eventually } from '../support/eventually.js'

describe('the checks of a server by the driver', () => {
  let client: MongoClient
  after(() => client.close())

  it('are not streamed: a streamed one could throw outside of every call after a failover', async () => {
    const awaited: boolean[] = []
    client = createClient({ uri: await testServerUri(), poolSizeMax: 2 })
    client.on('serverHeartbeatSucceeded', (event) => awaited.push(event.awaited))
    await client.db('server-checks').command({ ping: 1 })
    await eventually('the server was checked three times', () => awaited.length >= 3)
    expect(new Set(awaited)).to.deep.equal(new Set([false]))
  })
})
