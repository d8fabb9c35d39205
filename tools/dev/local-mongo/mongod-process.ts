import { setTimeout as delay } from 'node:timers/promises'
import type { FoundMongod } from './find-mongod.js'
import { MongodStartError } from './mongod-start-error.js'
import { WatchedInstance } from './watched-instance.js'

/** The replica set of every mongod outside a cluster. */
export const REPLICA_SET = 'rs0'

/** The role of a mongod in a sharded cluster: it holds data, or it knows where data are. */
export type ClusterRole = 'shardsvr' | 'configsvr'

/** Longest wait for a previous port that is taken, in milliseconds. */
const PORT_WAIT_MS_MAX = 60_000
const PORT_POLL_MS = 200

const MONGOD_ARGS = [
  ['--nounixsocket'],
  // The log comes to us through a pipe. Lines about connections are not needed.
  ['--quiet'],
  ['--oplogSize', '512'],
  ['--setParameter', 'diagnosticDataCollectionEnabled=false'],
  // A member of a larger set otherwise takes 15 seconds to end after a signal.
  ['--setParameter', 'shutdownTimeoutMillisForSignaledShutdown=100'],
].flat()

/**
 * Makes the folder of an empty database 9 MB instead of 200, and opens it in half the time. Under load,
 * however, all writes wait for each new file.
 */
const SMALL_JOURNAL_ARGS = ['--wiredTigerEngineConfigString', 'log=(file_max=8MB,prealloc=false)']

/** Arguments of a cluster's member, for which the other members wait until it has caught up. */
const CLUSTER_ARGS = [
  // An idle shard reports its time to change streams every second, not every ten.
  ['--setParameter', 'periodicNoopIntervalSecs=1'],
  // A shard of one member has no secondary that makes it flush its journal at once.
  ['--journalCommitInterval', '5'],
].flat()

export type MongodOptions = {
  readonly binary: FoundMongod
  /** An existing folder. */
  readonly dbPath: string
  /** Default 0: the system chooses one. */
  readonly port?: number
  /** The replica set of this mongod. Default {@link REPLICA_SET}. */
  readonly replicaSet?: string
  /** Set for a member of a sharded cluster. */
  readonly clusterRole?: ClusterRole
  /** Whether the journal uses files of 8 MB instead of MongoDB's default. Default true. */
  readonly smallJournal?: boolean
  readonly args?: readonly string[]
  /** Whether clients must authenticate. Members of a set then need a key file, too. Default false. */
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
 * Starts a journalled mongod of a replica set on 127.0.0.1, and returns once it listens. The replica set is
 * not initiated yet. The journal cannot be switched off since MongoDB 6.1. mongod ends with this process, see
 * {@link WatchedInstance}.
 *
 * @throws MongodStartError when it does not listen within a minute.
 */
export async function startMongod(options: MongodOptions): Promise<RunningMongod> {
  const { port: askedPort = 0, replicaSet = REPLICA_SET, clusterRole, ...more } = options
  const { smallJournal = true, args = [], ...place } = more
  const instance = new WatchedInstance({
    ...place,
    port: askedPort,
    args: [
      // Not by the library's own option. With that, the library's stop() sends `shutdown` to the program on
      // the port, which is not ours when mongod could not get the port. Without it, stop() signals the
      // process it started.
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
 * Starts a mongod as {@link startMongod} does, and waits up to a minute for a port that is taken. A client
 * that connects to the port of an absent mongod may get the same port for its own end, and holds it for a
 * while.
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
