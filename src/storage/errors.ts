import {
  MongoBulkWriteError,
  MongoClientBulkWriteError,
  MongoClientClosedError,
  MongoError,
  MongoErrorLabel,
  MongoNetworkError,
  MongoNotConnectedError,
  MongoServerClosedError,
  MongoServerError,
  MongoSystemError,
  MongoTopologyClosedError,
  MongoWriteConcernError,
} from 'mongodb'
import { UndecidedError } from '../application/errors.js'

/**
 * Server codes of transient errors, in addition to those that the driver labels. Names as in the server's
 * error_codes.yml.
 */
const passingCodes: ReadonlySet<number | string | undefined> = new Set([
  6, // HostUnreachable
  7, // HostNotFound
  13, // Unauthorized: an operator can grant the right, and a later retry succeeds
  18, // AuthenticationFailed: likewise
  50, // MaxTimeMSExpired
  64, // WriteConcernTimeout
  70, // ShardNotFound: mongos has not yet heard that a shard was added or removed
  82, // NoProgressMade: the documents moved each time that mongos routed the write
  89, // NetworkTimeout
  91, // ShutdownInProgress
  100, // UnsatisfiableWriteConcern
  112, // WriteConflict
  133, // FailedToSatisfyReadPreference
  134, // ReadConcernMajorityNotAvailableYet
  150, // StaleEpoch: part of StaleConfig before 6.0
  175, // QueryPlanKilled: the documents moved, or the index was rebuilt, during the read
  189, // PrimarySteppedDown
  202, // NetworkInterfaceExceededTimeLimit
  203, // ShardingStateNotInitialized: the shard has just started
  211, // KeyNotFound: the server has not yet read the keys that sign cluster times
  239, // SnapshotTooOld
  246, // SnapshotUnavailable
  249, // StaleDbVersion
  250, // StaleChunkHistory
  262, // ExceededTimeLimit
  272, // MigrationConflict
  343, // ShardCannotRefreshDueToLocksHeld
  361, // CollectionUUIDMismatch: the collection was dropped, or another database answers at this address
  407, // PooledConnectionAcquisitionExceededTimeLimit: mongos got no connection to a shard in time
  9001, // SocketException
  10107, // NotWritablePrimary
  11600, // InterruptedAtShutdown
  11601, // Interrupted
  11602, // InterruptedDueToReplStateChange
  13388, // StaleConfig: mongos asked the wrong shard, and has used up its own retries
  13435, // NotPrimaryNoSecondaryOk
  13436, // NotPrimaryOrSecondary
  14031, // OutOfDiskSpace
])

/**
 * Node.js codes of broken connections. The driver wraps such errors, except those raised while a request is
 * still being written: it passes them on unchanged and does not retry.
 */
const socketCodes: ReadonlySet<unknown> = new Set([
  'EPIPE',
  'ECONNRESET',
  'ECONNABORTED',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENETDOWN',
  'ERR_STREAM_DESTROYED',
])

const passingLabels = [
  MongoErrorLabel.RetryableWriteError,
  MongoErrorLabel.RetryableError,
  MongoErrorLabel.TransientTransactionError,
  MongoErrorLabel.SystemOverloadedError,
  MongoErrorLabel.ResetPool,
  MongoErrorLabel.PoolRequestedRetry,
]

/** Server code of the error "duplicate key". */
export const DUPLICATE_KEY = 11000

/**
 * Runs an operation, and turns transient database errors into an UndecidedError UNAVAILABLE. Any other error
 * passes through. Classes, labels and codes decide, never message text.
 *
 * @param what the operation, for the error's message: "loading accounts".
 */
export async function mapTransientErrors<T>(what: string, operation: () => Promise<T>): Promise<T> {
  try {
    return await operation()
  } catch (error) {
    throw classified(what, error)
  }
}

/** Returns the error itself, or the UndecidedError UNAVAILABLE that a transient one becomes. */
export function classified(what: string, error: unknown): unknown {
  return isTransient(error) ? unavailable(what, error) : error
}

/** Whether the server code is transient. */
export function isTransientCode(code: number): boolean {
  return passingCodes.has(code)
}

/** Builds the error of an operation that could not run, or whose outcome is unknown. */
export function unavailable(what: string, cause: unknown): UndecidedError {
  return new UndecidedError('UNAVAILABLE', `${what}: the database does not answer`, { cause })
}

/**
 * Whether a failed collection bulk write is worth a retry. Each write fails for its own reason: a duplicate
 * key does not prevent a retry of all of them, a permanent error does.
 */
function isBulkPassing({ writeErrors, result }: MongoBulkWriteError): boolean {
  const codes = [writeErrors].flat().map(({ code }) => code)
  const isHopeless = codes.some((code) => code !== DUPLICATE_KEY && !passingCodes.has(code))
  if (isHopeless) return false
  // With a write concern error, the writes are applied but may be rolled back.
  return codes.some((code) => passingCodes.has(code)) || result.getWriteConcernError() !== undefined
}

function isTransient(error: unknown): boolean {
  if (error instanceof Error && 'code' in error && socketCodes.has(error.code)) return true
  if (!(error instanceof MongoError)) return false
  // When no server rejected a collection's bulk write, its real cause stands where the server's reply would.
  const inner: unknown = error instanceof MongoBulkWriteError ? error.errorResponse : undefined
  if (inner instanceof Error) return isTransient(inner)
  if (error instanceof MongoBulkWriteError && [error.writeErrors].flat().length > 0)
    return isBulkPassing(error)
  if (error instanceof MongoClientBulkWriteError && error.cause !== undefined) return isTransient(error.cause)
  return (
    error instanceof MongoNetworkError ||
    // MongoServerSelectionError and its kind: no server qualifies.
    error instanceof MongoSystemError ||
    error instanceof MongoNotConnectedError ||
    error instanceof MongoServerClosedError ||
    error instanceof MongoTopologyClosedError ||
    error instanceof MongoClientClosedError ||
    // Applied but may be rolled back, whatever the code.
    error instanceof MongoWriteConcernError ||
    // Pool errors are network errors, except for two without a public class: the wait for a connection timed
    // out, or the server has left the deployment.
    error.name === 'MongoWaitQueueTimeoutError' ||
    error.name === 'MongoPoolClosedError' ||
    passingLabels.some((label) => error.hasErrorLabel(label)) ||
    (error instanceof MongoServerError && passingCodes.has(error.code))
  )
}
