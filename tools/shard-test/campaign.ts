import type { MongoClient } from 'mongodb'
import { createClient } from '../../src/storage/client.js'
import { SHARD_KEYS, shardDatabase } from '../../src/storage/sharding.js'
import { Problems } from '../crash-test/problems.js'
import { campaignFolder, leaveFolder, Trial } from '../crash-test/trial.js'
import { type EphemeralCluster, startEphemeralCluster } from '../dev/local-mongo/ephemeral-cluster.js'
import { Mover } from './mover.js'

/** Database of a service that was told no other. */
const DATABASE = 'benefits'
const COLLECTIONS = Object.keys(SHARD_KEYS)

export type CampaignOptions = {
  /** Moves of a chunk from one shard to the other. */
  readonly moves: number
  readonly seed: number
  /** Ends the load and the moves early. */
  readonly signal: AbortSignal
}

type Parts = {
  readonly folder: string
  readonly cluster: EphemeralCluster
  readonly client: MongoClient
  readonly problems: Problems
}

/**
 * Moves accounts and ledger between the shards of a cluster under load, and then compares what the service shows with what it had
 * acknowledged. Everything runs on this machine, in folders of its own.
 */
export class ShardCampaign {
  /** Holds the logs. */
  readonly folder: string
  readonly problems: Problems
  readonly trial: Trial
  readonly mover: Mover
  readonly #cluster: EphemeralCluster
  readonly #client: MongoClient
  readonly #moves: number

  /** Starts the cluster, shards the database and starts the services. Nothing is left when that fails. */
  static async start(options: CampaignOptions): Promise<ShardCampaign> {
    const problems = new Problems()
    const cluster = await startEphemeralCluster({
      env: process.env,
      mongodPath: process.env['MONGOD_PATH'],
      log: (message) => console.error(message),
      onCrash: (detail) => problems.found({ kind: 'PROCESS', detail }),
    })
    const folder = await campaignFolder('shard-test')
    const client = createClient({ uri: cluster.uri, poolSizeMax: 4 })
    const campaign = new ShardCampaign(options, { folder, cluster, client, problems })
    try {
      await shardDatabase(client.db(DATABASE))
      await campaign.mover.prepare(COLLECTIONS)
      await campaign.trial.services.start()
    } catch (error) {
      await campaign.close({ keepFolder: false })
      throw error
    }
    return campaign
  }

  private constructor({ moves, seed, signal }: CampaignOptions, parts: Parts) {
    const { folder, cluster, client, problems } = parts
    this.#moves = moves
    this.folder = folder
    this.problems = problems
    this.#cluster = cluster
    this.#client = client
    this.trial = new Trial({ folder, mongodbUri: cluster.uri, seed, problems, signal })
    this.mover = new Mover({
      client,
      shards: cluster.shards,
      database: DATABASE,
      random: this.trial.fork(),
      answers: () => this.trial.answers,
      signal: this.trial.signal,
    })
  }

  /** Load and moves, until there were enough moves; then every operation that was begun gets its answer. */
  async run(): Promise<void> {
    const { trial, mover } = this
    await trial.underLoad(async () => {
      try {
        await mover.run(this.#moves, COLLECTIONS)
      } catch (error) {
        trial.fail(`moving chunks: ${error}`)
      }
    })
  }

  /** Ends every process, and removes the folder or leaves it with a list of the problems in it. */
  async close({ keepFolder }: { readonly keepFolder: boolean }): Promise<void> {
    const { folder, problems, trial } = this
    await trial.services.stop()
    await this.#client.close()
    await this.#cluster.stop()
    await leaveFolder(folder, { keep: keepFolder, problems })
  }
}
