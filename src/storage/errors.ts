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
import { IndecisionError } from '../application/errors.js'

/** Server codes that say "not now", besides those that the driver labels. Names as in the server's error_codes.yml. */
const passingCodes: ReadonlySet<number | string | undefined> = new Set([
  6, // HostUnreachable
  7, // HostNotFound
  13, // Unauthorized: whoever operates the two can mend it, and then a retry is decided
  18, // AuthenticationFailed: the same
  50, // MaxTimeMSExpired
  64, // WriteConcernTimeout
  70, // ShardNotFound: mongos has not heard yet that a shard came or went
  82, // NoProgressMade: mongos has sent a write to where it belongs again and again, and it had moved each time
  89, // NetworkTimeout
  91, // ShutdownInProgress
  100, // UnsatisfiableWriteConcern
  112, // WriteConflict
  133, // FailedToSatisfyReadPreference
  134, // ReadConcernMajorityNotAvailableYet
  150, // StaleEpoch: what StaleConfig was called in part before 6.0
  175, // QueryPlanKilled: what was being read has moved, or its index was made anew
  189, // PrimarySteppedDown
  202, // NetworkInterfaceExceededTimeLimit
  203, // ShardingStateNotInitialized: a shard that has just started
  211, // KeyNotFound: a server that has not read yet the keys that cluster times are signed with
  239, // SnapshotTooOld
  246, // SnapshotUnavailable
  249, // StaleDbVersion
  250, // StaleChunkHistory
  262, // ExceededTimeLimit
  272, // MigrationConflict
  343, // ShardCannotRefreshDueToLocksHeld
  361, // CollectionUUIDMismatch: the collection was dropped, or another database is in the place of ours
  407, // PooledConnectionAcquisitionExceededTimeLimit: mongos had no connection to a shard in time
  9001, // SocketException
  10107, // NotWritablePrimary
  11600, // InterruptedAtShutdown
  11601, // Interrupted
  11602, // InterruptedDueToReplStateChange
  13388, // StaleConfig: mongos asked the wrong shard, more often than it tries
  13435, // NotPrimaryNoSecondaryOk
  13436, // NotPrimaryOrSecondary
  14031, // OutOfDiskSpace
])

/**
 * Codes of Node.js for a connection that broke. The driver wraps such errors, but for those that come while a request is still being
 * written: these it passes on as they are, and does not try again.
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

/** Code of the server's error "duplicate key". */
export const DUPLICATE_KEY = 11000

/**
 * Runs an operation; what fails because the database is away, slow or changing its primary becomes an IndecisionError
 * UNAVAILABLE, anything else passes. Decides on classes, labels and codes, never on text.
 */
export async function whileAvailable<T>(what: string, operation: () => Promise<T>): Promise<T> {
  try {
    return await operation()
  } catch (error) {
    throw classified(what, error)
  }
}

/** The error itself, or the IndecisionError UNAVAILABLE that it amounts to. */
export function classified(what: string, error: unknown): unknown {
  return isPassing(error) ? unavailable(what, error) : error
}

/** Whether the server's code says "not now". */
export function isPassingCode(code: number): boolean {
  return passingCodes.has(code)
}

/** Says that the outcome of an operation is unknown, or that it could not be tried. */
export function unavailable(what: string, cause: unknown): IndecisionError {
  return new IndecisionError('UNAVAILABLE', `${what}: the database does not answer`, { cause })
}

/**
 * Each write of a collection's bulk write fails for a reason of its own. One that is there already is no obstacle to trying all of them again,
 * one that the server refuses for good is.
 */
function isBulkPassing({ writeErrors, result }: MongoBulkWriteError): boolean {
  const codes = [writeErrors].flat().map(({ code }) => code)
  const isHopeless = codes.some((code) => code !== DUPLICATE_KEY && !passingCodes.has(code))
  if (isHopeless) return false
  // With a write concern error it is written, but perhaps not for good.
  return codes.some((code) => passingCodes.has(code)) || result.getWriteConcernError() !== undefined
}

function isPassing(error: unknown): boolean {
  if (error instanceof Error && 'code' in error && socketCodes.has(error.code)) return true
  if (!(error instanceof MongoError)) return false
  // What a collection's bulk write failed with, when it was not the server that refused, stands where the server's answer would.
  const inner: unknown = error instanceof MongoBulkWriteError ? error.errorResponse : undefined
  if (inner instanceof Error) return isPassing(inner)
  if (error instanceof MongoBulkWriteError && [error.writeErrors].flat().length > 0)
    return isBulkPassing(error)
  if (error instanceof MongoClientBulkWriteError && error.cause !== undefined) return isPassing(error.cause)
  return (
    error instanceof MongoNetworkError ||
    // MongoServerSelectionError and its kind: no server fits.
    error instanceof MongoSystemError ||
    error instanceof MongoNotConnectedError ||
    error instanceof MongoServerClosedError ||
    error instanceof MongoTopologyClosedError ||
    error instanceof MongoClientClosedError ||
    // Written, but perhaps not for good, whatever the code.
    error instanceof MongoWriteConcernError ||
    // The pool's errors are network errors, but for two without a public class: the wait for a connection took too long, and
    // the server has left the deployment.
    error.name === 'MongoWaitQueueTimeoutError' ||
    error.name === 'MongoPoolClosedError' ||
    passingLabels.some((label) => error.hasErrorLabel(label)) ||
    (error instanceof MongoServerError && passingCodes.has(error.code))
  )
}
