import { createClient } from '../../../src/storage/client.js'
import { SHARD_KEYS, shardDatabase } from '../../../src/storage/sharding.js'
import { countArgument } from '../../../tools/command.js'
import { startEphemeralCluster } from '../../../tools/dev/local-mongo/ephemeral-cluster.js'
import type { Fault } from '../harness/campaign.js'
import { campaignTable, countsOf, seconds } from '../harness/report.js'
import { type Plan, wholeNumber } from '../harness/run.js'
import { DATABASE } from '../harness/verification.js'
import { Chunks } from './chunks.js'

const MOVES = 30
const collections = Object.keys(SHARD_KEYS)

/** Moves chunks of accounts and ledger independently between the two shards. */
export function shard(moves: number): Fault {
  return {
    strikes: [Array.from({ length: moves }, (_, move) => collections[move % collections.length] ?? '')],
    prepare: async (campaign) => {
      const cluster = await startEphemeralCluster({
        env: process.env,
        mongodPath: process.env['MONGOD_PATH'],
        log: (message) => console.error(message),
        onCrash: campaign.onCrash,
      })
      const client = createClient({ uri: cluster.uri, poolSizeMax: 4 })
      const chunks = new Chunks(client, cluster.shards)
      let longestMoveMs = 0
      return {
        uri: cluster.uri,
        start: async () => {
          await shardDatabase(client.db(DATABASE))
          await chunks.prepare(collections)
        },
        strike: async (collection, random) => {
          const startedAtMs = performance.now()
          await chunks.move(collection, random)
          longestMoveMs = Math.max(longestMoveMs, performance.now() - startedAtMs)
        },
        close: async () => {
          await client.close()
          await cluster.stop()
        },
        progress: () => `${campaign.strikes} moves`,
        report: (ending) =>
          campaignTable(campaign, ending, {
            above: [
              ['moves', countsOf(campaign.struck)],
              ['longest move', `${seconds(longestMoveMs)} s`],
            ],
          }),
      }
    },
  }
}

export function shardPlan(): Plan {
  const moves = countArgument('moves') ?? MOVES
  return {
    headline: `${moves} moves`,
    secondsMax: wholeNumber('seconds', 1_200),
    strikes: 'moves',
    faults: () => ({ shard: shard(moves) }),
  }
}
