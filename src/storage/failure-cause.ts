import {
  MongoBulkWriteError,
  MongoError,
  MongoNetworkError,
  MongoNetworkTimeoutError,
  MongoServerError,
  MongoServerSelectionError,
  MongoWriteConcernError,
  type ServerDescription,
} from 'mongodb'

/** The causes of a database failure, each with a hint for the operator. */
const hints = {
  UNREACHABLE:
    'no server in MONGODB_URI accepts connections: check that MongoDB runs, that its hosts and ports are right, and that the network lets the service connect',
  HOST_UNKNOWN: 'a host in MONGODB_URI does not resolve: check its name and DNS',
  CONNECTIONS_CLOSED:
    'MongoDB closes connections at once: check its connection limit (net.maxIncomingConnections, open files), and that both sides use TLS or neither does',
  CERTIFICATE: 'the certificate of MongoDB is not trusted: check its expiry and host name, and tlsCAFile',
  TLS: 'the TLS handshake with MongoDB fails: check that both sides use TLS and share a version',
  CREDENTIALS: 'MongoDB rejects the user or the password in MONGODB_URI: check them and authSource',
  RIGHTS:
    'the user in MONGODB_URI lacks privileges, or MONGODB_URI names no user: grant the roles readWrite and dbAdmin on the database',
  FILE: 'a file named in MONGODB_URI (tlsCAFile, tlsCertificateKeyFile) cannot be read',
  STANDALONE:
    'MongoDB runs as a standalone server, which has no transactions or change streams: start it with --replSet and run rs.initiate(); one member is enough',
  TOO_OLD: 'MongoDB is older than version 8.0, which the service requires: upgrade it',
  REPLICA_SET_NAME:
    'no server in MONGODB_URI belongs to the replica set that it names: check replicaSet=, and that MongoDB runs with --replSet',
  REPLICA_SET_NEW: 'the servers in MONGODB_URI form no replica set yet: run rs.initiate()',
  NO_PRIMARY: 'the replica set has no primary: check that a majority of its members run and reach each other',
  STALE_PRIMARY:
    'the primary belongs to an earlier election than one seen before: check whether older data files or another replica set run at this address. If that is intended, restart the service',
  STOPPING: 'MongoDB is shutting down or has crashed: see its log',
  NO_MAJORITY: 'a majority does not confirm writes in time: check for members that are down, slow or lagging',
  SLOW: 'MongoDB does not answer in time: check its load, its disk and the network',
  NO_ROOM: 'the disk of MongoDB is full',
  SHARD_AWAY: 'mongos does not reach a shard or the config servers: check that they run and have a primary',
  INDEX:
    'a required index cannot be created: another index has its name, or entries contradict each other (run ./benefits verify)',
  BOOKS_MISSING:
    'the database has no books, or only some of them: check MONGODB_DATABASE and whether the database was dropped. Restore it; only a restart creates new books',
  BOOKS_OTHER:
    'the database holds other books than this process started with: check where MONGODB_URI leads. Correct it, or restart the service',
  BOOKS_REPLACED:
    'a collection is not the one that was checked: it was dropped or recreated, or another database answers. The next check tells which',
  SCHEMA_DAMAGED: 'a required validator or index is missing: restore it, or restart the service',
  SCHEMA_OLDER:
    'the books have the schema of an earlier release: run the schema command, or restart the service',
  SCHEMA_NEWER:
    'the books have the schema of a later release: run that release, or restore an earlier backup',
  OTHER: 'see the error and the log of MongoDB',
} as const satisfies Readonly<Record<string, string>>

export type CauseName = keyof typeof hints

/** The causes of a database that answers but must not be used. */
type UnfitName = Extract<CauseName, 'STANDALONE' | 'TOO_OLD' | `BOOKS_${string}` | `SCHEMA_${string}`>

/**
 * Thrown when the database answers but the service must not decide on it. The message says why, and quotes
 * nothing of MONGODB_URI.
 */
export class UnfitDatabaseError extends Error {
  override readonly name = 'UnfitDatabaseError'
  readonly reason: UnfitName

  constructor(reason: UnfitName, detail?: string) {
    super(detail === undefined ? hints[reason] : `${detail}: ${hints[reason]}`)
    this.reason = reason
  }
}

/** The cause of a database failure. Neither field quotes MONGODB_URI. */
export type FailureCause = {
  readonly name: CauseName
  readonly hint: string
  /** Whether the database answers but must not be used. */
  readonly isUnfit: boolean
}

/** Causes by server code. Names as in the server's error_codes.yml. */
const byServerCode: ReadonlyMap<unknown, CauseName> = new Map([
  [6, 'SHARD_AWAY'], // HostUnreachable
  [7, 'SHARD_AWAY'], // HostNotFound
  [13, 'RIGHTS'], // Unauthorized
  [18, 'CREDENTIALS'], // AuthenticationFailed
  [50, 'SLOW'], // MaxTimeMSExpired
  [59, 'TOO_OLD'], // CommandNotFound
  [64, 'NO_MAJORITY'], // WriteConcernTimeout
  [70, 'SHARD_AWAY'], // ShardNotFound
  [85, 'INDEX'], // IndexOptionsConflict
  [86, 'INDEX'], // IndexKeySpecsConflict
  [89, 'SHARD_AWAY'], // NetworkTimeout
  [91, 'STOPPING'], // ShutdownInProgress
  [100, 'NO_MAJORITY'], // UnsatisfiableWriteConcern
  [133, 'SHARD_AWAY'], // FailedToSatisfyReadPreference
  [189, 'NO_PRIMARY'], // PrimarySteppedDown
  [202, 'SHARD_AWAY'], // NetworkInterfaceExceededTimeLimit
  [262, 'SLOW'], // ExceededTimeLimit
  [334, 'CREDENTIALS'], // MechanismUnavailable
  [361, 'BOOKS_REPLACED'], // CollectionUUIDMismatch
  [8000, 'CREDENTIALS'], // AtlasError
  [10107, 'NO_PRIMARY'], // NotWritablePrimary
  [11000, 'INDEX'], // DuplicateKey: of a new unique index; every other duplicate is handled elsewhere
  [11600, 'STOPPING'], // InterruptedAtShutdown
  [11602, 'NO_PRIMARY'], // InterruptedDueToReplStateChange
  [13435, 'NO_PRIMARY'], // NotPrimaryNoSecondaryOk
  [13436, 'NO_PRIMARY'], // NotPrimaryOrSecondary
  [14031, 'NO_ROOM'], // OutOfDiskSpace
])

/** Causes by the codes of Node.js and OpenSSL. */
const bySystemCode: ReadonlyMap<unknown, CauseName> = new Map([
  ['ECONNREFUSED', 'UNREACHABLE'],
  ['EHOSTUNREACH', 'UNREACHABLE'],
  ['ENETUNREACH', 'UNREACHABLE'],
  ['ENETDOWN', 'UNREACHABLE'],
  ['ETIMEDOUT', 'UNREACHABLE'],
  ['ENOTFOUND', 'HOST_UNKNOWN'],
  ['EAI_AGAIN', 'HOST_UNKNOWN'],
  ['ENODATA', 'HOST_UNKNOWN'],
  ['ESERVFAIL', 'HOST_UNKNOWN'],
  ['ETIMEOUT', 'HOST_UNKNOWN'],
  ['EREFUSED', 'HOST_UNKNOWN'],
  ['ENOENT', 'FILE'],
  ['EACCES', 'FILE'],
  ['EISDIR', 'FILE'],
  ['EPROTO', 'TLS'],
  ['ECONNRESET', 'CONNECTIONS_CLOSED'],
  ['EPIPE', 'CONNECTIONS_CLOSED'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'CERTIFICATE'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'CERTIFICATE'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'CERTIFICATE'],
  ['UNABLE_TO_GET_ISSUER_CERT', 'CERTIFICATE'],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'CERTIFICATE'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'CERTIFICATE'],
])

/** The driver's type of a replica set member without a configuration. */
const MEMBER_OF_NONE = 'RSGhost'
const UNKNOWN = 'Unknown'

/** Finds the cause of a database failure. Classes and codes decide, never message text. */
export function causeOf(error: unknown): FailureCause {
  if (error instanceof UnfitDatabaseError) return { name: error.reason, hint: error.message, isUnfit: true }
  const name = nameOf(error) ?? 'OTHER'
  return { name, hint: hints[name], isUnfit: false }
}

function nameOf(error: unknown): CauseName | undefined {
  if (!(error instanceof Error)) return undefined
  if (error instanceof UnfitDatabaseError) return error.reason
  if (error instanceof MongoServerSelectionError) return ofSelection(error)
  // The write is applied but not yet durable: as a rule the other members do not confirm it.
  if (error instanceof MongoWriteConcernError)
    return byServerCode.get(error.code) === 'STOPPING' ? 'STOPPING' : 'NO_MAJORITY'
  // The driver exports no class for these errors.
  if (error.name === 'MongoStalePrimaryError') return 'STALE_PRIMARY'
  if (error instanceof MongoNetworkTimeoutError || error.name === 'MongoWaitQueueTimeoutError') return 'SLOW'
  // The innermost error is the most specific. A collection's bulk write keeps it where the server's reply
  // would be.
  return (
    nameOf(error.cause) ??
    (error instanceof MongoBulkWriteError ? nameOf(error.errorResponse) : undefined) ??
    ofCode(error) ??
    (error instanceof MongoNetworkError ? 'CONNECTIONS_CLOSED' : undefined)
  )
}

function ofCode(error: Error): CauseName | undefined {
  const code = 'code' in error ? error.code : undefined
  if (error instanceof MongoServerError) return byServerCode.get(code)
  if (error instanceof MongoError || typeof code !== 'string') return undefined
  if (code.startsWith('CERT_')) return 'CERTIFICATE'
  if (code.startsWith('ERR_SSL_')) return 'TLS'
  return bySystemCode.get(code)
}

/** Finds the cause when no server qualified, from the driver's last description of each. */
function ofSelection({ reason }: MongoServerSelectionError): CauseName | undefined {
  // The driver passes a description of the deployment; the type would also allow others.
  const servers: readonly ServerDescription[] =
    reason && 'servers' in reason ? [...reason.servers.values()] : []
  // The driver removes servers of another replica set.
  if (servers.length === 0) return 'REPLICA_SET_NAME'
  const known = servers.filter(({ type }) => type !== UNKNOWN)
  if (known.some(({ type }) => type !== MEMBER_OF_NONE)) return 'NO_PRIMARY'
  if (known.length > 0) return 'REPLICA_SET_NEW'
  const names = servers.map((server) => nameOf(server.error))
  return names.find((name) => name !== undefined && name !== 'UNREACHABLE') ?? 'UNREACHABLE'
}
