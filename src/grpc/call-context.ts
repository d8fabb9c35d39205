import type { Metadata } from '@grpc/grpc-js'
import type { CallTrace } from '../observability/tracing/tracing.js'
import type { RefusalReason } from './tokens/token-refusal.js'

/** What the interceptors have found out about a call before its handler runs. */
export type CallContext = {
  /** The caller's x-request-id, or one of ours. */
  readonly requestId: string
  /**
   * When its caller gives up, in milliseconds of the monotonic clock; Infinity: never. grpc-js has it by the wall clock, which may jump while
   * the call is under way.
   */
  readonly endsAtMs: number
  /** Absent when nothing is traced. */
  readonly trace?: CallTrace | undefined
  /** Whose token it came with; absent where none is needed. */
  principal?: Principal
  /** Why its token was rejected, when it was. */
  refusal?: RefusalReason
}

/** Who calls, according to the token. */
export type Principal = {
  /** Claim `sub`; empty when the token has none. */
  readonly subject: string
  /** Claim `scope`, split at spaces; absent when the token has none. */
  readonly scopes?: ReadonlySet<string>
  /** When the token ends, with what is forgiven of a difference between clocks: in milliseconds since 1970. */
  readonly expiresAtMs: number
}

// grpc-js hands the same Metadata object to the interceptors and the handler of a call: it is the thread between them.
const contexts = new WeakMap<Metadata, CallContext>()

export function setCallContext(metadata: Metadata, context: CallContext): void {
  contexts.set(metadata, context)
}

/** The context of a call that came through the interceptors. */
export function callContextOf(metadata: Metadata): CallContext {
  return contexts.get(metadata) ?? { requestId: '', endsAtMs: Number.POSITIVE_INFINITY }
}
