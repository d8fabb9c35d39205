import { isDeepStrictEqual } from 'node:util'
import type { Random } from '../../../tools/random.js'
import type { Answer, Operation } from './operation.js'
import type { Problems } from './problems.js'

/** Capacity in operations. When the book is full, the load only repeats operations. */
const LINES_MAX = 400_000

/** One operation and its first answer. Times are of the monotonic clock, in milliseconds. */
export type Line = {
  readonly operation: Operation
  readonly sentAtMs: number
  /** Absent before the first answer. */
  answer?: Answer
  answeredAtMs?: number
}

/** One account as the client knows it: every sent operation, by id. */
export type Page = { readonly accountId: string; readonly lines: Map<string, Line> }

/** All sent operations and all acknowledged entries, independent of the service. */
export class Book {
  readonly #problems: Problems
  readonly #pages = new Map<string, Page>()
  readonly #answered: Line[] = []
  #repeats = 0

  constructor(problems: Problems) {
    this.#problems = problems
  }

  /** Records an operation before it is sent, or finds the line of a known one. */
  sent(operation: Operation): Line {
    const { accountId, id } = operation
    const page = this.#pages.get(accountId) ?? { accountId, lines: new Map() }
    this.#pages.set(accountId, page)
    const known = page.lines.get(id)
    if (known) return known
    const line: Line = { operation, sentAtMs: performance.now() }
    page.lines.set(id, line)
    return line
  }

  /** Records an answer. A second answer must equal the first. */
  answered(line: Line, answer: Answer): void {
    if (line.answer === undefined) {
      line.answer = answer
      line.answeredAtMs = performance.now()
      this.#answered.push(line)
      return
    }
    this.#repeats += 1
    if (!isDeepStrictEqual(line.answer, answer)) {
      const { accountId, id } = line.operation
      const detail = `${id}: first ${JSON.stringify(line.answer)}, then ${JSON.stringify(answer)}`
      this.#problems.found({ kind: 'ALTERED', accountId, detail })
    }
  }

  get pages(): readonly Page[] {
    return [...this.#pages.values()]
  }

  /** Number of operations with an answer. */
  get acknowledged(): number {
    return this.#answered.length
  }

  /** The same, by kind. */
  get acknowledgedByKind(): ReadonlyMap<Operation['kind'], number> {
    const counts = new Map<Operation['kind'], number>()
    for (const { operation } of this.#answered)
      counts.set(operation.kind, (counts.get(operation.kind) ?? 0) + 1)
    return counts
  }

  /** The same by reason, of operations that have one. */
  get acknowledgedByReason(): ReadonlyMap<string, number> {
    const counts = new Map<string, number>()
    for (const { answer } of this.#answered) {
      const { reason = 'REASON_UNSPECIFIED' } = answer?.entry ?? {}
      if (reason !== 'REASON_UNSPECIFIED') counts.set(reason, (counts.get(reason) ?? 0) + 1)
    }
    return counts
  }

  /** Number of further answers to answered operations. */
  get repeats(): number {
    return this.#repeats
  }

  get isFull(): boolean {
    return this.#answered.length >= LINES_MAX
  }

  /** A random answered operation; undefined before the first. */
  anyAnswered(random: Random): Line | undefined {
    return this.#answered[random.below(this.#answered.length)]
  }
}
