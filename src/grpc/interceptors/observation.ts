import { randomUUID } from 'node:crypto'
import {
  type Metadata,
  ResponderBuilder,
  ServerInterceptingCall,
  type ServerInterceptor,
  ServerListenerBuilder,
  status,
} from '@grpc/grpc-js'
import type { CallTrace, StartedCall } from '../../observability/tracing/tracing.js'
import { type CallContext, setCallContext } from '../call-context.js'
import { isOpenMethod } from '../tokens/method-scopes.js'

/** Metadata key of the request id, in requests and answers. */
const REQUEST_ID = 'x-request-id'
const REQUEST_ID_FORM = /^[\w.:-]{1,128}$/
/**
 * A call may end this long before its deadline because of it, in milliseconds: timers count from the start of
 * the turn that set them.
 */
const EARLY_MS = 20

/** A call that has arrived. */
export type ObservedCall = {
  /** Path of the method, for example "/benefits.v1.AuthorizationService/Authorize". */
  readonly path: string
  readonly type: 'unary' | 'client_stream' | 'server_stream' | 'bidi_stream'
}

/** A call that has ended, for whatever reason. */
export type EndedCall = ObservedCall & {
  readonly context: CallContext
  readonly code: status
  /** Time since the arrival of its headers, in milliseconds. */
  readonly durationMs: number
}

export type ObservationOptions = {
  readonly onStart: (call: ObservedCall) => void
  /** Called for each message of a stream. The single message in the other direction is not counted. */
  readonly onMessage: (call: ObservedCall, direction: 'received' | 'sent') => void
  /** Called exactly once for each call that started. */
  readonly onEnd: (call: EndedCall) => void
  readonly monotonicMs: () => number
  /**
   * Starts the trace of a call, unless it is a health check or reflection. Absent when tracing is off. The
   * trace is in the call's context; `onEnd` must end it.
   */
  readonly trace?: ((call: StartedCall) => CallTrace) | undefined
}

/**
 * Gives each call a request id and reports its start and end. The id is returned in the headers or, with an
 * error, in the trailers.
 */
export function observation(options: ObservationOptions): ServerInterceptor {
  const { onStart, onMessage, onEnd, monotonicMs, trace } = options
  return (method, call) => {
    const observed: ObservedCall = { path: method.path, type: callTypeOf(method) }
    const startedMs = monotonicMs()
    // Computed at once, while the wall clock is still the one by which grpc-js computed the deadline.
    const endsAtMs = startedMs + Number(call.getDeadline()) - Date.now()
    let context: CallContext = { requestId: '', endsAtMs }
    let ended = false
    onStart(observed)

    const end = (code: status) => {
      if (ended) return
      ended = true
      onEnd({ ...observed, context, code, durationMs: monotonicMs() - startedMs })
    }
    const listener = new ServerListenerBuilder()
      .withOnReceiveMetadata((metadata, next) => {
        const requestId = requestIdOf(metadata)
        context =
          trace && !isOpenMethod(method.path)
            ? { requestId, endsAtMs, trace: trace(startedCall(observed, requestId, metadata)) }
            : { requestId, endsAtMs }
        setCallContext(metadata, context)
        next(metadata)
      })
      // Called after every end, too. Before any status, it means that the client left or its deadline passed.
      .withOnCancel(() => {
        const isLate = monotonicMs() >= endsAtMs - EARLY_MS
        end(isLate ? status.DEADLINE_EXCEEDED : status.CANCELLED)
      })
    const responder = new ResponderBuilder()
      .withStart((next) => next(listener.build()))
      .withSendMetadata((metadata, next) => {
        metadata.set(REQUEST_ID, context.requestId)
        next(metadata)
      })
      .withSendStatus((sent, next) => {
        if (sent.code !== status.OK) sent.metadata?.set(REQUEST_ID, context.requestId)
        end(sent.code ?? status.UNKNOWN)
        next(sent)
      })
    if (method.requestStream) {
      listener.withOnReceiveMessage((message, next) => {
        onMessage(observed, 'received')
        next(message)
      })
    }
    if (method.responseStream) {
      responder.withSendMessage((message, next) => {
        onMessage(observed, 'sent')
        next(message)
      })
    }
    return new ServerInterceptingCall(call, responder.build())
  }
}

/** The type of a call: which of its sides are streams. */
export function callTypeOf(method: {
  readonly requestStream: boolean
  readonly responseStream: boolean
}): ObservedCall['type'] {
  if (method.requestStream) return method.responseStream ? 'bidi_stream' : 'client_stream'
  return method.responseStream ? 'server_stream' : 'unary'
}

function startedCall({ path }: ObservedCall, requestId: string, metadata: Metadata): StartedCall {
  return { method: path.slice(1), requestId, header: (name) => metadata.get(name).map(String) }
}

function requestIdOf(metadata: Metadata): string {
  const received = metadata.get(REQUEST_ID)[0]?.toString()
  return received !== undefined && REQUEST_ID_FORM.test(received) ? received : randomUUID()
}
