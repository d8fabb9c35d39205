import { setTimeout as delay } from 'node:timers/promises'
import type { FoundMongod } from './find-mongod.js'
import { MongodStartError } from './mongod-start-error.js'
import { WatchedInstance } from './watched-instance.js'

/** The replica set of every mongod that is no part of a cluster. */
export const REPLICA_SET = 'rs0'

/** What a mongod of a sharded cluster is there for: its data, or knowing where they are. */
export type ClusterRole = 'shardsvr' | 'configsvr'

/** How long a mongod waits for the port that it had before, in milliseconds. */
const PORT_WAIT_MS_MAX = 60_000
const PORT_POLL_MS = 200

const MONGOD_ARGS = [
  ['--nounixsocket'],
  // The log goes through a pipe to us: connections need not be told.
  ['--quiet'],
  ['--oplogSize', '512'],
  ['--setParameter', 'diagnosticDataCollectionEnabled=false'],
  // A member of a larger set otherwise lingers for 15 seconds after a signal.
  ['--setParameter', 'shutdownTimeoutMillisForSignaledShutdown=100'],
].flat()

/** A small data folder has 9 MB instead of 200, and opens in half the time. But under load everybody waits for each new file. */
const SMALL_JOURNAL_ARGS = ['--wiredTigerEngineConfigString', 'log=(file_max=8MB,prealloc=false)']

/** For a part of a cluster, which others wait for until it has come as far as they have. */
const CLUSTER_ARGS = [
  // A shard without writes tells change streams every second, and not every ten, that it has none.
  ['--setParameter', 'periodicNoopIntervalSecs=1'],
  // A shard of one member has nobody who makes it flush its journal at once.
  ['--journalCommitInterval', '5'],
].flat()

export type MongodOptions = {
  readonly binary: FoundMongod
  /** An existing folder. */
  readonly dbPath: string
  /** Default 0: the system chooses one. */
  readonly port?: number
  /** The replica set that it belongs to. Default {@link REPLICA_SET}. */
  readonly replicaSet?: string
  /** Set for a member of a sharded cluster. */
  readonly clusterRole?: ClusterRole
  /** Whether its journal is kept in files of 8 MB, and not as MongoDB itself keeps it. Default true. */
  readonly smallJournal?: boolean
  /** Further arguments. */
  readonly args?: readonly string[]
  /** Whether callers must prove who they are. Members of a set then need a key file, too. Default false. */
  readonly auth?: boolean
  /** Called when mongod ends although nobody called `stop`. */
  readonly onCrash: (reason: string) => void
}

export type RunningMongod = {
  readonly pid: number
  readonly port: number
  /** Ends mongod cleanly: SIGINT, and after 10 seconds SIGKILL. Repeated calls are harmless. */
  readonly stop: () => Promise<void>
}

/**
 * Starts a journalled mongod of a replica set on 127.0.0.1 and returns once it listens. The set is not initiated yet.
 * Data files are journalled: since MongoDB 6.1 that cannot be switched off. It ends with this process, see
 * {@link WatchedInstance}.
 *
 * @throws MongodStartError when it does not come up within a minute.
 */
export async function startMongod(options: MongodOptions): Promise<RunningMongod> {
  const { port: askedPort = 0, replicaSet = REPLICA_SET, clusterRole, ...more } = options
  const { smallJournal = true, args = [], ...place } = more
  const instance = new WatchedInstance({
    ...place,
    port: askedPort,
    args: [
      // Not by the library's own option: with it, the library's stop() sends `shutdown` to whoever listens on the port,
      // which is a stranger's mongod when ours could not have the port. Without it, it signals the process it started.
      ...['--replSet', replicaSet],
      ...(clusterRole === undefined ? [] : [`--${clusterRole}`, ...CLUSTER_ARGS]),
      ...MONGOD_ARGS,
      ...(smallJournal ? SMALL_JOURNAL_ARGS : []),
      ...args,
    ],
  })
  const { pid, port } = await instance.launch()
  return { pid, port, stop: () => instance.end() }
}

/**
 * Does the same, and waits up to a minute for a port that is taken. A client that knocks at the port of a mongod that is
 * away may get the same number for its own end, and holds it for a while.
 */
export async function startMongodAgain(options: MongodOptions): Promise<RunningMongod> {
  const endsAtMs = performance.now() + PORT_WAIT_MS_MAX
  for (;;) {
    try {
      return await startMongod(options)
    } catch (error) {
      const portTaken = error instanceof MongodStartError && error.failure === 'port-taken'
      if (!portTaken || performance.now() > endsAtMs) throw error
      await delay(PORT_POLL_MS)
    }
  }
}
