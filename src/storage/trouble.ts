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

/** What stands between us and the database, for whoever operates the two: what it is, and where to look. */
const advices = {
  UNREACHABLE:
    'no server of MONGODB_URI takes a connection: is MongoDB running, are hosts and ports right, does the network let us through?',
  HOST_UNKNOWN: 'a host of MONGODB_URI has no address: is its name right, does DNS answer?',
  CONNECTIONS_CLOSED:
    'connections to MongoDB are closed at once: has it as many as it takes (net.maxIncomingConnections, open files), or does it want TLS, or none?',
  CERTIFICATE:
    'the certificate of MongoDB is not accepted: has it expired, is it for this host, is tlsCAFile right?',
  TLS: 'TLS with MongoDB fails: do both sides use it, and versions that the other takes?',
  CREDENTIALS: 'MongoDB refuses the user or the password of MONGODB_URI, or authSource is wrong',
  RIGHTS: 'the user of MONGODB_URI lacks rights: it needs the roles readWrite and dbAdmin on the database',
  REPLICA_SET_NAME: 'no server of MONGODB_URI is in the replica set that it names: is replicaSet= right?',
  REPLICA_SET_NEW: 'the servers of MONGODB_URI are in no replica set yet: was it initiated?',
  NO_PRIMARY:
    'the replica set has no primary: is a majority of its members running, and can they see each other?',
  STOPPING: 'MongoDB is being stopped, or has given up: see its log',
  NO_MAJORITY:
    'the primary does not get its writes confirmed by a majority in time: are members down, slow or far behind?',
  SLOW: 'MongoDB does not answer in time: is it overloaded, or its disk slow, or is the network losing packets?',
  NO_ROOM: 'MongoDB has no room on its disk',
  OTHER: 'see error, and the log of MongoDB',
} as const satisfies Readonly<Record<string, string>>

export type TroubleName = keyof typeof advices

/** Why the database cannot be used. Neither has anything of MONGODB_URI in it. */
export type Trouble = { readonly name: TroubleName; readonly advice: string }

/** Names of the server's codes are those of its error_codes.yml. */
const byServerCode: ReadonlyMap<unknown, TroubleName> = new Map([
  [13, 'RIGHTS'], // Unauthorized
  [18, 'CREDENTIALS'], // AuthenticationFailed
  [50, 'SLOW'], // MaxTimeMSExpired
  [64, 'NO_MAJORITY'], // WriteConcernTimeout
  [91, 'STOPPING'], // ShutdownInProgress
  [100, 'NO_MAJORITY'], // UnsatisfiableWriteConcern
  [189, 'NO_PRIMARY'], // PrimarySteppedDown
  [262, 'SLOW'], // ExceededTimeLimit
  [8000, 'CREDENTIALS'], // AtlasError
  [10107, 'NO_PRIMARY'], // NotWritablePrimary
  [11600, 'STOPPING'], // InterruptedAtShutdown
  [11602, 'NO_PRIMARY'], // InterruptedDueToReplStateChange
  [13435, 'NO_PRIMARY'], // NotPrimaryNoSecondaryOk
  [13436, 'NO_PRIMARY'], // NotPrimaryOrSecondary
  [14031, 'NO_ROOM'], // OutOfDiskSpace
])

/** Codes of Node.js and of OpenSSL. */
const bySystemCode: ReadonlyMap<unknown, TroubleName> = new Map([
  ['ECONNREFUSED', 'UNREACHABLE'],
  ['EHOSTUNREACH', 'UNREACHABLE'],
  ['ENETUNREACH', 'UNREACHABLE'],
  ['ENETDOWN', 'UNREACHABLE'],
  ['ETIMEDOUT', 'UNREACHABLE'],
  ['ENOTFOUND', 'HOST_UNKNOWN'],
  ['EAI_AGAIN', 'HOST_UNKNOWN'],
  ['ECONNRESET', 'CONNECTIONS_CLOSED'],
  ['EPIPE', 'CONNECTIONS_CLOSED'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'CERTIFICATE'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'CERTIFICATE'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'CERTIFICATE'],
  ['UNABLE_TO_GET_ISSUER_CERT', 'CERTIFICATE'],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'CERTIFICATE'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'CERTIFICATE'],
])

/** How the servers of a replica set without a primary present themselves. */
const MEMBER_OF_NONE = 'RSGhost'
const UNKNOWN = 'Unknown'

/** Says what stands behind a failure of the database. Decides on classes and codes, never on text. */
export function troubleOf(error: unknown): Trouble {
  const name = nameOf(error) ?? 'OTHER'
  return { name, advice: advices[name] }
}

function nameOf(error: unknown): TroubleName | undefined {
  if (!(error instanceof Error)) return undefined
  if (error instanceof MongoServerSelectionError) return ofSelection(error)
  // Written, and not yet for good: as a rule because others do not confirm it.
  if (error instanceof MongoWriteConcernError)
    return byServerCode.get(error.code) === 'STOPPING' ? 'STOPPING' : 'NO_MAJORITY'
  if (error instanceof MongoNetworkTimeoutError || error.name === 'MongoWaitQueueTimeoutError') return 'SLOW'
  // The cause knows better what is behind it. Of a collection's bulk write it stands where the server's answer would.
  return (
    nameOf(error.cause) ??
    (error instanceof MongoBulkWriteError ? nameOf(error.errorResponse) : undefined) ??
    ofCode(error) ??
    (error instanceof MongoNetworkError ? 'CONNECTIONS_CLOSED' : undefined)
  )
}

function ofCode(error: Error): TroubleName | undefined {
  const code = 'code' in error ? error.code : undefined
  if (error instanceof MongoServerError) return byServerCode.get(code)
  if (error instanceof MongoError || typeof code !== 'string') return undefined
  if (code.startsWith('CERT_')) return 'CERTIFICATE'
  if (code.startsWith('ERR_SSL_')) return 'TLS'
  return bySystemCode.get(code)
}

/** No server would do: what the driver last saw of each of them says why. */
function ofSelection({ reason }: MongoServerSelectionError): TroubleName | undefined {
  // The driver gives it a description of the deployment; its type would allow others.
  const servers: readonly ServerDescription[] =
    reason && 'servers' in reason ? [...reason.servers.values()] : []
  // Those of another set are struck off.
  if (servers.length === 0) return 'REPLICA_SET_NAME'
  const known = servers.filter(({ type }) => type !== UNKNOWN)
  if (known.some(({ type }) => type !== MEMBER_OF_NONE)) return 'NO_PRIMARY'
  if (known.length > 0) return 'REPLICA_SET_NEW'
  const names = servers.map((server) => nameOf(server.error))
  return names.find((name) => name !== undefined && name !== 'UNREACHABLE') ?? 'UNREACHABLE'
}
