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
import { type HandlerOptions, LATE_MS, tooLate } from '../handlers.js'
import { UnreadableMessage } from '../request-decoder.js'
import { lifetimeOf } from '../stream-lifetime.js'

/** Most requests of one stream under way at a time: so many may always wait to be decided, however slow that is. */
const WINDOW_MAX = 128

/** What one stream may take of the service. */
export type StreamLimits = {
  /** Most requests that have been read and whose answer is not on its way: the stream is held back meanwhile. */
  readonly window: number
  /** Longest time until the stream is ended, in milliseconds. */
  readonly ageMsMax: number
  /** Ends every stream when the service is told to stop. */
  readonly draining: AbortSignal
  /** Told of each request that is answered: with which status code's name, and how long after it was read. */
  readonly onAnswer?: (code: string, durationMs: number) => void
}

/** The window for a queue of this length: however it was configured, it takes several streams to fill it. */
export function windowFor(queueMax: number): number {
  return Math.max(1, Math.min(WINDOW_MAX, Math.floor(queueMax / 4)))
}

export type AuthorizeStreamOptions = {
  readonly handlers: HandlerOptions
  readonly limits: StreamLimits
  /** Is given the context of the stream; if it is traced, with a trace for this one purchase. */
  readonly authorizeOne: AuthorizeOne
  /** Told of each request that was answered with an error: the stream goes on, so nobody else hears of it. */
  readonly onItemError: (code: status, call: CallContext) => void
}

export type AuthorizeOne = (
  request: AuthorizeRequest,
  budget: Budget,
  call: CallContext,
) => Promise<AuthorizeResponse>

/**
 * Adapts purchases that come as a stream to grpc-js. Each request is answered by one message, in any order: what it fails with is its
 * answer too, and the stream goes on.
 */
export function authorizeStreamHandler(
  options: AuthorizeStreamOptions,
): handleBidiStreamingCall<AuthorizeRequest, AuthorizeStreamResponse> {
  // Every stream that is open listens: Node.js would take more than ten for a leak.
  setMaxListeners(0, options.limits.draining)
  return (call) => new AuthorizeStream(call, options).open()
}

type Call = ServerDuplexStream<AuthorizeRequest | UnreadableMessage, AuthorizeStreamResponse>
/** As Node.js keeps what is written to a stream that is busy. */
type WaitingAnswer = { readonly chunk: AuthorizeStreamResponse; readonly encoding: BufferEncoding }
/** A request that is answered: its place in the stream, its id, and when it was read, on the monotonic clock. */
type Answered = { readonly index: number; readonly transactionId: string; readonly startedMs: number }
type Outcome = NonNullable<AuthorizeStreamResponse['outcome']>

/**
 * One stream, in bounded memory: a request takes a place of the window from when it is read until the connection has taken its
 * answer. So a caller who does not read its answers is read no further, as one whose requests take long.
 */
class AuthorizeStream {
  readonly #call: Call
  readonly #options: AuthorizeStreamOptions
  readonly #context: CallContext
  #count = 0
  #underWay = 0
  #ageTimer: NodeJS.Timeout | undefined
  /** Set once nothing more is read. */
  #end: { readonly error: CallError | undefined } | undefined
  #closed = false

  constructor(call: Call, options: AuthorizeStreamOptions) {
    this.#call = call
    this.#options = options
    this.#context = callContextOf(call.metadata)
  }

  open(): void {
    const { draining } = this.#options.limits
    // At once: there are clients that send nothing before they have seen the headers.
    this.#call.sendMetadata(new Metadata())
    this.#call._writev = this.#writeTogether
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

  /** A stream ends with its token, or with its time: up to a tenth early, so that those opened together do not end together. */
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

  /** Answers once: with what was decided, with what that failed with, or when it takes too long. */
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

  /** What nobody waits for any more has not failed. */
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
    // A caller who left gets no answer: that it ran out of time then is no failure of ours.
    const code = this.#closed ? 'CANCELLED' : codeOf(outcome)
    limits.onAnswer?.(code, handlers.clock.monotonicMs() - startedMs)
    if (this.#closed) return
    this.#call.write({ index: BigInt(index), transactionId, outcome }, this.#answered)
  }

  /**
   * Hands the connection all answers that wait for it. grpc-js by itself hands it the next one when the last one is sent: answers that
   * were decided together would leave one by one, and so would the requests that follow them arrive, too few at a time for a group.
   */
  readonly #writeTogether = (waiting: readonly WaitingAnswer[], done: () => void): void => {
    for (const [place, { chunk, encoding }] of waiting.entries()) {
      this.#call._write(chunk, encoding, place === waiting.length - 1 ? done : () => {})
    }
  }

  readonly #answered = (): void => {
    this.#underWay -= 1
    if (this.#end) this.#finish(this.#end.error)
    else if (this.#underWay === this.#options.limits.window - 1) this.#call.resume()
  }

  /** Reads no more. The first reason counts: after half-close everything that was sent is answered. */
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

  /** The call is over, whoever ended it. What is still being decided is recorded, or given up. */
  readonly #close = (): void => {
    this.#closed = true
    this.#letGo()
  }

  #letGo(): void {
    clearTimeout(this.#ageTimer)
    this.#options.limits.draining.removeEventListener('abort', this.#drain)
  }
}

/** The name of the status code that the call would have ended with, had it been one by itself. */
function codeOf(outcome: Outcome): string {
  return outcome.$case === 'error' ? (status[outcome.value.code] ?? 'UNKNOWN') : 'OK'
}
