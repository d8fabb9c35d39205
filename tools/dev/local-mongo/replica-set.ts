import { setTimeout as delay } from 'node:timers/promises'
import type { Db, Document } from 'mongodb'
import { MongoClient, MongoNetworkError, MongoServerError } from 'mongodb'
import { type ClusterRole, REPLICA_SET } from './mongod-process.js'
import { MongodStartError } from './mongod-start-error.js'

/**
 * Longest wait for a primary, in milliseconds. An election takes milliseconds alone and a few seconds among
 * several; recovery of much data takes longer.
 */
const PRIMARY_TIMEOUT_MS = 60_000
const POLL_MS = 10

/** The server's codes: https://github.com/mongodb/mongo/blob/master/src/mongo/base/error_codes.yml */
const NOT_YET_INITIALIZED = 94
/** Transient codes: already initialized, node not found, reconfiguration or election in progress. */
const TRANSIENT = [23, 74, NOT_YET_INITIALIZED, 109, 11602]

/** Settings for a failover after two seconds instead of ten, for the tests that cause one. */
const SETTINGS = { electionTimeoutMillis: 2_000, heartbeatIntervalMillis: 500, heartbeatTimeoutSecs: 2 }

export type ReplicaSetOptions = {
  /** Name of the replica set. Default {@link REPLICA_SET}. */
  readonly name?: string
  /** Set for a part of a sharded cluster. */
  readonly clusterRole?: ClusterRole
}

/** Builds the connection string of the replica set with members on these ports of 127.0.0.1. */
export function replicaSetUri(ports: readonly number[]): string {
  return `mongodb://${ports.map(hostOf).join(',')}/?replicaSet=${REPLICA_SET}`
}

/**
 * Makes the mongods on these ports one replica set. Returns when it has a primary and all members have caught
 * up.
 *
 * A set of one whose data name another port, because its previous port was taken, is reconfigured by force.
 * That is safe: no other member could disagree.
 *
 * @throws MongodStartError when that takes over a minute, or an error of the driver.
 */
export async function ensureReplicaSet(
  ports: readonly number[],
  options: ReplicaSetOptions = {},
): Promise<void> {
  const [first] = ports
  if (first === undefined) throw new Error('a replica set needs a member')
  await withAdmin(first, async (admin) => {
    const deadline = performance.now() + PRIMARY_TIMEOUT_MS
    while (!(await isComplete(admin, ports, options))) {
      if (performance.now() > deadline)
        throw new MongodStartError('other', 'the local replica set elected no primary within a minute')
      await delay(POLL_MS)
    }
  })
}

/** Runs `use` with the admin database of the mongod on `port`, whatever its role in the set. */
export async function withAdmin<T>(port: number, use: (admin: Db) => Promise<T>): Promise<T> {
  const client = new MongoClient(`mongodb://${hostOf(port)}/`, {
    appName: 'benefits-authorizer local-mongo',
    directConnection: true,
    serverSelectionTimeoutMS: 2_000,
    connectTimeoutMS: 2_000,
    socketTimeoutMS: 10_000,
    maxPoolSize: 1,
    retryReads: false,
    retryWrites: false,
  })
  try {
    return await use(client.db('admin'))
  } finally {
    await client.close()
  }
}

/** Checks the set once, and corrects its configuration when it differs from the wanted one. */
async function isComplete(admin: Db, ports: readonly number[], options: ReplicaSetOptions): Promise<boolean> {
  try {
    const { isWritablePrimary } = await admin.command({ hello: 1 })
    if (ports.length === 1 && isWritablePrimary === true) return true
    const config = await currentConfig(admin)
    if (config === undefined) await admin.command({ replSetInitiate: newConfig(ports, options) })
    else if (ports.length === 1) await moveOnlyMember(admin, config, ports)
    else return await haveAllCaughtUp(admin, ports.length)
  } catch (error) {
    if (!isTransient(error)) throw error
  }
  return false
}

async function haveAllCaughtUp(admin: Db, count: number): Promise<boolean> {
  const { members } = await admin.command({ replSetGetStatus: 1 })
  const states: readonly unknown[] = members.map((member: { stateStr: unknown }) => member.stateStr)
  const ready = states.filter((state) => state === 'PRIMARY' || state === 'SECONDARY')
  return states.includes('PRIMARY') && ready.length === count
}

async function currentConfig(admin: Db): Promise<Document | undefined> {
  try {
    const { config } = await admin.command({ replSetGetConfig: 1 })
    return config
  } catch (error) {
    if (error instanceof MongoServerError && error.code === NOT_YET_INITIALIZED) return undefined
    throw error
  }
}

async function moveOnlyMember(admin: Db, config: Document, ports: readonly number[]): Promise<void> {
  const { members, version } = config
  const hosts: readonly unknown[] = members.map((member: { host: unknown }) => member.host)
  if (hosts.join() === ports.map(hostOf).join()) return
  if (hosts.length !== 1)
    throw new Error(`the data belong to a replica set of several members: ${hosts.join(', ')}`)
  const moved = { ...config, version: version + 1, members: membersOn(ports) }
  await admin.command({ replSetReconfig: moved, force: true })
}

function newConfig(
  ports: readonly number[],
  { name = REPLICA_SET, clusterRole }: ReplicaSetOptions,
): Document {
  return {
    _id: name,
    version: 1,
    ...(clusterRole === 'configsvr' && { configsvr: true }),
    members: membersOn(ports),
    // Acknowledged by the majority means: in the journal of the majority.
    writeConcernMajorityJournalDefault: true,
    settings: SETTINGS,
  }
}

function membersOn(ports: readonly number[]): readonly Document[] {
  return ports.map((port, index) => ({ _id: index, host: hostOf(port) }))
}

/** mongod closes connections when it changes its role. */
function isTransient(error: unknown): boolean {
  if (error instanceof MongoNetworkError) return true
  return error instanceof MongoServerError && TRANSIENT.some((code) => code === error.code)
}

function hostOf(port: number): string {
  return `127.0.0.1:${port}`
}
