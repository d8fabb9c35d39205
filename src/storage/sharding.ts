import type { Db, Document } from 'mongodb'
import { isMongos } from './account/read-order.js'
import { type CollectionName, collections } from './collections.js'
import { ensureSchema } from './schema.js'

/**
 * The sharded collections and their shard keys.
 *
 * Both keys are the same hash of the account's id, so that an account and its entries share a shard as long
 * as the balancer has moved neither. The ledger's unique indexes begin with its shard key, `_id` included:
 * two conflicting entries are on one shard, and it rejects the second. Small collections stay whole, on one
 * shard.
 */
export const SHARD_KEYS = {
  [collections.accounts]: { _id: 'hashed' },
  [collections.ledger]: { '_id.account': 'hashed' },
} as const satisfies Partial<Record<CollectionName, Document>>

/** The outcome for one collection. */
export type ShardedCollection = {
  readonly name: string
  readonly key: Document
  /** False when it was already sharded. */
  readonly isNew: boolean
  /** Number of chunks on each shard. */
  readonly chunks: Readonly<Record<string, number>>
}

/** Thrown when a database cannot be sharded. The message says what to do. */
class ShardingError extends Error {
  override readonly name = 'ShardingError'
}

/**
 * Shards accounts and ledger over a cluster, with the commands of the scaling guide. Creates missing
 * collections, validators and indexes. Idempotent.
 *
 * @throws ShardingError when the server is not a mongos, or a collection is sharded by another key.
 */
export async function shardDatabase(db: Db): Promise<readonly ShardedCollection[]> {
  if (!(await isMongos(db.client))) {
    throw new ShardingError(
      'this is not a sharded cluster: set MONGODB_URI to its mongos. A replica set needs no sharding.',
    )
  }
  await ensureSchema(db)
  const sharded: ShardedCollection[] = []
  for (const [name, key] of Object.entries(SHARD_KEYS)) sharded.push(await shardCollection(db, name, key))
  return sharded
}

async function shardCollection(db: Db, name: string, key: Document): Promise<ShardedCollection> {
  const namespace = `${db.databaseName}.${name}`
  const known = await shardingOf(db, namespace)
  if (known && JSON.stringify(known['key']) !== JSON.stringify(key)) {
    throw new ShardingError(
      `${namespace} is sharded by ${JSON.stringify(known['key'])} instead of ${JSON.stringify(key)}: see reshardCollection in MongoDB's manual`,
    )
  }
  if (!known) {
    // MongoDB shards a non-empty collection only by a key that has an index.
    await db.collection(name).createIndex(key)
    await db.client.db('admin').command({ shardCollection: namespace, key })
  }
  return { name, key, isNew: !known, chunks: await chunksOf(db, namespace) }
}

/** Reads the cluster's description of a sharded collection. */
async function shardingOf(db: Db, namespace: string): Promise<Document | null> {
  const described = db.client.db('config').collection<{ _id: string; key: Document }>('collections')
  return await described.findOne({ _id: namespace, unsplittable: { $ne: true } })
}

async function chunksOf(db: Db, namespace: string): Promise<Readonly<Record<string, number>>> {
  const described = await shardingOf(db, namespace)
  const counts = await db.client
    .db('config')
    .collection('chunks')
    .aggregate<{ _id: string; chunks: number }>([
      { $match: { uuid: described?.['uuid'] } },
      { $group: { _id: '$shard', chunks: { $sum: 1 } } },
      { $sort: { _id: 1 } },
    ])
    .toArray()
  return Object.fromEntries(counts.map(({ _id: shard, chunks }) => [shard, Number(chunks)]))
}
