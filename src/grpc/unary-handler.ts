import type { handleUnaryCall, ServerUnaryCall } from '@grpc/grpc-js'
import type { Budget } from '../application/budget.js'
import type { Clock } from '../application/clock.js'
import { type CallContext, callContextOf } from './call-context.js'
import { CallError, callErrorOf, serviceErrorOf } from './call-error.js'
import { UnreadableMessage } from './request-decoder.js'

/** What a handler knows of its call. */
export type UnaryCall = CallContext & {
  /** The time that the caller gives, and no more than the service allows itself. */
  readonly budget: Budget
}

export type UnaryOptions = {
  readonly clock: Clock
  /** Longest time spent on one call, in milliseconds, whatever deadline the caller sets. */
  readonly durationMsMax: number
  /** Told of every error that is a bug of ours. */
  readonly onBug: (error: unknown, requestId: string) => void
}

const unreadable = {
  field: 'request',
  description: 'is not a protobuf message of the type that this method takes',
}

/**
 * Adapts an async function to grpc-js. The one way in for unary calls: whatever is thrown or rejected becomes a status,
 * since a rejection that escapes would end the process and leave the caller waiting.
 */
export function unaryHandler<Request, Response>(
  options: UnaryOptions,
  handle: (request: Request, call: UnaryCall) => Promise<Response>,
): handleUnaryCall<Request, Response> {
  return (call, callback) => {
    const context = callContextOf(call.metadata)
    run(options, call, handle).then(
      (response) => callback(null, response),
      (error: unknown) => {
        const callError = callErrorOf(error)
        if (callError.kind === 'INTERNAL') options.onBug(error, context.requestId)
        callback(serviceErrorOf(callError))
      },
    )
  }
}

async function run<Request, Response>(
  options: UnaryOptions,
  call: ServerUnaryCall<Request, Response>,
  handle: (request: Request, call: UnaryCall) => Promise<Response>,
): Promise<Response> {
  const { request } = call
  if (request instanceof UnreadableMessage)
    throw new CallError('INVALID_REQUEST', { violations: [unreadable] })
  return await handle(request, { ...callContextOf(call.metadata), budget: budgetOf(call, options) })
}

/** Counts on the monotonic clock from now on: a jump of the wall clock neither shortens nor lengthens it. */
function budgetOf(call: ServerUnaryCall<unknown, unknown>, { clock, durationMsMax }: UnaryOptions): Budget {
  const givenMs = Number(call.getDeadline()) - Date.now()
  const endsAtMs = clock.monotonicMs() + Math.min(givenMs, durationMsMax)
  return { remainingMs: () => (call.cancelled ? 0 : endsAtMs - clock.monotonicMs()) }
}
