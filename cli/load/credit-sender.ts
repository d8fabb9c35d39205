import { setMaxListeners } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { status } from '@grpc/grpc-js'
import { AccountServiceService, type BatchCreditResponse } from '../../src/gen/benefits/v1/account.js'
import type { FileRun } from '../commands/file-run.js'
import { exitCodes, Failure } from '../failure.js'
import type { Connection } from '../service/connection.js'
import { methods } from '../service/methods.js'
import { isExpiredToken, isHopeless, ServiceFailure } from '../service/service-failure.js'
import type { Credit, RejectedCredit } from './load-file.js'
import type { LoadSummary } from './load-summary.js'

/** Number of credits in one stream. After a broken stream, each of its lines is sent again by itself. */
const STREAM_CREDITS = 1_000
/** Number of credits in flight after a stream has broken. */
const SINGLE_CREDITS = 32
/** Longest time of one stream, in milliseconds: about as long as the token that it is opened with. */
const STREAM_MS_MAX = 60_000
const CALL_MS_MAX = 10_000
const PAUSE_MS_MIN = 200
const PAUSE_MS_MAX = 5_000
/** Allowed difference between the clocks when an entry is attributed to this load, in milliseconds. */
const CLOCKS_APART_MS_MAX = 5_000

export type CreditSenderOptions = FileRun & {
  readonly connection: Connection
  /** Longest time without an answer before the load gives up, in milliseconds. */
  readonly patienceMs: number
}

/**
 * Credits many lines, each exactly once, across broken connections, restarts of the service and expired
 * tokens. It sends lines in short streams, each with its own token. The answer to a stream counts the new
 * credits. When that answer is lost, each line of the stream is sent again by itself, which is safe, and the
 * time of its entry shows whether this load made it.
 */
export class CreditSender {
  readonly #options: CreditSenderOptions
  readonly #startedMs = Date.now()
  readonly #rejected: RejectedCredit[] = []
  #credited = 0
  #creditedAmount = 0n
  #alreadyThere = 0
  #unsure = 0
  #notTried = 0
  #lastAnswerMs = performance.now()

  constructor(options: CreditSenderOptions) {
    this.#options = options
    // Every line that is sent by itself adds a listener.
    setMaxListeners(2 * SINGLE_CREDITS, options.stop)
  }

  /** Sends all credits. Never throws: `problem` has the reason when the load ended early. */
  async send(credits: readonly Credit[]): Promise<{ summary: LoadSummary; problem: Failure | undefined }> {
    let problem: Failure | undefined
    for (let start = 0; start < credits.length; start += STREAM_CREDITS) {
      const some = credits.slice(start, start + STREAM_CREDITS)
      problem ??= this.#stopProblem()
      if (problem) {
        this.#notTried += some.length
        continue
      }
      problem = await this.#sendSome(some)
      this.#options.onProgress(start + some.length)
    }
    return { summary: this.#summary(), problem }
  }

  async #sendSome(credits: readonly Credit[]): Promise<Failure | undefined> {
    try {
      this.#count(credits, await this.#stream(credits))
      return undefined
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      if (this.#isHopeless(error)) {
        // A token that expired in transit was valid for some of the lines; a rejected token, for none.
        if (isExpiredToken(error)) this.#unsure += credits.length
        else this.#notTried += credits.length
        return error
      }
      this.#options.onBreak(error.message)
      return await this.#sendOneByOne(credits)
    }
  }

  async #stream(credits: readonly Credit[]): Promise<BatchCreditResponse> {
    const response = await this.#options.connection.sendStream(AccountServiceService.batchCredit, {
      scope: methods.batchCredit.scope,
      requests: credits,
      timeoutMs: STREAM_MS_MAX,
    })
    this.#lastAnswerMs = performance.now()
    return response
  }

  #count(credits: readonly Credit[], response: BatchCreditResponse): void {
    this.#credited += Number(response.creditedCount)
    this.#creditedAmount += response.creditedAmount
    this.#alreadyThere += Number(response.replayedCount)
    for (const { index, reason, description } of response.rejectedCredits) {
      const credit = credits[Number(index)]
      if (credit) this.#reject(credit, { reason, description })
    }
  }

  /** Finds the outcome of each line of a broken stream, and credits the rest. */
  async #sendOneByOne(credits: readonly Credit[]): Promise<Failure | undefined> {
    const waiting = [...credits]
    this.#lastAnswerMs = performance.now()
    let problem: Failure | undefined
    const work = async () => {
      for (let credit = waiting.shift(); credit; credit = waiting.shift()) {
        const failure = problem ?? (await this.#resolve(credit))
        if (failure === undefined) continue
        problem ??= failure
        this.#unsure += 1
      }
    }
    await Promise.all(Array.from({ length: SINGLE_CREDITS }, work))
    return problem
  }

  /** Credits one line, and retries while the service does not answer. */
  async #resolve(credit: Credit): Promise<Failure | undefined> {
    for (let pauseMs = PAUSE_MS_MIN; ; pauseMs = Math.min(2 * pauseMs, PAUSE_MS_MAX)) {
      const failure = await this.#attempt(credit)
      if (failure === undefined) return undefined
      const waitedMs = performance.now() - this.#lastAnswerMs
      if (this.#isHopeless(failure) || waitedMs > this.#options.patienceMs) return failure
      const stopped = this.#stopProblem()
      if (stopped) return stopped
      await delay(pauseMs, undefined, { signal: this.#options.stop }).catch(() => {})
    }
  }

  /** Credits one line or counts it as rejected. Returns the reason when neither happened. */
  async #attempt(credit: Credit): Promise<Failure | undefined> {
    try {
      await this.#creditOne(credit)
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      if (!(error instanceof ServiceFailure && error.isFinal)) {
        if (isSilence(error)) this.#options.connection.renew(CALL_MS_MAX)
        return error
      }
      this.#reject(credit, error)
    }
    return undefined
  }

  async #creditOne(credit: Credit): Promise<void> {
    const { transaction, replayed } = await this.#options.connection.unary(AccountServiceService.credit, {
      scope: methods.credit.scope,
      request: credit,
      timeoutMs: CALL_MS_MAX,
    })
    this.#lastAnswerMs = performance.now()
    const madeMs = transaction?.createTime?.getTime() ?? 0
    if (replayed && madeMs < this.#startedMs - CLOCKS_APART_MS_MAX) {
      this.#alreadyThere += 1
      return
    }
    this.#credited += 1
    this.#creditedAmount += credit.amount
  }

  #reject({ line, cells }: Credit, { reason, description }: { reason: string; description: string }): void {
    this.#lastAnswerMs = performance.now()
    this.#rejected.push({ line, cells, reason, description })
  }

  #isHopeless(error: Failure): boolean {
    return isHopeless(error, this.#options.connection.tokens)
  }

  #stopProblem(): Failure | undefined {
    return this.#options.stop.aborted ? new Failure('stopped early', exitCodes.noAnswer) : undefined
  }

  #summary(): LoadSummary {
    return {
      credited: this.#credited,
      creditedAmount: this.#creditedAmount,
      alreadyThere: this.#alreadyThere,
      rejected: this.#rejected,
      unsure: this.#unsure,
      notTried: this.#notTried,
    }
  }
}

function isSilence(error: Failure): boolean {
  return error instanceof ServiceFailure && error.code === status.DEADLINE_EXCEEDED
}
