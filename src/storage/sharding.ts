import type { Db, Document } from 'mongodb'
import { isMongos } from './account/read-order.js'
import { type CollectionName, collections } from './collections.js'
import { ensureSchema } from './schema.js'

/**
 * What is spread over the shards, and by which key. Both by the same hash of the account's id, so that an account and its entries are on
 * one shard as long as the balancer has moved neither. The unique indexes of the ledger begin with its key, `_id` included: two
 * entries that must not both be are on one shard, which refuses the second. What is small stays whole, on one shard.
 */
export const SHARD_KEYS = {
  [collections.accounts]: { _id: 'hashed' },
  [collections.ledger]: { '_id.account': 'hashed' },
} as const satisfies Partial<Record<CollectionName, Document>>

/** What became of one collection. */
export type ShardedCollection = {
  readonly name: string
  readonly key: Document
  /** False: it was so already. */
  readonly isNew: boolean
  /** Number of chunks on each shard. */
  readonly chunks: Readonly<Record<string, number>>
}

/** Thrown when a database cannot be sharded. The message says what to do. */
class ShardingError extends Error {
  override readonly name = 'ShardingError'
}

/**
 * Spreads accounts and ledger over the shards of a cluster, with the commands of the runbook; collections, validators and indexes are made
 * where they are missing. Doing it again changes nothing.
 *
 * @throws ShardingError when the server is no mongos, or a collection is sharded by another key.
 */
export async function shardDatabase(db: Db): Promise<readonly ShardedCollection[]> {
  if (!(await isMongos(db.client))) {
    throw new ShardingError(
      'this is not a sharded cluster: let MONGODB_URI name its mongos. A replica set needs no sharding.',
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
      `${namespace} is sharded by ${JSON.stringify(known['key'])} and not by ${JSON.stringify(key)}: see reshardCollection in MongoDB's manual`,
    )
  }
  if (!known) {
    // A collection that is not empty must have it before.
    await db.collection(name).createIndex(key)
    await db.client.db('admin').command({ shardCollection: namespace, key })
  }
  return { name, key, isNew: !known, chunks: await chunksOf(db, namespace) }
}

/** The cluster's description of a sharded collection. */
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
