import { type Metadata, type ServiceError, status } from '@grpc/grpc-js'
import { ErrorInfo } from '../../src/gen/google/rpc/error_details.js'
import { Status } from '../../src/gen/google/rpc/status.js'
import { type ExitCode, exitCodes, Failure } from '../failure.js'

/** Trailer of every error that the service itself sends, unlike errors of the connection. */
const DETAILS_TRAILER = 'grpc-status-details-bin'

/** Statuses of a valid request that the service rejects. */
const declinedStatuses: readonly number[] = [
  status.NOT_FOUND,
  status.ALREADY_EXISTS,
  status.FAILED_PRECONDITION,
]
/** Statuses of a wrong use of the command. */
const wrongUseStatuses: readonly number[] = [
  status.INVALID_ARGUMENT,
  status.UNAUTHENTICATED,
  status.PERMISSION_DENIED,
  status.UNIMPLEMENTED,
]

/** Whether the service has rejected a request for good, by the status of its answer. */
export function isFinalStatus(code: number): boolean {
  return code === status.INVALID_ARGUMENT || declinedStatuses.includes(code)
}

/** A call that ended with an error. */
export class ServiceFailure extends Failure {
  readonly code: number
  /**
   * Reason of the ErrorInfo, such as `ACCOUNT_CLOSED`; empty when the error does not come from the service.
   */
  readonly reason: string
  /** The message of the service. */
  readonly description: string
  /** Whether the token of the call had expired when the call ended. */
  readonly isTokenExpired: boolean

  constructor(
    error: ServiceError,
    { message, isTokenExpired }: { message: string; isTokenExpired: boolean },
  ) {
    super(message, exitCodeOf(error.code))
    this.isTokenExpired = isTokenExpired
    this.code = error.code
    this.reason = reasonIn(error.metadata)
    this.description = oneLine(error.details)
  }

  /** Whether the service has rejected the request for good. */
  get isFinal(): boolean {
    return isFinalStatus(this.code)
  }

  /** Whether the same request may succeed later. */
  get isTransient(): boolean {
    return this.exitCode === exitCodes.noAnswer
  }
}

/** Whether a call failed because its token had expired. */
export function isExpiredToken(error: Failure): boolean {
  return error instanceof ServiceFailure && error.code === status.UNAUTHENTICATED && error.isTokenExpired
}

/** Whether a retry is useless: the token is invalid or lacks the scope, or the method is unknown. */
export function isHopeless(error: Failure, tokens: { readonly areRenewed: boolean }): boolean {
  if (!(error instanceof ServiceFailure)) return error.exitCode !== exitCodes.noAnswer
  if (isExpiredToken(error)) return !tokens.areRenewed
  return [status.UNAUTHENTICATED, status.PERMISSION_DENIED, status.UNIMPLEMENTED].includes(error.code)
}

export type FailedCall = {
  readonly address: string
  readonly timeoutMs: number | undefined
  readonly isTokenExpired: boolean
  /** Why a token may have been rejected. */
  readonly tokenProblem: () => string
}

/** Describes in one line what went wrong and what to do. */
export function serviceFailure(error: ServiceError, call: FailedCall): ServiceFailure {
  return new ServiceFailure(error, { message: messageOf(error, call), isTokenExpired: call.isTokenExpired })
}

export function isServiceError(error: unknown): error is ServiceError {
  return error instanceof Error && 'code' in error && 'metadata' in error
}

function messageOf(error: ServiceError, { address, timeoutMs, tokenProblem }: FailedCall): string {
  const { code, metadata } = error
  const details = oneLine(error.details)
  const fromService = metadata.get(DETAILS_TRAILER).length > 0
  if (code === status.UNAVAILABLE && !fromService)
    return `no service answers on ${address} (${causeOf(details)}): start one with make run, or name another address with --server`
  if (code === status.UNAUTHENTICATED) return `the service rejected the token: ${tokenProblem()}`
  if (code === status.DEADLINE_EXCEEDED && timeoutMs !== undefined)
    return `DEADLINE_EXCEEDED: no answer from ${address} within ${timeoutMs / 1_000} s (--timeout)`
  return `${status[code]}: ${details}`
}

/** grpc-js names the last error of the connection at the end. */
function causeOf(details: string): string {
  const cause = /Last error: (?:Error: )?(.*?)\.?(?: Resolution note.*)?$/.exec(details)?.[1] ?? details
  return /wrong version number/.test(cause) ? 'the server does not use TLS: try --no-tls' : cause
}

function exitCodeOf(code: number): ExitCode {
  if (declinedStatuses.includes(code)) return exitCodes.declined
  return wrongUseStatuses.includes(code) ? exitCodes.wrongUse : exitCodes.noAnswer
}

function reasonIn(metadata: Metadata): string {
  const [bytes] = metadata.get(DETAILS_TRAILER)
  return Buffer.isBuffer(bytes) ? reasonOf(Status.decode(bytes)) : ''
}

/** Reads the reason of the ErrorInfo in a status; empty without one. */
export function reasonOf({ details }: Status): string {
  const info = details.find(({ typeUrl }) => typeUrl.endsWith('/google.rpc.ErrorInfo'))
  return info ? ErrorInfo.decode(info.value).reason : ''
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim()
}
