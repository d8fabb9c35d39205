import { setTimeout as delay } from 'node:timers/promises'
import { Random } from '../../../tools/random.js'

/** One attack of the campaign. */
export type Attack = {
  /** Its line in the report. */
  readonly title: string
  /** Its share of all cases of the campaign; absent where an attack lasts for a time. */
  readonly share?: number
  /**
   * Most cases begun in a second, as a share of the campaign's rate. Of an attack that lasts for a time: connections
   * made in a second; absent there, it makes as many as it can.
   */
  readonly pace?: number
  /** Changes categories or merchant rules, and so the answers of every caller. Runs last, without the bystander. */
  readonly changesCatalog?: true
  /** Makes its cases until the context says that it is over. */
  readonly run: (context: AttackContext) => Promise<void>
}

/** The orders for the process that makes one attack: JSON on standard input. */
export type AttackJob = {
  readonly attack: string
  readonly target: { readonly host: string; readonly port: number }
  /** A valid token that permits everything. */
  readonly token: string
  readonly seed: number
  /** Cases to try; an attack that lasts for a time counts the cases that it makes. */
  readonly cases: number
  /** Longest time, in milliseconds. It ends the attack even when there are cases left. */
  readonly durationMs: number
  /** Most cases begun in a second; 0 for no limit. */
  readonly casesPerSecond: number
}

/** The result of one attack: JSON on standard output. */
export type AttackResult = {
  readonly cases: number
  /** Number of cases by outcome. */
  readonly outcomes: Readonly<Record<string, number>>
  /** Cases with an outcome that is not allowed, and the first of them. */
  readonly unexpected: { readonly count: number; readonly first: readonly string[] }
}

/** Time between two looks whether the next cases are due, in milliseconds. */
const TICK_MS = 10
/** Unexpected cases that are described; others are only counted. */
const SAMPLES_MAX = 10

/** The job of an attack, its pace, and the count of its outcomes. */
export class AttackContext {
  readonly job: AttackJob
  readonly random: Random
  readonly #startedMs = performance.now()
  readonly #outcomes = new Map<string, number>()
  readonly #samples: string[] = []
  #begun = 0
  #cases = 0
  #unexpected = 0

  constructor(job: AttackJob) {
    this.job = job
    this.random = new Random(job.seed)
  }

  /** True when the time is over. */
  get isOver(): boolean {
    return performance.now() - this.#startedMs >= this.job.durationMs
  }

  /** Waits until one more case is due; false when there are no more, or the time is over. */
  async next(): Promise<boolean> {
    const { cases, casesPerSecond } = this.job
    while (!this.isOver && this.#begun < cases) {
      const due = ((performance.now() - this.#startedMs) / 1_000) * casesPerSecond
      if (casesPerSecond === 0 || this.#begun < due) {
        this.#begun += 1
        return true
      }
      await delay(TICK_MS)
    }
    return false
  }

  /** Runs the same work several times side by side, each with random numbers of its own. */
  async inParallel(count: number, work: (random: Random) => Promise<void>): Promise<void> {
    await Promise.all(Array.from({ length: count }, () => work(this.random.fork())))
  }

  /** Counts cases with an allowed outcome. */
  ended(outcome: string, count = 1): void {
    this.#cases += count
    this.noted(outcome, count)
  }

  /** Counts an observation that is not a case of its own. */
  noted(outcome: string, count = 1): void {
    this.#outcomes.set(outcome, (this.#outcomes.get(outcome) ?? 0) + count)
  }

  /** Counts a case, and keeps its description when the outcome is not allowed. */
  judge(outcome: string, allowed: readonly string[], description: () => string): void {
    this.ended(outcome)
    if (allowed.includes(outcome)) return
    this.#unexpected += 1
    if (this.#samples.length < SAMPLES_MAX) this.#samples.push(`${outcome}: ${description()}`)
  }

  result(): AttackResult {
    return {
      cases: this.#cases,
      outcomes: Object.fromEntries([...this.#outcomes].sort(([, one], [, other]) => other - one)),
      unexpected: { count: this.#unexpected, first: this.#samples },
    }
  }
}
