import { type Db, MongoClient } from 'mongodb'
import { startEphemeralMongo } from '../../tools/dev/local-mongo/ephemeral-mongo.js'

/** Longest time for one command of ours, in milliseconds: indexes of millions of entries take their time. */
const COMMAND_MS_MAX = 300_000

/** The one mongod that all sides use, each with a database of its own. */
export class Database {
  readonly uri: string
  readonly version: string
  /** Of the mongod's process. */
  readonly pid: number
  readonly #client: MongoClient
  readonly #stop: () => Promise<void>

  /** Starts a mongod of our own: a replica set of one, its data in a new folder, in `parent` if that is said. */
  static async start(log: (message: string) => void, parent?: string): Promise<Database> {
    const { uri, stop } = await startEphemeralMongo({
      env: process.env,
      mongodPath: process.env['MONGOD_PATH'],
      smallJournal: false,
      ...(parent !== undefined && { parent }),
      log,
    })
    return await Database.connect(uri, stop)
  }

  /** Uses one that runs on this machine; `stop` ends it. */
  static async connect(uri: string, stop: () => Promise<void>): Promise<Database> {
    const client = new MongoClient(uri, {
      appName: 'benefits-authorizer benchmark',
      useBigInt64: true,
      writeConcern: { w: 'majority', journal: true },
      readConcern: { level: 'majority' },
      serverSelectionTimeoutMS: 5_000,
      connectTimeoutMS: 5_000,
      socketTimeoutMS: COMMAND_MS_MAX,
      maxPoolSize: 8,
    })
    try {
      const { pid, version } = await client.db('admin').command({ serverStatus: 1 })
      return new Database({ uri, stop, client, pid: Number(pid), version: String(version) })
    } catch (error) {
      await client.close()
      await stop()
      throw error
    }
  }

  private constructor(
    parts: Pick<Database, 'uri' | 'version' | 'pid'> & {
      readonly client: MongoClient
      readonly stop: () => Promise<void>
    },
  ) {
    this.uri = parts.uri
    this.version = parts.version
    this.pid = parts.pid
    this.#client = parts.client
    this.#stop = parts.stop
  }

  db(name: string): Db {
    return this.#client.db(name)
  }

  async stop(): Promise<void> {
    await this.#client.close()
    await this.#stop()
  }
}
