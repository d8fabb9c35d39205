import { join } from 'node:path'
import { type Document, MongoClient, type MongoClientOptions, MongoServerError } from 'mongodb'
import { Mongod, portToReturnTo } from '../crash-test/mongod.js'
import { until } from '../crash-test/until.js'
import type { FoundMongod } from '../dev/local-mongo/find-mongod.js'
import { REPLICA_SET } from '../dev/local-mongo/mongod-process.js'
import { Gate } from '../failover-test/gate.js'

/** The server's code for a set that has been made before. */
const ALREADY_INITIALIZED = 23

export type PatientOptions = {
  readonly binary: FoundMongod
  /** A folder of its own. */
  readonly folder: string
  readonly args?: readonly string[]
  readonly auth?: boolean
  /** What the services and the administrator need besides the address to get in, as options of a connection string. */
  readonly options?: string
  /** User and password, with the colon and the at sign. */
  readonly credentials?: string
  /** How the administrator gets in before there is a user. */
  readonly admin?: MongoClientOptions
  readonly onCrash: (reason: string) => void
}

/** The database that is to misbehave: a replica set of one, with a gate in front of it for the services. */
export class Patient {
  readonly mongod: Mongod
  readonly gate: Gate
  /** What the services are told. */
  readonly uri: string
  readonly #admin: MongoClient
  readonly #gateAddress: string

  static async prepare(options: PatientOptions): Promise<Patient> {
    return new Patient(options, { port: await portToReturnTo(), gatePort: await portToReturnTo() })
  }

  private constructor(
    options: PatientOptions,
    { port, gatePort }: Readonly<Record<'port' | 'gatePort', number>>,
  ) {
    const { binary, folder, args = [], auth = false, credentials = '', admin, onCrash } = options
    this.mongod = new Mongod({ binary, folder: join(folder, 'mongod'), port, args, auth, onCrash })
    this.gate = new Gate({ port: gatePort, targetPort: port })
    this.#gateAddress = `127.0.0.1:${gatePort}`
    const more = options.options ?? ''
    this.uri = `mongodb://${credentials}${this.#gateAddress}/?replicaSet=${REPLICA_SET}${more}`
    this.#admin = new MongoClient(`mongodb://127.0.0.1:${port}/?directConnection=true${more}`, {
      serverSelectionTimeoutMS: 5_000,
      connectTimeoutMS: 5_000,
      socketTimeoutMS: 10_000,
      ...admin,
    })
  }

  /** Starts it on its data, and returns when it can be written to. */
  async start(): Promise<void> {
    await this.mongod.start()
    const members = [{ _id: 0, host: this.#gateAddress }]
    const config = { _id: REPLICA_SET, version: 1, members, writeConcernMajorityJournalDefault: true }
    await this.command({ replSetInitiate: config }).catch((error: unknown) => {
      if (!(error instanceof MongoServerError && error.code === ALREADY_INITIALIZED)) throw error
    })
    await until('it is the primary', async () => (await this.command({ hello: 1 }))['isWritablePrimary'])
  }

  /** Runs a command of the database `admin`. */
  async command(command: Document): Promise<Document> {
    return await this.#admin.db('admin').command(command)
  }

  async stop(): Promise<void> {
    await this.#admin.close()
    await this.gate.close()
    await this.mongod.stop()
  }
}
