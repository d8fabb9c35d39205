import type { Command } from 'commander'
import { Failure } from '../failure.js'
import { type GlobalOptions, Session } from '../session.js'
import { sheetOf } from '../terminal/sheet.js'

/** `benefits shard`: shards the two large collections across a cluster. */
export function addShard(program: Command): void {
  program
    .command('shard')
    .description('shard the database across the cluster that MONGODB_URI (a mongos) leads to; safe to repeat')
    .addHelpText('after', '\nExample:\n  ./benefits shard')
    .action(async (_: unknown, command: Command) => {
      const { config, output } = new Session(command.optsWithGlobals<GlobalOptions>())
      const { mongodbUri, mongodbDatabase } = config
      if (mongodbUri === undefined)
        throw new Failure('MONGODB_URI is not set: it must name the mongos of a sharded cluster')
      const { createClient } = await import('../../src/storage/client.js')
      const { shardDatabase } = await import('../../src/storage/sharding.js')
      const client = createClient({ uri: mongodbUri, poolSizeMax: config.mongodbPoolSize })
      try {
        const collections = await shardDatabase(client.db(mongodbDatabase))
        const rows = collections.map(({ name, key, isNew, chunks }) => ({
          collection: `${mongodbDatabase}.${name}`,
          state: isNew ? 'sharded now' : 'already sharded',
          key: JSON.stringify(key),
          chunks: Object.entries(chunks)
            .map(([shard, count]) => `${shard} ${count}`)
            .join(', '),
        }))
        const sheet = sheetOf<(typeof rows)[number]>(
          [
            { name: 'collection', title: 'collection', value: (row) => row.collection },
            { name: 'state', title: 'state', value: (row) => row.state },
            { name: 'key', title: 'by', value: (row) => row.key },
            { name: 'chunks', title: 'chunks', value: (row) => row.chunks },
          ],
          rows,
        )
        output.show({ json: rows, parts: [sheet, 'All other collections are small and stay unsharded.'] })
      } finally {
        await client.close()
      }
    })
}
