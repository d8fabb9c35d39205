import { expect } from 'chai'
import type {
  ConnectionCheckedInEvent,
  ConnectionCheckedOutEvent,
  ConnectionPoolCreatedEvent,
  MongoClient,
} from 'mongodb'
import { createClient } from '../../../src/storage/client.js'
import { PoolWatch } from '../../../src/storage/pool-watch.js'

/** Most connections to one server. */
const POOL_SIZE = 10

/**
 * A unit test has no servers, so it emits the driver's events on a client that never connects.
 * `test/integration/pool-watch.test.ts` checks the events with a real server.
 */
describe('the pools of two servers', () => {
  let client: MongoClient
  let pool: PoolWatch

  beforeEach(() => {
    client = createClient({ uri: 'mongodb://one,other/', poolSizeMax: POOL_SIZE })
    pool = new PoolWatch({ client, onFailure: () => {}, onCleared: () => {} })
    for (const address of ['one:27017', 'other:27017']) {
      // The constructors of the events are private to the driver. Listeners read nothing else.
      const created = { address, options: { maxPoolSize: POOL_SIZE } } as ConnectionPoolCreatedEvent
      client.emit('connectionPoolCreated', created)
    }
  })

  function checkOut(address: string, count: number): void {
    // As above.
    for (let done = 0; done < count; done++)
      client.emit('connectionCheckedOut', { address } as ConnectionCheckedOutEvent)
  }

  function checkIn(address: string, count: number): void {
    // As above.
    for (let done = 0; done < count; done++)
      client.emit('connectionCheckedIn', { address } as ConnectionCheckedInEvent)
  }

  it('are half in use when half of each is, as with two mongos', () => {
    checkOut('one:27017', 5)
    checkOut('other:27017', 5)
    expect(pool.usedRatio).to.equal(0.5)
    expect(pool.checkedOut).to.equal(10)
  })

  it('are fully in use when one is and the other is idle, as with a primary and a secondary', () => {
    checkOut('one:27017', 10)
    expect(pool.usedRatio).to.equal(1)
    expect(pool.checkedOut).to.equal(10)
  })

  it('follow the work when it moves to the other, as to a new primary', () => {
    checkOut('one:27017', 9)
    checkOut('other:27017', 4)
    checkIn('one:27017', 9)
    expect(pool.usedRatio).to.equal(0.4)
    expect(pool.checkedOut).to.equal(4)
  })

  it('are not in use when all connections are returned', () => {
    checkOut('one:27017', 2)
    checkOut('other:27017', 1)
    checkIn('other:27017', 1)
    checkIn('one:27017', 2)
    expect(pool.usedRatio).to.equal(0)
    expect(pool.checkedOut).to.equal(0)
  })
})
