import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FindMongodOptions, FoundMongod } from './find-mongod.js'
import { findMongod } from './find-mongod.js'
import { findMongos } from './find-mongos.js'
import type { ClusterRole, RunningMongod } from './mongod-process.js'
import { startMongodAgain } from './mongod-process.js'
import { startMongos } from './mongos-process.js'
import { ensureReplicaSet, withAdmin } from './replica-set.js'

/** A running part of a cluster: a replica set of one. */
export type ClusterShard = {
  readonly name: string
  /** Of its mongod itself, past mongos: to look at what it does. */
  readonly uri: string
  /** Ends its mongod as nothing can be caught. The data stay. */
  readonly kill: () => Promise<void>
  /** Starts it again with its data, and returns once it has a primary. */
  readonly restart: () => Promise<void>
}

export type EphemeralCluster = {
  /** Of both mongos: whoever uses it is sent to one of them with each operation. */
  readonly uri: string
  /** Of one of them alone. */
  readonly frontUri: string
  readonly shards: readonly ClusterShard[]
  /** Ends everything and removes the data. May be called again. */
  readonly stop: () => Promise<void>
}

export type EphemeralClusterOptions = Partial<FindMongodOptions> & {
  /** Told when a part of it ends by itself; `log` is, unless this is given. */
  readonly onCrash?: Log
}

type Binaries = { readonly mongod: FoundMongod; readonly mongos: FoundMongod }
type Log = (message: string) => void

const SHARDS = ['shard-a', 'shard-b']
const CONFIG = 'config'
const FRONTS = 2

/**
 * Starts a throw-away sharded cluster for tests: two shards and a config server, replica sets of one each, and two mongos, as in
 * production: what one of them has heard of, the other has not. Nothing in it is sharded yet.
 *
 * @throws NoMongodError or MongodStartError; nothing is left then.
 */
export async function startEphemeralCluster({
  log = () => {},
  onCrash = log,
  ...options
}: EphemeralClusterOptions = {}): Promise<EphemeralCluster> {
  const binaries = {
    mongod: await findMongod({ ...options, log }),
    mongos: await findMongos({ ...options, log }),
  }
  return await startCluster(binaries, onCrash)
}

async function startCluster({ mongod, mongos }: Binaries, onCrash: Log): Promise<EphemeralCluster> {
  const folder = await mkdtemp(join(tmpdir(), 'benefits-cluster-'))
  const member = { binary: mongod, folder, onCrash }
  const config = new Member({ ...member, name: CONFIG, clusterRole: 'configsvr' })
  const shards = SHARDS.map((name) => new Member({ ...member, name, clusterRole: 'shardsvr' }))
  const fronts: RunningMongod[] = []
  const removeAll = async (): Promise<void> => {
    // The fronts first, which otherwise complain of shards that are gone.
    await Promise.all(fronts.map((front) => front.stop()))
    await Promise.all([config, ...shards].map((one) => one.stop()))
    await rm(folder, { recursive: true, force: true })
  }
  try {
    const starts = await Promise.allSettled([config, ...shards].map((one) => one.start()))
    for (const start of starts) if (start.status === 'rejected') throw start.reason
    const configServers = `${CONFIG}/127.0.0.1:${config.port}`
    const frontStarts = await Promise.allSettled(
      Array.from({ length: FRONTS }, async () => {
        fronts.push(await startMongos({ binary: mongos, mongod, configServers, onCrash }))
      }),
    )
    for (const start of frontStarts) if (start.status === 'rejected') throw start.reason
    await withAdmin(fronts[0]?.port ?? 0, async (admin) => {
      for (const { name, port } of shards)
        await admin.command({ addShard: `${name}/127.0.0.1:${port}`, name })
    })
  } catch (error) {
    await removeAll()
    throw error
  }
  let stopped: Promise<void> | undefined
  const stop = (): Promise<void> => {
    stopped ??= removeAll()
    return stopped
  }
  return { uri: uriOf(fronts), frontUri: uriOf(fronts.slice(0, 1)), shards, stop }
}

function uriOf(fronts: readonly RunningMongod[]): string {
  return `mongodb://${fronts.map(({ port }) => `127.0.0.1:${port}`).join()}/`
}

type MemberOptions = {
  readonly binary: FoundMongod
  readonly folder: string
  readonly name: string
  readonly clusterRole: ClusterRole
  readonly onCrash: Log
}

/** A replica set of one, which is a part of the cluster. */
class Member implements ClusterShard {
  readonly name: string
  readonly #options: MemberOptions
  #running: RunningMongod | undefined
  /** 0 until it has run. */
  #port = 0

  constructor(options: MemberOptions) {
    this.name = options.name
    this.#options = options
  }

  /** The port that it got at its first start, and keeps. */
  get port(): number {
    return this.#port
  }

  get uri(): string {
    return `mongodb://127.0.0.1:${this.port}/?directConnection=true`
  }

  async start(): Promise<void> {
    const { binary, folder, name, clusterRole, onCrash } = this.#options
    const dbPath = join(folder, name)
    await mkdir(dbPath, { recursive: true })
    const options = { binary, dbPath, replicaSet: name, clusterRole, onCrash }
    this.#running = await startMongodAgain({ ...options, port: this.#port })
    this.#port = this.#running.port
    await ensureReplicaSet([this.#port], { name, clusterRole })
  }

  async stop(): Promise<void> {
    await this.#running?.stop()
    this.#running = undefined
  }

  async kill(): Promise<void> {
    if (this.#running) process.kill(this.#running.pid, 'SIGKILL')
    await this.stop()
  }

  restart(): Promise<void> {
    return this.start()
  }
}
