/** A violation that the campaign found. */
export type Problem = {
  readonly kind: ProblemKind
  /** Absent when it concerns no account. */
  readonly accountId?: string
  readonly detail: string
}

export type ProblemKind =
  /** An acknowledged entry that the statement lacks. */
  | 'LOST'
  /** A duplicate entry. */
  | 'DOUBLED'
  /** An entry, or a repeated answer, whose content differs from the acknowledgement. */
  | 'ALTERED'
  /** An entry that no caller requested. */
  | 'UNKNOWN'
  /** A statement whose numbers are not 1, 2, 3, ... up to the account's version. */
  | 'GAP'
  /** An entry listed after an entry that was sent only after its acknowledgement. */
  | 'ORDER'
  /** A wallet whose available, held or owed money is not the sum of the acknowledged movements. */
  | 'BALANCE'
  /** A purchase whose sums or state are not those of its answers. */
  | 'SUMS'
  /** A balance that was shown after a later one had been acknowledged. */
  | 'STALE'
  /** An answer that the contract excludes. */
  | 'RULE'
  /** A rejection that a retry would not change. */
  | 'REJECTED'
  /** An operation without an answer for minutes, or a stalled load. */
  | 'STALLED'
  /** A process that exited unexpectedly, or reports a bug in its log. */
  | 'PROCESS'
  /** A duration, or a state of a process, affected by a step of its wall clock. */
  | 'TIME'
  /** A discrepancy that verify found. */
  | 'DAMAGE'

/** Problems kept in full; further ones are only counted. */
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
