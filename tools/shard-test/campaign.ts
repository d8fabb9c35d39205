import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { MongoClient } from 'mongodb'
import { type EphemeralCluster, startEphemeralCluster } from '../../src/local-mongo/ephemeral-cluster.js'
import { createClient } from '../../src/storage/client.js'
import { SHARD_KEYS, shardDatabase } from '../../src/storage/sharding.js'
import { Asker } from '../crash-test/asker.js'
import { Book } from '../crash-test/book.js'
import { Inspection } from '../crash-test/inspection.js'
import { Load } from '../crash-test/load.js'
import { Problems } from '../crash-test/problems.js'
import { Random } from '../crash-test/random.js'
import { Services } from '../crash-test/services.js'
import { verifyBooks } from '../crash-test/verification.js'
import { Mover } from './mover.js'

const SERVICE_PROCESSES = 2
const WORKERS = 24
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
  readonly startedAtMs = performance.now()
  readonly problems: Problems
  readonly book: Book
  readonly asker: Asker
  readonly mover: Mover
  readonly #cluster: EphemeralCluster
  readonly #client: MongoClient
  readonly #services: Services
  readonly #options: CampaignOptions
  readonly #random: Random
  readonly #failed = new AbortController()
  readonly #signal: AbortSignal

  /** Starts the cluster, shards the database and starts the services. Nothing is left when that fails. */
  static async start(options: CampaignOptions): Promise<ShardCampaign> {
    const problems = new Problems()
    const cluster = await startEphemeralCluster({
      env: process.env,
      mongodPath: process.env['MONGOD_PATH'],
      log: (detail) => problems.found({ kind: 'PROCESS', detail }),
    })
    const folder = await mkdtemp(join(tmpdir(), 'benefits-shard-test-'))
    const client = createClient({ uri: cluster.uri, poolSizeMax: 4 })
    const campaign = new ShardCampaign(options, { folder, cluster, client, problems })
    try {
      await shardDatabase(client.db(DATABASE))
      await campaign.mover.prepare(COLLECTIONS)
      await campaign.#services.start()
    } catch (error) {
      await campaign.close({ keepFolder: false })
      throw error
    }
    return campaign
  }

  private constructor(options: CampaignOptions, { folder, cluster, client, problems }: Parts) {
    this.#options = options
    this.folder = folder
    this.problems = problems
    this.#cluster = cluster
    this.#client = client
    this.book = new Book(problems)
    this.#random = new Random(options.seed)
    this.#signal = AbortSignal.any([options.signal, this.#failed.signal])
    this.#services = new Services({
      mongodbUri: cluster.uri,
      count: SERVICE_PROCESSES,
      logFile: join(folder, 'services.log'),
      problems,
    })
    this.asker = new Asker({
      services: this.#services,
      book: this.book,
      problems,
      signal: this.#failed.signal,
    })
    this.mover = new Mover({
      client,
      shards: cluster.shards,
      database: DATABASE,
      random: this.#random.fork(),
      answers: () => this.book.acknowledged + this.book.repeats,
      signal: this.#signal,
    })
  }

  /** Load and moves, until there were enough moves; then every operation that was begun gets its answer. */
  async run(): Promise<void> {
    const { asker, book, problems } = this
    const random = this.#random.fork()
    const load = new Load({ asker, book, problems, random, workers: WORKERS, signal: this.#signal })
    await load.start()
    try {
      await this.mover.run(this.#options.moves, COLLECTIONS)
    } catch (error) {
      problems.found({ kind: 'STALLED', detail: `moving chunks: ${error}` })
      this.#failed.abort()
    }
    await load.stop()
  }

  /** Asks again for some of what was acknowledged, then compares every account with the book. */
  async inspect({ repeats }: { readonly repeats: number }): Promise<void> {
    const { asker, book, problems } = this
    const services = this.#services
    const inspection = new Inspection({ services, asker, book, problems, random: this.#random.fork() })
    await inspection.repeat(repeats)
    await inspection.compareAll()
  }

  /** Ends the services in order, and has `verify` look at the books: nothing may be left to settle. */
  async verify(): Promise<{ readonly accounts: number; readonly entries: number }> {
    const { problems } = this
    await this.#services.stop()
    const verified = await verifyBooks(this.#cluster.uri, { repair: false, problems })
    if (verified.unsettled > 0) {
      problems.found({ kind: 'DAMAGE', detail: `${verified.unsettled} entries are unsettled` })
    }
    return verified
  }

  /** Ends every process, and removes the folder or leaves it with a list of the problems in it. */
  async close({ keepFolder }: { readonly keepFolder: boolean }): Promise<void> {
    await this.#services.stop()
    await this.#client.close()
    await this.#cluster.stop()
    if (!keepFolder) return await rm(this.folder, { recursive: true, force: true })
    const lines = this.problems.all.map((problem) => `${JSON.stringify(problem)}\n`)
    await writeFile(join(this.folder, 'problems.ndjson'), lines.join(''))
  }
}
