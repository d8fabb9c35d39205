import { randomUUID } from 'node:crypto'
import { type Db, MongoClient } from 'mongodb'
import { createClient } from '../../../src/storage/client.js'
import type { ClusterShard } from '../../../tools/dev/local-mongo/ephemeral-cluster.js'
import { shardTestDatabase, testCluster } from './mongo.js'

/** Marks the tests' own commands on a shard. */
const LOOK = 'a look of the tests'

/** A sharded database of the test cluster, with direct access to each shard. */
export type ClusterDatabase = {
  readonly db: Db
  readonly uri: string
  readonly shards: readonly ShardView[]
}

/** The operations of one shard, recorded by its own profiler. */
export class ShardView {
  readonly name: string
  readonly #shard: ClusterShard
  readonly #client: MongoClient
  readonly #database: string

  constructor(shard: ClusterShard, database: string) {
    this.name = shard.name
    this.#shard = shard
    this.#database = database
    this.#client = new MongoClient(shard.uri)
  }

  /** Starts to record every operation on the database, and drops earlier records. */
  async profile(): Promise<void> {
    const db = this.#client.db(this.#database)
    await db.command({ profile: 0 })
    await db.collection('system.profile').drop()
    await db.command({ profile: 2 })
  }

  /** The recorded operations on a collection, such as `query` or `insert`. */
  async operationsOn(collection: string): Promise<readonly string[]> {
    const noted = await this.#client
      .db(this.#database)
      .collection<{ op: string; command: Record<string, unknown> }>('system.profile')
      .find({ ns: `${this.#database}.${collection}`, 'command.comment': { $ne: LOOK } })
      .toArray()
    return noted.map(({ op }) => op)
  }

  /** Number of its documents in a collection. Not recorded. */
  async count(collection: string): Promise<number> {
    const stats = await this.#client
      .db(this.#database)
      .collection(collection)
      .aggregate<{ count: number }>([{ $collStats: { count: {} } }], { comment: LOOK })
      .toArray()
    return stats[0]?.count ?? 0
  }

  kill(): Promise<void> {
    return this.#shard.kill()
  }

  restart(): Promise<void> {
    return this.#shard.restart()
  }

  async close(): Promise<void> {
    await this.#client.close()
  }
}

/** Gives a suite a sharded database on an exclusive cluster. */
export function useClusterDatabase(): () => ClusterDatabase {
  let database: ClusterDatabase | undefined
  before(async function () {
    // Downloads mongos the first time.
    this.timeout(600_000)
    const cluster = await testCluster()
    const name = `test-${randomUUID()}`
    await shardTestDatabase({ uri: cluster.uri, name })
    database = {
      db: createClient({ uri: cluster.uri, poolSizeMax: 10 }).db(name),
      uri: cluster.uri,
      shards: cluster.shards.map((shard) => new ShardView(shard, name)),
    }
  })
  after(async () => {
    await Promise.all([
      database?.db.client.close(),
      ...(database?.shards ?? []).map((shard) => shard.close()),
    ])
  })
  return () => {
    if (!database) throw new Error('the database is made by the hooks of the suite: ask for it inside a test')
    return database
  }
}

/** Name of the shard that holds an account. */
export async function shardOf(db: Db, accountId: string): Promise<string> {
  const plan = await db
    .collection<{ _id: string }>('accounts')
    .find({ _id: accountId })
    .explain('queryPlanner')
  return plan['queryPlanner'].winningPlan.shards[0].shardName
}

/** So many account ids on a shard. */
export async function accountIdsOn(db: Db, shard: string, count: number): Promise<readonly string[]> {
  const ids: string[] = []
  while (ids.length < count) {
    const id = randomUUID()
    if ((await shardOf(db, id)) === shard) ids.push(id)
  }
  return ids
}
