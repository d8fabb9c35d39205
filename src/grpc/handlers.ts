import type {
  handleClientStreamingCall,
  handleServerStreamingCall,
  handleUnaryCall,
  ServerReadableStream,
  ServerUnaryCall,
  ServerWritableStream,
  sendUnaryData,
} from '@grpc/grpc-js'
import type { Budget } from '../application/budget.js'
import type { Clock } from '../application/clock.js'
import { IndecisionError } from '../application/errors.js'
import { type CallContext, callContextOf } from './call-context.js'
import { type CallError, callErrorOf, serviceErrorOf } from './call-error.js'
import type { PageGate } from './pages/page-gate.js'
import { UnreadableMessage } from './request-decoder.js'

/** What a handler knows of its call. */
export type HandledCall = CallContext & {
  /** The time that the caller gives, and no more than the service allows itself. */
  readonly budget: Budget
}

export type HandlerOptions = {
  readonly clock: Clock
  /** Longest time spent on one decision, in milliseconds, whatever deadline the caller sets. */
  readonly durationMsMax: number
  /** Throws what every call is answered with while none can be; called before each. Default: all can be. */
  readonly admit?: () => void
  /** Told of every error that is a bug of ours. */
  readonly onBug: (error: unknown, call: CallContext) => void
  /** Lets calls with long answers in. */
  readonly pages: PageGate
}

/** Longest time spent on a page, in milliseconds. */
const PAGE_MS_MAX = 10_000

/** Time after the end of the budget in which an answer may still come, in milliseconds. */
export const LATE_MS = 250

/**
 * Adapts an async function to grpc-js. These adapters are the one way in: whatever is thrown or rejected becomes a status,
 * since a rejection that escapes would end the process and leave the caller waiting.
 */
export function unaryHandler<Request, Response>(
  options: HandlerOptions,
  handle: (request: Request, call: HandledCall) => Promise<Response>,
): handleUnaryCall<Request, Response> {
  return (call, callback) =>
    answer(options, call, callback, async () => {
      if (call.request instanceof UnreadableMessage) throw call.request.error
      return await inTime(handle(call.request, handledCall(call, options)), options.durationMsMax + LATE_MS)
    })
}

/** The same for an answer that may be long: it lets purchases go first, and so may take longer than they may. */
export function pageHandler<Request, Response>(
  options: HandlerOptions,
  handle: (request: Request, call: HandledCall) => Promise<Response>,
): handleUnaryCall<Request, Response> {
  const durationMsMax = Math.max(options.durationMsMax, PAGE_MS_MAX)
  const read = unaryHandler({ ...options, durationMsMax }, handle)
  return (call, callback) =>
    options.pages.enter(call).then(
      () => read(call, callback),
      (error: unknown) => callback(serviceErrorOf(reported(options, call, error))),
    )
}

/** The same for a stream of requests with one response. A request that could not be read is handed on as such. */
export function clientStreamHandler<Request, Response>(
  options: HandlerOptions,
  handle: (requests: AsyncIterable<Request | UnreadableMessage>, call: StreamCall) => Promise<Response>,
): handleClientStreamingCall<Request, Response> {
  return (stream, callback) =>
    answer(options, stream, callback, async () => {
      const budget = () => budgetOf(stream, options)
      return await handle(stream, { ...callContextOf(stream.metadata), budget })
    })
}

/** The same for one request with a stream of responses, which are asked for as fast as the caller takes them. */
export function serverStreamHandler<Request, Response>(
  options: HandlerOptions,
  handle: (request: Request, call: HandledCall) => AsyncIterable<Response>,
): handleServerStreamingCall<Request, Response> {
  return (stream) => {
    const respond = async () => {
      const call = handledCall(stream, options)
      if (stream.request instanceof UnreadableMessage) throw stream.request.error
      for await (const response of handle(stream.request, call)) {
        if (!stream.write(response)) await inTime(untilTaken(stream), call.budget.remainingMs())
        if (stream.cancelled) return
      }
    }
    respond().then(
      () => stream.end(),
      (error: unknown) => stream.emit('error', serviceErrorOf(reported(options, stream, error))),
    )
  }
}

/** Ends when the caller has taken what was written, or is gone. */
async function untilTaken(stream: ServerWritableStream<unknown, unknown>): Promise<void> {
  await new Promise<void>((resolve) => {
    const end = () => {
      for (const event of ends) stream.off(event, end)
      resolve()
    }
    const ends = ['drain', 'close']
    for (const event of ends) stream.on(event, end)
  })
}

/** What the handler of a stream knows of its call. */
export type StreamCall = CallContext & {
  /** Begins the time for one more request. */
  readonly budget: () => Budget
}

/** Gives up waiting, so that a caller without a deadline has an answer too. What was begun may still be decided: a retry finds it. */
export async function inTime<T>(work: Promise<T>, durationMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(tooLate(durationMs)), durationMs)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}

export function tooLate(durationMs: number): IndecisionError {
  return new IndecisionError('UNAVAILABLE', `nothing was decided within ${durationMs} ms`)
}

type AnyCall =
  | ServerUnaryCall<unknown, unknown>
  | ServerReadableStream<unknown, unknown>
  | ServerWritableStream<unknown, unknown>

function answer<Response>(
  options: HandlerOptions,
  call: AnyCall,
  callback: sendUnaryData<Response>,
  handle: () => Promise<Response>,
): void {
  handle().then(
    (response) => callback(null, response),
    (error: unknown) => callback(serviceErrorOf(reported(options, call, error))),
  )
}

/** What the caller is told of it; a bug of ours is told to us, too. */
function reported(options: HandlerOptions, call: AnyCall, error: unknown): CallError {
  const callError = callErrorOf(error)
  if (callError.kind === 'INTERNAL' && !call.cancelled) {
    options.onBug(error, callContextOf(call.metadata))
  }
  return callError
}

function handledCall(call: AnyCall, options: HandlerOptions): HandledCall {
  options.admit?.()
  const context = callContextOf(call.metadata)
  const budget = budgetOf(call, options)
  context.trace?.follow(budget)
  return { ...context, budget }
}

/** A jump of the wall clock neither shortens nor lengthens it. */
function budgetOf(call: AnyCall, { clock, durationMsMax }: HandlerOptions): Budget {
  const context = callContextOf(call.metadata)
  const endsAtMs = Math.min(context.endsAtMs, clock.monotonicMs() + durationMsMax)
  return {
    subject: context.principal?.subject ?? '',
    remainingMs: () => (call.cancelled ? 0 : endsAtMs - clock.monotonicMs()),
  }
}
