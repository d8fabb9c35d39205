import { setMaxListeners } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { status } from '@grpc/grpc-js'
import {
  type BookStreamRequest,
  type BookStreamResponse,
  CardRailServiceService,
} from '../../src/gen/benefits/v1/card_rail.js'
import type { Status } from '../../src/gen/google/rpc/status.js'
import type { FileRun } from '../commands/file-run.js'
import { exitCodes, Failure } from '../failure.js'
import type { Connection, OpenStream } from '../service/connection.js'
import { methods } from '../service/methods.js'
import { isExpiredToken, isFinalStatus, isHopeless, reasonOf } from '../service/service-failure.js'
import { type ClearingLine, requestOf } from './clearing-file.js'
import { type ClearingSummary, ClearingTally } from './clearing-tally.js'
import { PurchaseQueue } from './purchase-queue.js'

/** Number of lines in flight: fewer than the service reads of one stream. */
const OPEN_MAX = 100
/** Longest time in which a stream sends lines, in milliseconds: less than the lifetime of its token. */
const STREAM_MS_MAX = 45_000
/**
 * Longest time without any answer to open lines, in milliseconds: longer than the service takes for one. It
 * ends a stream over a proxy that still answers pings while the service behind it does not answer.
 */
const SILENCE_MS_MAX = 40_000
const LOOK_MS = 1_000
const PAUSE_MS_MIN = 200
const PAUSE_MS_MAX = 5_000

export type ClearingSenderOptions = FileRun & {
  /** Opens a stream with a new token. */
  readonly open: () => Promise<ClearingStream>
  readonly connection: Pick<Connection, 'address' | 'renew' | 'tokens'>
  /** Longest time without an answer before the file gives up, in milliseconds. */
  readonly patienceMs: number
  /** The same before the first answer. */
  readonly firstAnswerMsMax: number
  /** Longest time without any answer to open lines, in milliseconds. Default: 40 s. */
  readonly silenceMsMax?: number
}

export type ClearingStream = OpenStream<BookStreamRequest, BookStreamResponse>

/** Opens a stream for the lines of a clearing file. */
export function openClearing(connection: Connection): Promise<ClearingStream> {
  return connection.openStream(CardRailServiceService.bookStream, methods.bookStream.scope)
}

/**
 * Books the lines of a clearing file, each exactly once, across broken connections, restarts of the service
 * and expired tokens. It sends them over short streams, each with its own token. A line without an answer is
 * sent again, which is safe. The lines of one purchase are sent in the order of the file, each after the
 * answer to the one before.
 */
export class ClearingSender {
  readonly #options: ClearingSenderOptions
  readonly #queue: PurchaseQueue
  readonly #tally: ClearingTally
  /** The lines that were sent and have no answer, and how often they were sent. */
  readonly #sent = new Map<ClearingLine, number>()
  #lastAnswerMs = performance.now()
  #pauseMs = PAUSE_MS_MIN

  constructor(lines: readonly ClearingLine[], options: ClearingSenderOptions) {
    this.#options = options
    this.#queue = new PurchaseQueue(lines)
    this.#tally = new ClearingTally(lines.length)
    setMaxListeners(0, options.stop)
  }

  /** Sends all lines. Never throws a Failure: `problem` has the reason when the file ended early. */
  async send(): Promise<{ summary: ClearingSummary; problem: Failure | undefined }> {
    let problem: Failure | undefined
    while (this.#tally.left > 0 && problem === undefined) problem = await this.#sendOnce()
    return { summary: this.#tally.summary(this.#sent.size), problem }
  }

  /** Sends lines over one stream, and pauses when it fails. Returns the reason to end. */
  async #sendOnce(): Promise<Failure | undefined> {
    const { connection, onBreak, stop } = this.#options
    if (stop.aborted) return new Failure('stopped early', exitCodes.noAnswer)
    const { left } = this.#tally
    const failure = await this.#sendSome()
    if (this.#tally.left < left) this.#pauseMs = PAUSE_MS_MIN
    if (failure === undefined) return undefined
    if (isHopeless(failure, connection.tokens)) {
      // A token that expired in transit was valid for some of the lines; a rejected token, for none.
      if (!isExpiredToken(failure)) this.#forgetLastSent()
      return failure
    }
    if (this.#isTooLate()) return failure
    if (!isExpiredToken(failure)) onBreak(failure.message)
    await delay(this.#pauseMs, undefined, { signal: stop }).catch(() => {})
    this.#pauseMs = Math.min(2 * this.#pauseMs, PAUSE_MS_MAX)
    return undefined
  }

  #isTooLate(): boolean {
    const { patienceMs, firstAnswerMsMax } = this.#options
    const waitMsMax = this.#tally.done > 0 ? patienceMs : Math.min(patienceMs, firstAnswerMsMax)
    return performance.now() - this.#lastAnswerMs > waitMsMax
  }

  /** Counts the lines that were sent for the first time as not sent. */
  #forgetLastSent(): void {
    for (const [line, times] of this.#sent) if (times === 1) this.#sent.delete(line)
  }

  /** Sends lines over one stream. Returns the reason when lines are left without an answer. */
  async #sendSome(): Promise<Failure | undefined> {
    try {
      return await this.#sendOver(await this.#options.open())
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      return error
    }
  }

  /**
   * Sends lines over a stream until it ends. Returns the reason when a line has to be sent again.
   *
   * @throws Failure when the stream ends with an error.
   */
  async #sendOver(stream: ClearingStream): Promise<Failure | undefined> {
    const { connection, stop, silenceMsMax = SILENCE_MS_MAX } = this.#options
    const open = new Map<bigint, ClearingLine>()
    const again: ClearingLine[] = []
    const openedMs = performance.now()
    let answeredMs = openedMs
    let index = 0n
    let failure: Failure | undefined
    const sendMore = () => {
      const isEnding = failure !== undefined || stop.aborted || performance.now() - openedMs > STREAM_MS_MAX
      while (!isEnding && open.size < OPEN_MAX) {
        const line = this.#queue.take()
        if (line === undefined) break
        this.#sent.set(line, (this.#sent.get(line) ?? 0) + 1)
        open.set(index, line)
        index += 1n
        stream.write(requestOf(line))
      }
      if (open.size === 0) stream.end()
    }
    const watch = setInterval(() => {
      if (open.size > 0 && performance.now() - answeredMs > silenceMsMax) {
        failure ??= silence(connection.address, silenceMsMax)
        stream.cancel()
        connection.renew(silenceMsMax)
      } else sendMore()
    }, LOOK_MS)
    try {
      sendMore()
      await stream.answers((answer) => {
        answeredMs = performance.now()
        const line = open.get(answer.index)
        if (line === undefined) return
        open.delete(answer.index)
        const problem = this.#take(line, answer)
        failure ??= problem
        if (problem) again.push(line)
        sendMore()
      })
      if (open.size > 0) failure ??= new Failure('the stream ended without answers', exitCodes.noAnswer)
    } catch (error) {
      // A cancelled stream fails for the reason that cancelled it.
      throw failure ?? error
    } finally {
      clearInterval(watch)
      this.#queue.putBack([...again, ...open.values()])
    }
    return failure
  }

  /** Counts the answer to a line. Returns the problem when the line has to be sent again. */
  #take(line: ClearingLine, { outcome }: BookStreamResponse): Failure | undefined {
    if (outcome === undefined) return new Failure('the service gave an empty answer', exitCodes.noAnswer)
    if (outcome.$case === 'error') {
      const problem = transientProblem(outcome.value)
      if (problem) return problem
      const { message: description } = outcome.value
      this.#tally.reject(line, { reason: reasonOf(outcome.value), description })
    } else this.#tally.book(line, outcome, { wasSentBefore: (this.#sent.get(line) ?? 0) > 1 })
    this.#lastAnswerMs = performance.now()
    this.#sent.delete(line)
    this.#queue.done(line)
    this.#options.onProgress(this.#tally.done)
    return undefined
  }
}

function transientProblem({ code, message }: Status): Failure | undefined {
  return isFinalStatus(code) ? undefined : new Failure(`${status[code]}: ${message}`, exitCodes.noAnswer)
}

function silence(address: string, ms: number): Failure {
  return new Failure(`no answer from ${address} within ${ms / 1_000} s`, exitCodes.noAnswer)
}
