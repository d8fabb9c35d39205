import { setMaxListeners } from 'node:events'
import { type handleBidiStreamingCall, Metadata, type ServerDuplexStream, status } from '@grpc/grpc-js'
import type { Budget } from '../application/budget.js'
import type { Status } from '../gen/google/rpc/status.js'
import { type CallContext, callContextOf } from './call-context.js'
import { CallError, callErrorOf, richStatusOf, serviceErrorOf } from './call-error.js'
import { writeTogether } from './connections/http2-sessions.js'
import { type HandlerOptions, LATE_MS, tooLate } from './handlers.js'
import { UnreadableMessage } from './request-decoder.js'
import { lifetimeOf } from './stream-lifetime.js'

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

/** A decision on a request. `$case` names the field of the response. */
type Decided = { readonly $case: string; readonly value: unknown }

/** The error that a call with this request alone would end with. */
type Failed = { readonly $case: 'error'; readonly value: Status }

/** A message of the answering side: a decision or an error. */
type Answer<Decision extends Decided> = {
  readonly index: bigint
  readonly transactionId: string
  readonly outcome: Decision | Failed
}

export type AnsweredStreamOptions<Request, Decision extends Decided> = {
  readonly handlers: HandlerOptions
  readonly limits: StreamLimits
  /** The noun for a request in traces. */
  readonly itemName: string
  /** Returns the id that the answer repeats. */
  readonly idOf: (request: Request) => string
  /**
   * Decides one request. Its context is that of the stream, with a trace of its own if the stream is traced.
   */
  readonly decideOne: (request: Request, budget: Budget, call: CallContext) => Promise<Decision>
  /** Called when a request is answered with an error. The stream goes on, so nothing else reports it. */
  readonly onItemError: (code: status, call: CallContext) => void
}

/**
 * Adapts a stream of requests to grpc-js. Each request gets one message, in any order; an error is an answer,
 * too, and the stream goes on.
 */
export function answeredStreamHandler<Request, Decision extends Decided>(
  options: AnsweredStreamOptions<Request, Decision>,
): handleBidiStreamingCall<Request, Answer<Decision>> {
  // Every open stream listens; Node.js would report more than ten listeners as a leak.
  setMaxListeners(0, options.limits.draining)
  return (call) => new AnsweredStream(call, options).open()
}

type Call<Request, Decision extends Decided> = ServerDuplexStream<
  Request | UnreadableMessage,
  Answer<Decision>
>
/** An answered request: position in the stream, id, and when it was read, on the monotonic clock. */
type Answered = { readonly index: number; readonly transactionId: string; readonly startedMs: number }

/**
 * One stream, in bounded memory.
 *
 * A request occupies a place in the window from when it is read until the connection has taken its answer. So
 * the service stops reading from a caller that does not read its answers, as it does when decisions are slow.
 */
class AnsweredStream<Request, Decision extends Decided> {
  readonly #call: Call<Request, Decision>
  readonly #options: AnsweredStreamOptions<Request, Decision>
  readonly #context: CallContext
  #count = 0
  #underWay = 0
  #ageTimer: NodeJS.Timeout | undefined
  /** Set when reading has stopped. */
  #end: { readonly error: CallError | undefined } | undefined
  #closed = false

  constructor(call: Call<Request, Decision>, options: AnsweredStreamOptions<Request, Decision>) {
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
    this.#call.on('data', (request: Request | UnreadableMessage) => this.#take(request))
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

  #take(request: Request | UnreadableMessage): void {
    const index = this.#count
    this.#count += 1
    this.#underWay += 1
    if (this.#underWay >= this.#options.limits.window) this.#call.pause()

    if (request instanceof UnreadableMessage) {
      const startedMs = this.#options.handlers.clock.monotonicMs()
      const outcome: Failed = { $case: 'error', value: richStatusOf(request.error) }
      this.#ended(outcome, this.#context)
      this.#answer({ index, transactionId: '', startedMs }, outcome)
    } else {
      this.#decide(index, request)
    }
  }

  /** Answers once: with the decision, its error, or a timeout. */
  #decide(index: number, request: Request): void {
    const startedMs = this.#options.handlers.clock.monotonicMs()
    const call = this.#itemContext()
    const budget = this.#budget()
    call.trace?.follow(budget)
    const answerOnce = (outcome: Decision | Failed) => {
      if (timer === undefined) return
      clearTimeout(timer)
      timer = undefined
      call.trace?.ended(this.#closed ? 'CANCELLED' : codeOf(outcome))
      this.#ended(outcome, call)
      this.#answer({ index, transactionId: this.#options.idOf(request), startedMs }, outcome)
    }
    const fail = (error: unknown) => answerOnce({ $case: 'error', value: this.#statusOf(error, call) })
    const durationMs = this.#options.handlers.durationMsMax + LATE_MS
    let timer: NodeJS.Timeout | undefined = setTimeout(() => fail(tooLate(durationMs)), durationMs)
    this.#options.decideOne(request, budget, call).then(answerOnce, fail)
  }

  #itemContext(): CallContext {
    const trace = this.#context.trace?.item(this.#options.itemName)
    return trace ? { ...this.#context, trace } : this.#context
  }

  /** Reports an error, unless the client has disconnected. */
  #ended(outcome: Decision | Failed, call: CallContext): void {
    if (isFailed(outcome) && !this.#closed) this.#options.onItemError(outcome.value.code, call)
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

  #answer({ index, transactionId, startedMs }: Answered, outcome: Decision | Failed): void {
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
function codeOf(outcome: Decided | Failed): string {
  return isFailed(outcome) ? (status[outcome.value.code] ?? 'UNKNOWN') : 'OK'
}

function isFailed(outcome: Decided | Failed): outcome is Failed {
  return outcome.$case === 'error'
}
