import { setTimeout as delay } from 'node:timers/promises'
import { Random } from '../../../tools/random.js'

/** One attack of the campaign. */
export type Attack = {
  /** Its line in the report. */
  readonly title: string
  /** Its share of all cases of the campaign; absent for an attack that lasts for a time. */
  readonly share?: number
  /**
   * Most cases begun in a second, as a share of the campaign's rate. For an attack that lasts for a time:
   * connections per second, or unlimited when absent.
   */
  readonly pace?: number
  /**
   * Changes categories or merchant rules, and so every caller's answers. Runs last, without the bystander.
   */
  readonly changesCatalog?: true
  /** Makes its cases until the context reports the end. */
  readonly run: (context: AttackContext) => Promise<void>
}

/** The job of an attack process: JSON on standard input. */
export type AttackJob = {
  readonly attack: string
  readonly target: { readonly host: string; readonly port: number }
  /** A valid token that permits everything. */
  readonly token: string
  readonly seed: number
  /** Number of cases; an attack that lasts for a time counts its own. */
  readonly cases: number
  /** Longest time, in milliseconds. It ends the attack even when cases are left. */
  readonly durationMs: number
  /** Most cases begun in a second; 0 for no limit. */
  readonly casesPerSecond: number
}

/** The result of one attack: JSON on standard output. */
export type AttackResult = {
  readonly cases: number
  /** Number of cases by outcome. */
  readonly outcomes: Readonly<Record<string, number>>
  /** Cases with a forbidden outcome, and the first of them. */
  readonly unexpected: { readonly count: number; readonly first: readonly string[] }
}

/** Time between two checks whether the next cases are due, in milliseconds. */
const TICK_MS = 10
/** Unexpected cases that are described; further ones are only counted. */
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

  /** True after the time is over. */
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

  /** Runs the same work several times concurrently, each with its own random numbers. */
  async inParallel(count: number, work: (random: Random) => Promise<void>): Promise<void> {
    await Promise.all(Array.from({ length: count }, () => work(this.random.fork())))
  }

  /** Counts cases with an allowed outcome. */
  ended(outcome: string, count = 1): void {
    this.#cases += count
    this.noted(outcome, count)
  }

  /** Counts an observation that is not a separate case. */
  noted(outcome: string, count = 1): void {
    this.#outcomes.set(outcome, (this.#outcomes.get(outcome) ?? 0) + count)
  }

  /** Counts a case, and keeps its description when the outcome is forbidden. */
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
