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

/** A shard or the config server of a cluster: a replica set of one. */
export type ClusterShard = {
  readonly name: string
  /** The URI of its mongod, which bypasses mongos. */
  readonly uri: string
  /** Ends its mongod with SIGKILL. The data stay. */
  readonly kill: () => Promise<void>
  /** Starts it again with its data, and returns once it has a primary. */
  readonly restart: () => Promise<void>
}

export type EphemeralCluster = {
  /** The URI of both mongos. The driver sends each operation to one of them. */
  readonly uri: string
  /** The URI of one mongos. */
  readonly frontUri: string
  readonly shards: readonly ClusterShard[]
  /** Ends every process and removes the data. May be called again. */
  readonly stop: () => Promise<void>
}

export type EphemeralClusterOptions = Partial<FindMongodOptions> & {
  /** Called when a process of the cluster ends by itself. Default: `log`. */
  readonly onCrash?: Log
}

type Binaries = { readonly mongod: FoundMongod; readonly mongos: FoundMongod }
type Log = (message: string) => void

const SHARDS = ['shard-a', 'shard-b']
const CONFIG = 'config'
const FRONTS = 2

/**
 * Starts a throw-away sharded cluster for tests. It has two shards and a config server, each a replica set of
 * one, and two mongos. As in production, one mongos has not heard everything that the other has. Nothing is
 * sharded yet.
 *
 * @throws NoMongodError or MongodStartError, with nothing left running.
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
    // The mongos first: otherwise they log errors about missing shards.
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

/** A member of the cluster: a replica set of one. */
class Member implements ClusterShard {
  readonly name: string
  readonly #options: MemberOptions
  #running: RunningMongod | undefined
  /** 0 until the first start. */
  #port = 0

  constructor(options: MemberOptions) {
    this.name = options.name
    this.#options = options
  }

  /** The port of its first start, which it keeps. */
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
