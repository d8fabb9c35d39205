import type { AttackResult } from './job.js'

/** Cases that ended as none may, of which more is told than their number. */
const SAMPLES_MAX = 10

/** Counts how cases ended. */
export class Tally {
  readonly #outcomes = new Map<string, number>()
  readonly #samples: string[] = []
  #cases = 0
  #unexpected = 0

  get cases(): number {
    return this.#cases
  }

  /** So many cases have ended in one of the ways in which they may. */
  ended(outcome: string, count = 1): void {
    this.#cases += count
    this.noted(outcome, count)
  }

  /** Something worth telling that is no case of its own. */
  noted(outcome: string, count = 1): void {
    this.#outcomes.set(outcome, (this.#outcomes.get(outcome) ?? 0) + count)
  }

  /** A case has ended: `allowed` says how it may. `what` is what it was, told only if need be. */
  judge(outcome: string, allowed: ReadonlySet<string>, what: () => string): void {
    this.ended(outcome)
    if (allowed.has(outcome)) return
    this.#unexpected += 1
    if (this.#samples.length < SAMPLES_MAX) this.#samples.push(`${outcome}: ${what()}`)
  }

  result(): AttackResult {
    return {
      cases: this.#cases,
      outcomes: Object.fromEntries([...this.#outcomes].sort(([, one], [, other]) => other - one)),
      unexpected: { count: this.#unexpected, first: this.#samples },
    }
  }
}
