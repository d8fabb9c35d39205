import { setMaxListeners } from 'node:events'
import { type handleBidiStreamingCall, Metadata, type ServerDuplexStream, status } from '@grpc/grpc-js'
import type { Budget } from '../../application/budget.js'
import type {
  AuthorizeRequest,
  AuthorizeResponse,
  AuthorizeStreamResponse,
} from '../../gen/benefits/v1/authorization.js'
import { type CallContext, callContextOf } from '../call-context.js'
import { CallError, callErrorOf, richStatusOf, serviceErrorOf } from '../call-error.js'
import { writeTogether } from '../connections/http2-sessions.js'
import { type HandlerOptions, LATE_MS, tooLate } from '../handlers.js'
import { UnreadableMessage } from '../request-decoder.js'
import { lifetimeOf } from '../stream-lifetime.js'

/** Most open requests of one stream. The engine lets that many wait, however slow decisions are. */
const WINDOW_MAX = 128

/** Limits of one stream. */
export type StreamLimits = {
  /** Most requests that are read and whose answers the caller has not taken. At the limit, reading pauses. */
  readonly window: number
  /** Longest age of a stream, in milliseconds. */
  readonly ageMsMax: number
  /** Ends every stream when the service shuts down. */
  readonly draining: AbortSignal
  /** Called when a request is answered, with the name of its status code and the time since it was read. */
  readonly onAnswer?: (code: string, durationMs: number) => void
}

/**
 * Returns the window for a queue of this length. It takes several streams to fill the queue, whatever its
 * length.
 */
export function windowFor(queueMax: number): number {
  return Math.max(1, Math.min(WINDOW_MAX, Math.floor(queueMax / 4)))
}

export type AuthorizeStreamOptions = {
  readonly handlers: HandlerOptions
  readonly limits: StreamLimits
  /**
   * Decides one purchase. Its context is that of the stream, with a trace of its own if the stream is traced.
   */
  readonly authorizeOne: AuthorizeOne
  /** Called when a request is answered with an error. The stream goes on, so nothing else reports it. */
  readonly onItemError: (code: status, call: CallContext) => void
}

export type AuthorizeOne = (
  request: AuthorizeRequest,
  budget: Budget,
  call: CallContext,
) => Promise<AuthorizeResponse>

/**
 * Adapts a stream of purchases to grpc-js. Each request gets one message, in any order; an error is an
 * answer, too, and the stream goes on.
 */
export function authorizeStreamHandler(
  options: AuthorizeStreamOptions,
): handleBidiStreamingCall<AuthorizeRequest, AuthorizeStreamResponse> {
  // Every open stream listens; Node.js would report more than ten listeners as a leak.
  setMaxListeners(0, options.limits.draining)
  return (call) => new AuthorizeStream(call, options).open()
}

type Call = ServerDuplexStream<AuthorizeRequest | UnreadableMessage, AuthorizeStreamResponse>
/** An answered request: position in the stream, id, and when it was read, on the monotonic clock. */
type Answered = { readonly index: number; readonly transactionId: string; readonly startedMs: number }
type Outcome = NonNullable<AuthorizeStreamResponse['outcome']>

/**
 * One stream, in bounded memory.
 *
 * A request occupies a place in the window from when it is read until the connection has taken its answer. So
 * the service stops reading from a caller that does not read its answers, as it does when decisions are slow.
 */
class AuthorizeStream {
  readonly #call: Call
  readonly #options: AuthorizeStreamOptions
  readonly #context: CallContext
  #count = 0
  #underWay = 0
  #ageTimer: NodeJS.Timeout | undefined
  /** Set when reading has stopped. */
  #end: { readonly error: CallError | undefined } | undefined
  #closed = false

  constructor(call: Call, options: AuthorizeStreamOptions) {
    this.#call = call
    this.#options = options
    this.#context = callContextOf(call.metadata)
  }

  open(): void {
    const { draining } = this.#options.limits
    // Send headers at once: some clients send nothing before they have seen them.
    this.#call.sendMetadata(new Metadata())
    writeTogether(this.#call)
    this.#call.on('cancelled', this.#close)
    this.#call.on('end', () => this.#stop(undefined))
    if (draining.aborted) {
      this.#drain()
      return
    }
    draining.addEventListener('abort', this.#drain)
    this.#ageTimer = this.#limitAge()
    this.#call.on('data', (request: AuthorizeRequest | UnreadableMessage) => this.#take(request))
  }

  /**
   * Ends the stream with its token or at its longest age. The age is up to a tenth shorter, so that streams
   * opened together do not end together.
   */
  #limitAge(): NodeJS.Timeout {
    const ageMs = this.#options.limits.ageMsMax * (1 - Math.random() / 10)
    const { durationMs, end } = lifetimeOf(this.#context, ageMs)
    return setTimeout(() => this.#stop(end), durationMs)
  }

  readonly #drain = (): void => this.#stop(new CallError('STREAM_ENDED'))

  #take(request: AuthorizeRequest | UnreadableMessage): void {
    const index = this.#count
    this.#count += 1
    this.#underWay += 1
    if (this.#underWay >= this.#options.limits.window) this.#call.pause()

    if (request instanceof UnreadableMessage) {
      const startedMs = this.#options.handlers.clock.monotonicMs()
      const outcome: Outcome = { $case: 'error', value: richStatusOf(request.error) }
      this.#ended(outcome, this.#context)
      this.#answer({ index, transactionId: '', startedMs }, outcome)
    } else {
      this.#decide(index, request)
    }
  }

  /** Answers once: with the decision, its error, or a timeout. */
  #decide(index: number, request: AuthorizeRequest): void {
    const startedMs = this.#options.handlers.clock.monotonicMs()
    const call = this.#itemContext()
    const budget = this.#budget()
    call.trace?.follow(budget)
    const answerOnce = (outcome: Outcome) => {
      if (timer === undefined) return
      clearTimeout(timer)
      timer = undefined
      call.trace?.ended(this.#closed ? 'CANCELLED' : codeOf(outcome))
      this.#ended(outcome, call)
      this.#answer({ index, transactionId: request.transactionId, startedMs }, outcome)
    }
    const fail = (error: unknown) => answerOnce({ $case: 'error', value: this.#statusOf(error, call) })
    const durationMs = this.#options.handlers.durationMsMax + LATE_MS
    let timer: NodeJS.Timeout | undefined = setTimeout(() => fail(tooLate(durationMs)), durationMs)
    this.#options
      .authorizeOne(request, budget, call)
      .then((value) => answerOnce({ $case: 'response', value }), fail)
  }

  #itemContext(): CallContext {
    const trace = this.#context.trace?.item()
    return trace ? { ...this.#context, trace } : this.#context
  }

  /** Reports an error, unless the client has disconnected. */
  #ended(outcome: Outcome, call: CallContext): void {
    if (outcome.$case === 'error' && !this.#closed) this.#options.onItemError(outcome.value.code, call)
  }

  #budget(): Budget {
    const { clock, durationMsMax } = this.#options.handlers
    const endsAtMs = Math.min(clock.monotonicMs() + durationMsMax, this.#context.endsAtMs)
    return {
      subject: this.#context.principal?.subject ?? '',
      remainingMs: () => (this.#closed ? 0 : endsAtMs - clock.monotonicMs()),
    }
  }

  #statusOf(error: unknown, call: CallContext) {
    const callError = callErrorOf(error)
    if (callError.kind === 'INTERNAL' && !this.#closed) {
      this.#options.handlers.onBug(error, call)
    }
    return richStatusOf(callError)
  }

  #answer({ index, transactionId, startedMs }: Answered, outcome: Outcome): void {
    const { handlers, limits } = this.#options
    // A caller that left gets no answer, so a timeout is not the service's failure.
    const code = this.#closed ? 'CANCELLED' : codeOf(outcome)
    limits.onAnswer?.(code, handlers.clock.monotonicMs() - startedMs)
    if (this.#closed) return
    this.#call.write({ index: BigInt(index), transactionId, outcome }, this.#answered)
  }

  readonly #answered = (): void => {
    this.#underWay -= 1
    if (this.#end) this.#finish(this.#end.error)
    else if (this.#underWay === this.#options.limits.window - 1) this.#call.resume()
  }

  /** Stops reading. The first reason counts: after half-close, every request is answered. */
  #stop(error: CallError | undefined): void {
    if (this.#end) return
    this.#end = { error }
    this.#letGo()
    this.#call.pause()
    this.#finish(error)
  }

  #finish(error: CallError | undefined): void {
    if (this.#closed || this.#underWay > 0) return
    if (error) this.#call.emit('error', serviceErrorOf(error))
    else this.#call.end()
  }

  /** Called when the call is over, by either side. Open decisions are still recorded, or given up. */
  readonly #close = (): void => {
    this.#closed = true
    this.#letGo()
  }

  #letGo(): void {
    clearTimeout(this.#ageTimer)
    this.#options.limits.draining.removeEventListener('abort', this.#drain)
  }
}

/** The name of the status code that a unary call with this outcome would end with. */
function codeOf(outcome: Outcome): string {
  return outcome.$case === 'error' ? (status[outcome.value.code] ?? 'UNKNOWN') : 'OK'
}
