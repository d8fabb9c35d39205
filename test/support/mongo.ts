import { randomUUID } from 'node:crypto'
import { type EphemeralCluster, startEphemeralCluster } from '../../src/local-mongo/ephemeral-cluster.js'
import { type EphemeralMongo, startEphemeralMongo } from '../../src/local-mongo/ephemeral-mongo.js'
import { createClient } from '../../src/storage/client.js'
import { shardDatabase } from '../../src/storage/sharding.js'

/** What the tests run on: a replica set of one, or with `make test-sharded` a cluster of two shards. */
export const isSharded = process.env['TEST_DATABASE'] === 'sharded'

const options = { env: process.env, log: (message: string) => process.stderr.write(`${message}\n`) }

let replicaSet: Promise<EphemeralMongo> | undefined
let cluster: Promise<EphemeralCluster> | undefined

/** Connection string of the one database server that all tests share: a real one, started by the first who asks. */
export async function testMongoUri(): Promise<string> {
  if (isSharded) return (await testCluster()).uri
  replicaSet ??= startEphemeralMongo(options)
  return (await replicaSet).uri
}

/** Connection string of one server of it: the same, but on a cluster one mongos of two. */
export async function testServerUri(): Promise<string> {
  return isSharded ? (await testCluster()).frontUri : await testMongoUri()
}

/** The one sharded cluster of the tests, started by the first who asks. */
export async function testCluster(): Promise<EphemeralCluster> {
  cluster ??= startEphemeralCluster(options)
  return await cluster
}

/** Name of a database that nobody else uses: empty, or on a cluster sharded as `make shard` does it. */
export async function freshDatabase(): Promise<string> {
  const name = `test-${randomUUID()}`
  if (isSharded) await shardTestDatabase(name)
  return name
}

/** Shards a database of the test cluster as `make shard` does it. */
export async function shardTestDatabase(name: string): Promise<void> {
  const { uri } = await testCluster()
  const client = createClient({ uri, poolSizeMax: 2 })
  try {
    await shardDatabase(client.db(name))
  } finally {
    await client.close()
  }
}

/** Stops what anybody asked for. */
export async function stopTestMongo(): Promise<void> {
  await Promise.all([replicaSet?.then(({ stop }) => stop()), cluster?.then(({ stop }) => stop())])
  replicaSet = undefined
  cluster = undefined
}
