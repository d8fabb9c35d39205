import { loadEnvFile, readConfig } from '../src/config.js'
import { createClient } from '../src/storage/client.js'
import { shardDatabase } from '../src/storage/sharding.js'
import { runCommand } from './command.js'

await runCommand('shard', async () => {
  loadEnvFile()
  const config = readConfig(process.env)
  const { mongodbUri, mongodbDatabase } = config
  if (mongodbUri === undefined) {
    throw new Error('MONGODB_URI is not set: it must name the mongos of a sharded cluster')
  }
  const client = createClient({ uri: mongodbUri, poolSizeMax: config.mongodbPoolSize })
  try {
    const db = client.db(mongodbDatabase)
    for (const { name, key, isNew, chunks } of await shardDatabase(db)) {
      const places = Object.entries(chunks).map(([shard, count]) => `${shard} ${count}`)
      console.log(
        `${mongodbDatabase}.${name}: ${isNew ? 'sharded' : 'was sharded already'} by ${JSON.stringify(key)}; chunks: ${places.join(', ')}`,
      )
    }
    console.log('All other collections are small and stay whole.')
  } finally {
    await client.close()
  }
})
