import { setTimeout as delay } from 'node:timers/promises'
import type { Book, Line } from './book.js'
import { type Operation, perform, type Told } from './operation.js'
import type { Problems } from './problems.js'
import type { Random } from './random.js'
import type { Services } from './services.js'

/** Time for one call, in milliseconds. */
const CALL_MS_MAX = 5_000
/** So often a caller gives up early, so that answers get lost on the way, too. */
const IMPATIENT = 0.05
/** What an impatient caller waits, in milliseconds. */
const IMPATIENT_MS = { min: 5, max: 60 }
/** Pause before asking again, in milliseconds. */
const PAUSE_MS = { min: 5, max: 100 }
/** Longest time in which an operation must get its answer, in milliseconds. */
const ANSWER_MS_MAX = 120_000

/** No answer, and the status instead of it. */
type Silence = { readonly silence: string }

export type AskerOptions = {
  readonly services: Services
  readonly book: Book
  readonly problems: Problems
  /** Ends every asking. */
  readonly signal: AbortSignal
}

/** Asks for operations again and again, with the same id and at any of the processes, until they are answered. */
export class Asker {
  readonly #options: AskerOptions
  readonly #silences = new Map<string, number>()
  #lastAnswerAtMs: number | undefined
  #longestSilenceMs = 0

  constructor(options: AskerOptions) {
    this.#options = options
  }

  /** Calls that had no answer and were made again. */
  get retries(): number {
    return [...this.#silences.values()].reduce((sum, count) => sum + count, 0)
  }

  /** The same, by the status that the caller saw. */
  get silences(): ReadonlyMap<string, number> {
    return this.#silences
  }

  /** Longest time in which nobody at all got an answer, in milliseconds. */
  get longestSilenceMs(): number {
    return this.#longestSilenceMs
  }

  /** Asks for an operation, new or old, and writes its answer into the book; undefined when there is none in the end. */
  async ask(operation: Operation, random: Random): Promise<Told | undefined> {
    const line = this.#options.book.sent(operation)
    this.#lastAnswerAtMs ??= performance.now()
    const endsAtMs = performance.now() + ANSWER_MS_MAX
    while (!this.#options.signal.aborted) {
      const told = await this.#askOnce(line, random)
      if (told === undefined || !('silence' in told)) return told
      if (performance.now() > endsAtMs)
        return this.#gaveUp('STALLED', operation, `no answer in ${ANSWER_MS_MAX} ms`)
      this.#silences.set(told.silence, (this.#silences.get(told.silence) ?? 0) + 1)
      await delay(random.between(PAUSE_MS))
    }
    return undefined
  }

  async #askOnce(line: Line, random: Random): Promise<Told | undefined | Silence> {
    const { operation } = line
    const deadlineMs = random.chance(IMPATIENT) ? random.between(IMPATIENT_MS) : CALL_MS_MAX
    const reply = await perform(this.#options.services.anyClient(random), operation, deadlineMs)
    if (reply.type === 'SILENCE') return { silence: reply.reason.split(':', 1)[0] ?? '' }
    this.#heard()
    if (reply.type === 'REFUSAL') return this.#gaveUp('REFUSED', operation, reply.reason)
    this.#options.book.answered(line, reply.answer)
    return reply.answer
  }

  #gaveUp(kind: 'STALLED' | 'REFUSED', { accountId, id, kind: what }: Operation, reason: string): undefined {
    this.#options.problems.found({ kind, accountId, detail: `${what} ${id}: ${reason}` })
  }

  #heard(): void {
    const nowMs = performance.now()
    this.#longestSilenceMs = Math.max(this.#longestSilenceMs, nowMs - (this.#lastAnswerAtMs ?? nowMs))
    this.#lastAnswerAtMs = nowMs
  }
}
