import { randomUUID } from 'node:crypto'
import { expect } from 'chai'
import { hashOf, ShardMap } from '../../src/storage/shard-map.js'
import { shardOf, useClusterDatabase } from '../support/database/cluster-database.js'

describe('ShardMap', () => {
  const database = useClusterDatabase()
  let map: ShardMap

  before(() => {
    map = new ShardMap(database().db, (error) => {
      throw error
    })
  })
  after(() => map.close())

  it('gives every account the same answer before it is read', () => {
    expect(map.shardOf(randomUUID())).to.equal('')
  })

  it('returns the shard to which mongos sends operations on an account', async () => {
    await map.follow()
    const ids = [
      '',
      'a',
      'açaí',
      '6712b3eb3ec7354864d4274f',
      ...Array.from({ length: 20 }, () => randomUUID()),
    ]
    const shards = ids.map((id) => map.shardOf(id))
    expect(shards).to.deep.equal(await Promise.all(ids.map((id) => shardOf(database().db, id))))
    expect(new Set(shards)).to.have.lengthOf(2)
  })

  it('hashes as MongoDB does', async () => {
    const ids = ['', 'a', 'açaí', ...Array.from({ length: 20 }, () => randomUUID())]
    const hashed = await database()
      .db.aggregate<{ hash: bigint }>([
        { $documents: ids.map((id) => ({ id })) },
        { $project: { hash: { $toHashedIndexKey: '$id' } } },
      ])
      .toArray()
    expect(ids.map(hashOf)).to.deep.equal(hashed.map(({ hash }) => hash))
  })
})
