import { ensureReplicaSet, replicaSetUri } from '../dev/local-mongo/replica-set.js'
import { campaignMongod, Mongod, portToReturnTo } from './mongod.js'

export type DatabaseOptions = {
  /** A folder of its own. */
  readonly folder: string
  /** The port of another one that does not run at the same time; absent: one of its own. */
  readonly port?: number
  /** Called when it ends although nobody killed it. */
  readonly onCrash: (reason: string) => void
}

/** A replica set of one that can be killed and comes back on the same data and the same port. */
export class Database {
  readonly uri: string
  readonly version: string
  readonly port: number
  readonly #mongod: Mongod

  /** Finds a mongod and an address for it; starts nothing. */
  static async prepare(options: DatabaseOptions): Promise<Database> {
    const binary = await campaignMongod()
    const { port = await portToReturnTo() } = options
    const mongod = new Mongod({ ...options, binary, port })
    return new Database(mongod, binary.version)
  }

  private constructor(mongod: Mongod, version: string) {
    this.uri = replicaSetUri([mongod.port])
    this.version = version
    this.port = mongod.port
    this.#mongod = mongod
  }

  /** Starts it on its data, and returns when it can be written to. */
  async start(): Promise<void> {
    await this.#mongod.start()
    await ensureReplicaSet([this.#mongod.port])
  }

  /** Kills it as nothing can be caught, starts it again at once, and returns when it can be written to. */
  async crash(): Promise<void> {
    await this.#mongod.kill()
    await this.start()
  }

  /** Ends it in order, if it runs. */
  async stop(): Promise<void> {
    await this.#mongod.stop()
  }
}
