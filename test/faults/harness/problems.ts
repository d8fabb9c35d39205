/** What must not be, found by the campaign. */
export type Problem = {
  readonly kind: ProblemKind
  /** Absent where it is about no account. */
  readonly accountId?: string
  readonly detail: string
}

export type ProblemKind =
  /** An acknowledged entry that the statement does not have. */
  | 'LOST'
  /** An entry that stands twice. */
  | 'DOUBLED'
  /** An entry, or a repeated answer, with other content than was acknowledged. */
  | 'ALTERED'
  /** An entry that nobody asked for. */
  | 'UNKNOWN'
  /** A statement whose numbers are not 1, 2, 3, ... up to the account's version. */
  | 'GAP'
  /** An entry that stands behind one that was sent only after it had been acknowledged. */
  | 'ORDER'
  /** A wallet that holds something else than what was acknowledged adds up to. */
  | 'BALANCE'
  /** A balance that was shown after a later one had been acknowledged. */
  | 'STALE'
  /** An answer that the contract rules out. */
  | 'RULE'
  /** A status that repeating would not change, in place of an answer. */
  | 'REJECTED'
  /** An operation that got no answer for minutes, or a load that stood still. */
  | 'STALLED'
  /** A process that ended by itself, not in order, or reports a bug in its log. */
  | 'PROCESS'
  /** A duration, or a state of a process, that a step of its wall clock must not change. */
  | 'TIME'
  /** Something that verify found. */
  | 'DAMAGE'

/** Problems kept in full; more are only counted. */
const KEPT_MAX = 1_000

/** Collects problems. */
export class Problems {
  readonly #kept: Problem[] = []
  readonly #counts = new Map<ProblemKind, number>()

  found(problem: Problem): void {
    this.#counts.set(problem.kind, this.count(problem.kind) + 1)
    if (this.#kept.length < KEPT_MAX) this.#kept.push(problem)
  }

  count(kind: ProblemKind): number {
    return this.#counts.get(kind) ?? 0
  }

  get total(): number {
    return [...this.#counts.values()].reduce((sum, count) => sum + count, 0)
  }

  get all(): readonly Problem[] {
    return this.#kept
  }
}
