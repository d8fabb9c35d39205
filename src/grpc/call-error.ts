import { Metadata, type ServiceError, status } from '@grpc/grpc-js'
import { type Indecision, UndecidedError } from '../application/errors.js'
import type { Any } from '../gen/google/protobuf/any.js'
import { BadRequest, ErrorInfo, RetryInfo } from '../gen/google/rpc/error_details.js'
import { Status } from '../gen/google/rpc/status.js'

/** Domain of every ErrorInfo that the service sends. */
const ERROR_DOMAIN = 'benefits.v1'
/** Trailer in which gRPC carries google.rpc.Status. */
const DETAILS_TRAILER = 'grpc-status-details-bin'
/**
 * Most characters of all fields and descriptions that one error lists. They travel in the trailers twice: as
 * text and as details. Clients accept 8 KiB of trailers by default, and Node.js drops trailers above 64 KiB:
 * the caller would wait until its deadline.
 */
const VIOLATIONS_LENGTH_MAX = 1_600
/** Longest description of one field, in characters. */
const DESCRIPTION_LENGTH_MAX = 400
/** Delay that RetryInfo suggests before a retry, in milliseconds. */
const RETRY_AFTER_MS = 200

/** Every error that a call can end with, with its status and its text. */
export const errorKinds = {
  INVALID_REQUEST: { code: status.INVALID_ARGUMENT, retry: false, message: 'the request is malformed' },
  TRANSACTION_ID_REUSED: {
    code: status.ALREADY_EXISTS,
    retry: false,
    message: 'transaction_id was already used on this account for a request with different content',
  },
  ACCOUNT_NOT_FOUND: { code: status.NOT_FOUND, retry: false, message: 'account not found' },
  TRANSACTION_NOT_FOUND: {
    code: status.NOT_FOUND,
    retry: false,
    message: 'the account has no transaction with this id',
  },
  ACCOUNT_EXISTS: { code: status.ALREADY_EXISTS, retry: false, message: 'the account already exists' },
  ACCOUNT_CLOSED: { code: status.FAILED_PRECONDITION, retry: false, message: 'the account is closed' },
  BALANCE_TOO_LARGE: {
    code: status.FAILED_PRECONDITION,
    retry: false,
    message: 'the credit would exceed the largest balance of a wallet',
  },
  CREDITS_CLOSED: {
    code: status.FAILED_PRECONDITION,
    retry: false,
    message: 'the category is closed for credits',
  },
  CATEGORY_NOT_FOUND: { code: status.NOT_FOUND, retry: false, message: 'category not found' },
  CATEGORY_IN_USE: {
    code: status.FAILED_PRECONDITION,
    retry: false,
    message: 'accounts still hold money in the category',
  },
  CREDITS_OPEN: {
    code: status.FAILED_PRECONDITION,
    retry: false,
    message:
      'a category can be deleted only after it has been closed for credits (credits_closed) for ten seconds',
  },
  CATALOG_CONTRADICTION: {
    code: status.FAILED_PRECONDITION,
    retry: false,
    message: 'the change would make the catalog contradict itself',
  },
  MERCHANT_RULE_NOT_FOUND: {
    code: status.NOT_FOUND,
    retry: false,
    message: 'merchant rule not found',
  },
  MERCHANT_RULE_EXISTS: {
    code: status.ALREADY_EXISTS,
    retry: false,
    message: 'a merchant rule with this id already exists',
  },
  MERCHANT_RULES_TIE: {
    code: status.ALREADY_EXISTS,
    retry: false,
    message: 'another merchant rule covers the same merchants',
  },
  MERCHANT_RULES_FULL: {
    code: status.FAILED_PRECONDITION,
    retry: false,
    message: 'the limit of 500,000 merchant rules is reached',
  },
  MERCHANT_RULE_CHANGED: {
    code: status.ABORTED,
    retry: false,
    message: 'the etag does not match: the merchant rule was changed in the meantime',
  },
  METADATA_TOO_LARGE: {
    code: status.INVALID_ARGUMENT,
    retry: false,
    message: 'the metadata is larger than 16 KiB',
  },
  MORE_THAN_ONE_MESSAGE: {
    code: status.UNIMPLEMENTED,
    retry: false,
    message: 'the method takes a single message, but the client sent more',
  },
  UNAUTHENTICATED: {
    code: status.UNAUTHENTICATED,
    retry: false,
    message: 'a valid bearer token is required in the "authorization" metadata',
  },
  SCOPE_MISSING: {
    code: status.PERMISSION_DENIED,
    retry: false,
    message: 'the token does not allow this method',
  },
  OVERLOADED: { code: status.RESOURCE_EXHAUSTED, retry: true, message: 'too many requests are waiting' },
  UNAVAILABLE: { code: status.UNAVAILABLE, retry: true, message: 'the service cannot decide right now' },
  STREAM_ENDED: {
    code: status.UNAVAILABLE,
    retry: true,
    message: 'the stream has reached its maximum age: open another, and resend every unanswered request',
  },
  NO_TIME_LEFT: {
    code: status.DEADLINE_EXCEEDED,
    retry: false,
    message: 'the deadline leaves no time to decide; nothing was debited',
  },
  INTERNAL: { code: status.INTERNAL, retry: false, message: 'internal error' },
} as const

export type CallErrorKind = keyof typeof errorKinds

/** An invalid field, with the reason. */
export type FieldViolation = { readonly field: string; readonly description: string }

export type CallErrorOptions = ErrorOptions & {
  readonly violations?: readonly FieldViolation[]
  /** Details for people, appended to the message. */
  readonly detail?: string
  /** Details for programs, sent in the ErrorInfo. */
  readonly metadata?: Readonly<Record<string, string>>
}

/** An error that ends a call with a status. Its message reaches the caller; its cause does not. */
export class CallError extends Error {
  override readonly name = 'CallError'
  readonly kind: CallErrorKind
  /** The first violations; the rest are only counted in the message. */
  readonly violations: readonly FieldViolation[]
  readonly metadata: Readonly<Record<string, string>>

  constructor(kind: CallErrorKind, options: CallErrorOptions = {}) {
    const all = options.violations ?? []
    const violations = [...firstOf(all)]
    super(messageOf(kind, { ...options, violations }, all.length - violations.length), options)
    this.kind = kind
    this.violations = violations
    this.metadata = options.metadata ?? {}
  }
}

/**
 * Shared errors, without causes, which nothing reads. Under overload they are frequent, and building each one
 * would cost time.
 */
const indecisions: Readonly<Record<Indecision, CallError>> = {
  OVERLOADED: new CallError('OVERLOADED'),
  UNAVAILABLE: new CallError('UNAVAILABLE'),
  NO_TIME_LEFT: new CallError('NO_TIME_LEFT'),
}

/** Turns any thrown value into an error for the caller. Unknown errors become a neutral INTERNAL. */
export function callErrorOf(error: unknown): CallError {
  if (error instanceof CallError) return error
  if (error instanceof UndecidedError) return indecisions[error.indecision]
  return new CallError('INTERNAL', { cause: error })
}

/**
 * Converts an error to the form that grpc-js expects: code, message, and google.rpc.Status in the trailers.
 */
export function serviceErrorOf(error: CallError): ServiceError {
  const { message, name } = error
  const metadata = new Metadata()
  metadata.set(DETAILS_TRAILER, trailerOf(error))
  return { name, message, code: errorKinds[error.kind].code, details: message, metadata }
}

/** Encoded trailers by error, so that shared errors are encoded once. */
const trailers = new WeakMap<CallError, Buffer>()

function trailerOf(error: CallError): Buffer {
  const known = trailers.get(error)
  if (known) return known
  const trailer = Buffer.from(Status.encode(richStatusOf(error)).finish())
  trailers.set(error, trailer)
  return trailer
}

/** Converts an error to a google.rpc.Status, for streams that carry errors as messages. */
export function richStatusOf(error: CallError): Status {
  return { code: errorKinds[error.kind].code, message: error.message, details: [...detailsOf(error)] }
}

function* detailsOf({ kind, violations, metadata }: CallError): Generator<Any> {
  const info = ErrorInfo.encode({ reason: kind, domain: ERROR_DOMAIN, metadata: { ...metadata } })
  yield { typeUrl: 'type.googleapis.com/google.rpc.ErrorInfo', value: Buffer.from(info.finish()) }
  if (violations.length > 0) {
    const fieldViolations = violations.map((violation) => ({
      ...violation,
      reason: '',
      localizedMessage: undefined,
    }))
    const badRequest = BadRequest.encode({ fieldViolations })
    yield { typeUrl: 'type.googleapis.com/google.rpc.BadRequest', value: Buffer.from(badRequest.finish()) }
  }
  if (errorKinds[kind].retry) {
    const retry = RetryInfo.encode({ retryDelay: { seconds: 0n, nanos: RETRY_AFTER_MS * 1_000_000 } })
    yield { typeUrl: 'type.googleapis.com/google.rpc.RetryInfo', value: Buffer.from(retry.finish()) }
  }
}

/** Yields the first violations, as many as fit, and at least one. */
function* firstOf(violations: readonly FieldViolation[]): Generator<FieldViolation> {
  let length = 0
  for (const { field, description: whole } of violations) {
    const description = whole.length > DESCRIPTION_LENGTH_MAX ? cut(whole) : whole
    length += field.length + description.length
    if (length > VIOLATIONS_LENGTH_MAX) return
    yield { field, description }
  }
}

/** Cuts a description between code points: half a surrogate pair cannot be sent. */
function cut(description: string): string {
  return `${Array.from(description).slice(0, DESCRIPTION_LENGTH_MAX).join('')}...`
}

function messageOf(
  kind: CallErrorKind,
  { violations = [], detail }: CallErrorOptions,
  leftOut: number,
): string {
  const fields = violations.map(({ field, description }) => `${field} ${description}`)
  const more = leftOut > 0 ? [`and ${leftOut} more`] : []
  const details = [...fields, ...more, ...(detail === undefined ? [] : [detail])]
  return details.length === 0
    ? errorKinds[kind].message
    : `${errorKinds[kind].message}: ${details.join('; ')}`
}
