import { isDeepStrictEqual } from 'node:util'
import type { Random } from '../../../tools/random.js'
import type { Operation, Told } from './operation.js'
import type { Problems } from './problems.js'

/** Most operations that are kept. When the book is full, the load goes on with repeats only. */
const LINES_MAX = 400_000

/** One operation, and what is known of it. Times are of the monotonic clock, in milliseconds. */
export type Line = {
  readonly operation: Operation
  readonly sentAtMs: number
  /** What its first answer told; absent while it has none. */
  told?: Told
  answeredAtMs?: number
}

/** One account as the campaign's client knows it: what was sent, by id. */
export type Page = { readonly accountId: string; readonly lines: Map<string, Line> }

/** Everything that was sent and everything that was acknowledged, kept apart from the service. */
export class Book {
  readonly #problems: Problems
  readonly #pages = new Map<string, Page>()
  readonly #answered: Line[] = []
  #repeats = 0

  constructor(problems: Problems) {
    this.#problems = problems
  }

  /** Notes that an operation is about to be sent for the first time. */
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

  /** Notes an answer. A second one must tell the very same. */
  answered(line: Line, told: Told): void {
    if (line.told === undefined) {
      line.told = told
      line.answeredAtMs = performance.now()
      this.#answered.push(line)
      return
    }
    this.#repeats += 1
    if (!isDeepStrictEqual(line.told, told)) {
      const { accountId, id } = line.operation
      const detail = `${id}: first ${JSON.stringify(line.told)}, then ${JSON.stringify(told)}`
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

  /** Number of further answers to operations that had one. */
  get repeats(): number {
    return this.#repeats
  }

  get isFull(): boolean {
    return this.#answered.length >= LINES_MAX
  }

  /** Any of the operations that have an answer; undefined before the first. */
  anyAnswered(random: Random): Line | undefined {
    return this.#answered[random.below(this.#answered.length)]
  }
}
