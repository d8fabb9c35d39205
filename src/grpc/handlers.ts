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
import { UndecidedError } from '../application/errors.js'
import { type CallContext, callContextOf } from './call-context.js'
import { type CallError, callErrorOf, serviceErrorOf } from './call-error.js'
import type { PageGate } from './pages/page-gate.js'
import { pageSizeOf } from './pages/page-token.js'
import { UnreadableMessage } from './request-decoder.js'
import type { RejectionReason } from './tokens/token-rejection.js'

/** What a handler knows about its call. */
export type HandledCall = CallContext & {
  /** The time until the caller's deadline, at most `durationMsMax`. */
  readonly budget: Budget
}

export type HandlerOptions = {
  readonly clock: Clock
  /** Longest time spent on one decision, in milliseconds, whatever the caller's deadline. */
  readonly durationMsMax: number
  /**
   * Called before each call. Throws the error to answer with while the service cannot decide. Default: never
   * throws.
   */
  readonly admit?: () => void
  /** Called when an error is a bug of the service. */
  readonly onBug: (error: unknown, call: CallContext) => void
  /** Called when a handler rejects the token of a call for a field of its request. */
  readonly onRejection?: (reason: RejectionReason) => void
  /** Admits calls with long answers. */
  readonly pages: PageGate
}

/** Longest time spent on a page, in milliseconds. */
const PAGE_MS_MAX = 10_000

/** Time after the end of the budget in which an answer may still arrive, in milliseconds. */
export const LATE_MS = 250

/**
 * Adapts an async function to a unary handler of grpc-js.
 *
 * The adapters in this file turn every thrown error and rejected promise into a status. A rejection that
 * escaped would end the process and leave the caller waiting.
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

/**
 * Adapts a function like {@link unaryHandler}, for answers that may be long: each call first waits for a
 * place. Purchases go first, so a page may take longer than a decision. A short page waits in a longer line.
 */
export function pageHandler<Request extends { readonly pageSize: number }, Response>(
  options: HandlerOptions,
  handle: (request: Request, call: HandledCall) => Promise<Response>,
): handleUnaryCall<Request, Response> {
  const durationMsMax = Math.max(options.durationMsMax, PAGE_MS_MAX)
  const read = unaryHandler({ ...options, durationMsMax }, handle)
  return (call, callback) =>
    options.pages.enter(call, itemsAsked(call.request)).then(
      () => read(call, callback),
      (error: unknown) => callback(serviceErrorOf(reported(options, call, error))),
    )
}

/** Most items of the page that a request asks for. The handler rejects what is unreadable or negative. */
function itemsAsked(request: { readonly pageSize: number } | UnreadableMessage): number {
  return request instanceof UnreadableMessage ? 0 : pageSizeOf(Math.max(0, request.pageSize))
}

/**
 * Adapts a function with a stream of requests and one response. The function also receives unreadable
 * requests.
 */
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

/**
 * Adapts a function with one request and a stream of responses. Responses are made as fast as the caller
 * takes them.
 */
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

/** Resolves when the caller has taken what was written, or has left. */
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

/** What the handler of a request stream knows about its call. */
export type StreamCall = CallContext & {
  /** Starts the time for one more request. */
  readonly budget: () => Budget
}

/**
 * Rejects when the work takes too long, so that a caller without a deadline gets an answer, too. The work
 * goes on and may still be decided: a retry then finds the decision.
 */
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

export function tooLate(durationMs: number): UndecidedError {
  return new UndecidedError('UNAVAILABLE', `nothing was decided within ${durationMs} ms`)
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

/** Converts a thrown value for the caller, and reports it as a bug if it is one. */
function reported(options: HandlerOptions, call: AnyCall, error: unknown): CallError {
  const callError = callErrorOf(error)
  const context = callContextOf(call.metadata)
  if (callError.kind === 'INTERNAL' && !call.cancelled) options.onBug(error, context)
  if (callError.kind === 'SCOPE_MISSING') {
    context.rejection = 'SCOPE_MISSING'
    options.onRejection?.('SCOPE_MISSING')
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

/**
 * Returns the budget of a call. It runs on the monotonic clock, so jumps of the wall clock do not affect it.
 */
function budgetOf(call: AnyCall, { clock, durationMsMax }: HandlerOptions): Budget {
  const context = callContextOf(call.metadata)
  const endsAtMs = Math.min(context.endsAtMs, clock.monotonicMs() + durationMsMax)
  return {
    subject: context.principal?.subject ?? '',
    remainingMs: () => (call.cancelled ? 0 : endsAtMs - clock.monotonicMs()),
  }
}
