import { expect } from 'chai'
import type { MongoClient } from 'mongodb'
import { createClient } from '../../src/storage/client.js'
import { PoolWatch } from '../../src/storage/pool-watch.js'
import { freshDatabase, testServerUri } from '../support/database/mongo.js'
import { TcpProxy } from '../support/database/tcp-proxy.js'
import { eventually } from '../support/eventually.js'

describe('pool watch', () => {
  let client: MongoClient
  let pool: PoolWatch
  let failures: string[]
  let clears: number

  function watch(uri: string, poolSizeMax: number): void {
    failures = []
    clears = 0
    client = createClient({ uri, poolSizeMax })
    watched.push(client)
    pool = new PoolWatch({
      client,
      onFailure: (reason) => failures.push(reason),
      onCleared: () => {
        clears += 1
      },
    })
  }

  const watched: MongoClient[] = []
  after(() => Promise.all(watched.map((each) => each.close())))

  it('reports nothing before the client is used', async () => {
    watch(await testServerUri(), 3)
    const { connections, checkedOut, waiting, connectionsMax, usedRatio } = pool
    expect({ connections, checkedOut, waiting, connectionsMax, usedRatio }).to.deep.equal({
      connections: 0,
      checkedOut: 0,
      waiting: 0,
      connectionsMax: 0,
      usedRatio: 0,
    })
  })

  it('reports the number of connections and their limit', async () => {
    watch(await testServerUri(), 3)
    await client.db('pool-watch').command({ ping: 1 })
    expect(pool.connectionsMax).to.equal(3)
    await eventually('there are as many as are kept at least', () => pool.connections === 2)
  })

  describe('with two connections and three operations waiting for a lock', () => {
    type Lock = { readonly _id: string; readonly count: number }
    let holder: MongoClient
    let operations: Promise<unknown>[]
    let usedRatio: number

    before(async () => {
      const name = await freshDatabase()
      holder = createClient({ uri: await testServerUri(), poolSizeMax: 2 })
      const held = holder.db(name).collection<Lock>('locks')
      await held.insertOne({ _id: 'lock', count: 0 })
      watch(await testServerUri(), 2)
      await holder.withSession(async (session) => {
        session.startTransaction()
        await held.updateOne({ _id: 'lock' }, { $inc: { count: 1 } }, { session })
        const wanted = client.db(name).collection<Lock>('locks')
        operations = Array.from({ length: 3 }, () =>
          wanted.updateOne({ _id: 'lock' }, { $inc: { count: 1 } }).catch((error: unknown) => error),
        )
        await eventually('one of them waits', () => pool.checkedOut === 2 && pool.waiting === 1)
        usedRatio = pool.usedRatio
        await eventually('it has waited for too long', () => failures.length > 0)
        await session.abortTransaction()
      })
    })
    after(() => holder.close())

    it('reports full use while an operation waits', () => {
      expect(usedRatio).to.equal(1)
    })

    it('reports one failed checkout', () => {
      expect(failures).to.deep.equal(['TIMEOUT'])
    })

    it('reports no use after the operations have ended', async () => {
      await Promise.all(operations)
      const { checkedOut, waiting } = pool
      expect({ checkedOut, waiting, usedRatio: pool.usedRatio }).to.deep.equal({
        checkedOut: 0,
        waiting: 0,
        usedRatio: 0,
      })
    })
  })

  it('reports that the pool was cleared', async () => {
    const proxy = await TcpProxy.listen(Number(/:(\d+)/.exec(await testServerUri())?.[1]))
    watch(`mongodb://127.0.0.1:${proxy.port}/?directConnection=true`, 3)
    const ping = () => client.db('admin').command({ ping: 1 })
    await ping()
    await proxy.close()
    await eventually('an operation has failed', () =>
      ping().then(
        () => false,
        () => true,
      ),
    )
    await eventually('the connections are given up', () => clears > 0)
  })
})
