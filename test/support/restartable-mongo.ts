import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findMongod } from '../../src/local-mongo/find-mongod.js'
import { freePorts } from '../../src/local-mongo/free-port.js'
import { type RunningMongod, startMongod } from '../../src/local-mongo/mongod-process.js'
import { ensureReplicaSet, replicaSetUri } from '../../src/local-mongo/replica-set.js'

/** A replica set of one whose address is known before it runs, and that can be stopped and started again with its data. */
export class RestartableMongo {
  readonly uri: string
  readonly #port: number
  readonly #folder: string
  #running: RunningMongod | undefined

  /** Chooses the address; starts nothing. */
  static async prepare(): Promise<RestartableMongo> {
    const [port = 0] = await freePorts(1)
    return new RestartableMongo(port, await mkdtemp(join(tmpdir(), 'restartable-mongo-')))
  }

  /** The same address for another one with data of its own: only one of the two can run at a time. */
  async another(): Promise<RestartableMongo> {
    return new RestartableMongo(this.#port, await mkdtemp(join(tmpdir(), 'restartable-mongo-')))
  }

  private constructor(port: number, folder: string) {
    this.uri = replicaSetUri([port])
    this.#port = port
    this.#folder = folder
  }

  /** Starts it and returns once it can be written to. */
  async start(): Promise<void> {
    const binary = await findMongod({ env: process.env, log: () => {} })
    const dbPath = join(this.#folder, 'data')
    await mkdir(dbPath, { recursive: true })
    this.#running = await startMongod({ binary, dbPath, port: this.#port, onCrash: () => {} })
    await ensureReplicaSet([this.#port])
  }

  /** Stops it; the data stay. */
  async stop(): Promise<void> {
    await this.#running?.stop()
    this.#running = undefined
  }

  /** Stops it and removes the data. */
  async remove(): Promise<void> {
    await this.stop()
    await rm(this.#folder, { recursive: true, force: true })
  }
}
