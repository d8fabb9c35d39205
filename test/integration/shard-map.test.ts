import { expect } from 'chai'
import { ShardMap } from '../../src/storage/shard-map.js'
import { useDatabase } from '../support/database/database-fixture.js'

describe('a ShardMap that cannot be read', () => {
  const database = useDatabase()

  it('is reported when the outage begins, and not again while it lasts', async () => {
    const told: unknown[] = []
    const map = new ShardMap(database(), (error) => told.push(error))
    const { client } = database()
    try {
      await map.follow()
      expect(told).to.have.lengthOf(0)
      const home = map.shardOf('anybody')
      for (const times of [1, 2]) {
        await client.close()
        await map.follow()
        await map.follow()
        expect(told).to.have.lengthOf(times)
        expect(map.shardOf('anybody')).to.equal(home)
        await client.connect()
        await map.follow()
      }
    } finally {
      map.close()
    }
  })
})
