import type { Metadata } from '@grpc/grpc-js'
import type { CallTrace } from '../observability/tracing/tracing.js'
import type { RejectionReason } from './tokens/token-rejection.js'

/** Facts about a call that the interceptors establish before its handler runs. */
export type CallContext = {
  /** The caller's x-request-id, or a generated one. */
  readonly requestId: string
  /**
   * Deadline of the caller, in milliseconds of the monotonic clock; Infinity without one. grpc-js keeps it by
   * the wall clock, which may jump during the call.
   */
  readonly endsAtMs: number
  /** Absent when tracing is off. */
  readonly trace?: CallTrace | undefined
  /** The authenticated caller. Absent for methods that need no token. */
  principal?: Principal
  /** Why the token was rejected. Absent when it was accepted. */
  rejection?: RejectionReason
}

/** The authenticated caller, as its token describes it. */
export type Principal = {
  /** Claim `sub`. Empty when the token has none. */
  readonly subject: string
  /** Scopes in the claim `scope` or, without it, `scp`. Absent when the token has neither. */
  readonly scopes?: ReadonlySet<string>
  /** When the token expires, clock tolerance included, in milliseconds since 1970. */
  readonly expiresAtMs: number
}

// grpc-js passes the same Metadata object to the interceptors and the handler of a call, so it identifies the
// call.
const contexts = new WeakMap<Metadata, CallContext>()

export function setCallContext(metadata: Metadata, context: CallContext): void {
  contexts.set(metadata, context)
}

/** Returns the context that the interceptors set for this call. */
export function callContextOf(metadata: Metadata): CallContext {
  return contexts.get(metadata) ?? { requestId: '', endsAtMs: Number.POSITIVE_INFINITY }
}
