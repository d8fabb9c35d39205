import { setTimeout as delay } from 'node:timers/promises'
import type { Random } from '../../../tools/random.js'
import type { Book, Line } from './book.js'
import type { Answer, Operation } from './operation.js'
import { perform } from './perform.js'
import type { Problems } from './problems.js'
import type { Services } from './services.js'
import { Silence } from './silence.js'

/** Timeout of a call, in milliseconds. */
const CALL_MS_MAX = 5_000
/** Share of calls that are cancelled early, so that some answers get lost. */
const IMPATIENT = 0.05
/** Timeout of a call that is cancelled early, in milliseconds. */
const IMPATIENT_MS = { min: 5, max: 60 }
/** Pause before a retry, in milliseconds. */
const PAUSE_MS = { min: 5, max: 100 }
/** Longest time in which an operation must get its answer, in milliseconds. */
const ANSWER_MS_MAX = 120_000

export type RetryingClientOptions = {
  readonly services: Services
  readonly book: Book
  readonly problems: Problems
  /** Ends every retry. */
  readonly signal: AbortSignal
}

/** Sends an operation repeatedly, with the same id and to any of the processes, until it is answered. */
export class RetryingClient {
  readonly #options: RetryingClientOptions
  readonly silence = new Silence()
  readonly #unanswered = new Map<string, number>()
  #retries = 0

  constructor(options: RetryingClientOptions) {
    this.#options = options
  }

  /** Calls without an answer that were repeated. */
  get retries(): number {
    return this.#retries
  }

  /** Calls without an answer, by status; IMPATIENT are those that were cancelled early. */
  get unanswered(): ReadonlyMap<string, number> {
    return this.#unanswered
  }

  /** Sends an operation, new or old, and records its answer in the book. Undefined when no answer comes. */
  async ask(operation: Operation, random: Random): Promise<Answer | undefined> {
    const line = this.#options.book.sent(operation)
    const endsAtMs = performance.now() + ANSWER_MS_MAX
    while (!this.#options.signal.aborted) {
      const answer = await this.#askOnce(line, random)
      if (answer !== 'SILENCE') return answer
      if (performance.now() > endsAtMs)
        return this.#giveUp('STALLED', operation, `no answer in ${ANSWER_MS_MAX} ms`)
      this.#retries += 1
      await delay(random.between(PAUSE_MS))
    }
    return undefined
  }

  async #askOnce(line: Line, random: Random): Promise<Answer | undefined | 'SILENCE'> {
    const { operation } = line
    const isImpatient = random.chance(IMPATIENT)
    const deadlineMs = isImpatient ? random.between(IMPATIENT_MS) : CALL_MS_MAX
    const reply = await perform(this.#options.services.anyClient(random), operation, deadlineMs)
    if (reply.type === 'SILENCE') {
      const status = isImpatient ? 'IMPATIENT' : reply.status
      this.#unanswered.set(status, (this.#unanswered.get(status) ?? 0) + 1)
      return 'SILENCE'
    }
    this.silence.heard()
    if (reply.type === 'REJECTION') return this.#giveUp('REJECTED', operation, reply.reason)
    this.#options.book.answered(line, reply.answer)
    return reply.answer
  }

  #giveUp(kind: 'STALLED' | 'REJECTED', { accountId, id, kind: what }: Operation, reason: string): undefined {
    this.#options.problems.found({ kind, accountId, detail: `${what} ${id}: ${reason}` })
  }
}
