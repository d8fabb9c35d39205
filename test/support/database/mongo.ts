import { randomUUID } from 'node:crypto'
import { createClient } from '../../../src/storage/client.js'
import { shardDatabase } from '../../../src/storage/sharding.js'
import {
  type EphemeralCluster,
  startEphemeralCluster,
} from '../../../tools/dev/local-mongo/ephemeral-cluster.js'
import { type EphemeralMongo, startEphemeralMongo } from '../../../tools/dev/local-mongo/ephemeral-mongo.js'

/** Whether the tests run on a cluster of two shards (`make test-sharded`) instead of a replica set of one. */
export const isSharded = process.env['TEST_DATABASE'] === 'sharded'

const options = { env: process.env, log: (message: string) => process.stderr.write(`${message}\n`) }

let replicaSet: Promise<EphemeralMongo> | undefined
let cluster: Promise<EphemeralCluster> | undefined

/** The server that `serveTestMongo` started, for the processes that the tests run in. */
const SHARED_URI = 'TEST_MONGODB_URI'
const SHARED_FRONT_URI = 'TEST_MONGOS_URI'

/** Starts a server for all tests of this process, and of its future child processes. */
export async function serveTestMongo(): Promise<void> {
  const [uri, frontUri] = [await testMongoUri(), await testServerUri()]
  process.env[SHARED_URI] = uri
  process.env[SHARED_FRONT_URI] = frontUri
}

/** Connection string of the database server that all tests share. The first caller starts it. */
export async function testMongoUri(): Promise<string> {
  const shared = process.env[SHARED_URI]
  if (shared !== undefined) return shared
  if (isSharded) return (await testCluster()).uri
  replicaSet ??= startEphemeralMongo(options)
  return (await replicaSet).uri
}

/** Connection string of a single server: the same one, or on a cluster one mongos of two. */
export async function testServerUri(): Promise<string> {
  const shared = process.env[SHARED_FRONT_URI]
  if (shared !== undefined) return shared
  return isSharded ? (await testCluster()).frontUri : await testMongoUri()
}

/** A sharded cluster for this process alone, so that a test may watch its shards and stop them. */
export async function testCluster(): Promise<EphemeralCluster> {
  cluster ??= startEphemeralCluster(options)
  return await cluster
}

/** Name of a new, empty database; on a cluster it is sharded as by `./benefits shard`. */
export async function freshDatabase(): Promise<string> {
  const name = `test-${randomUUID()}`
  if (isSharded) await shardTestDatabase({ uri: await testMongoUri(), name })
  return name
}

/** Shards a database of a cluster as `./benefits shard` does. */
export async function shardTestDatabase({ uri, name }: { uri: string; name: string }): Promise<void> {
  const client = createClient({ uri, poolSizeMax: 2 })
  try {
    await shardDatabase(client.db(name))
  } finally {
    await client.close()
  }
}

/** Stops every server that was started. */
export async function stopTestMongo(): Promise<void> {
  await Promise.all([replicaSet?.then(({ stop }) => stop()), cluster?.then(({ stop }) => stop())])
  replicaSet = undefined
  cluster = undefined
}
