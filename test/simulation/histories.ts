import type { Subject } from '../support/engine-sources.js'
import { Coverage } from './coverage.js'
import type { Mistake } from './mistake.js'
import { type Plan, planFrom } from './plan.js'
import { type Outcome, Simulation } from './simulation.js'

export type HistoriesOptions = {
  readonly subject: Subject
  readonly mistake?: Mistake | undefined
  /** Called after each history. Returns whether to go on. */
  readonly onEnd: (seed: number, outcome: Outcome) => boolean
}

/** One history in so many checks for unhandled rejections at each step, which is slower. */
const WATCHED_EVERY = 8

/** Simulates one history after another, until `onEnd` returns false or no seed is left. */
export async function simulate(
  seeds: Iterable<number>,
  { subject, mistake, onEnd }: HistoriesOptions,
): Promise<void> {
  for (const seed of seeds) {
    const outcome = await simulateOne(planFrom(seed), { subject, mistake })
    if (!onEnd(seed, outcome)) return
    // Lets signals and messages through.
    await eventLoop()
  }
}

export type HistoryOptions = Omit<HistoriesOptions, 'onEnd'> & {
  readonly onLine?: (line: string) => void
  /**
   * Whether each step checks for unhandled rejections: by default in some histories. Nothing else depends on
   * it.
   */
  readonly isWatched?: boolean
}

/** Simulates one history. */
export async function simulateOne(
  plan: Plan,
  { subject, mistake, onLine, isWatched = isWatchedByDefault(plan.seed) }: HistoryOptions,
): Promise<Outcome> {
  const simulation = new Simulation({
    plan,
    subject,
    ...(mistake && { mistakes: mistake }),
    ...(onLine && { onLine }),
  })
  const followed = isWatched ? eventLoop : microtasks
  await followed()
  while (simulation.step()) await followed()
  return simulation.outcome
}

/** The first history with a violation; undefined without one. */
export async function firstViolation(
  seeds: Iterable<number>,
  options: Omit<HistoriesOptions, 'onEnd'>,
): Promise<{ readonly seed: number; readonly violation: string } | undefined> {
  let first: { readonly seed: number; readonly violation: string } | undefined
  const onEnd = (seed: number, { violation }: Outcome): boolean => {
    if (violation !== undefined) first = { seed, violation }
    return first === undefined
  }
  await simulate(seeds, { ...options, onEnd })
  return first
}

/** The integers from the first up to, but not including, the second. */
export function* numbersFrom(first: number, end: number): Generator<number> {
  for (let number = first; number < end; number++) yield number
}

export function isWatchedByDefault(seed: number): boolean {
  return seed % WATCHED_EVERY === 0
}

/**
 * Waits until all consequences of the last step have happened. The queue of `nextTick` runs when no microtask
 * is left, if the step itself was one. A turn of the event loop would ensure that as well, but takes several
 * times as long.
 */
function microtasks(): Promise<void> {
  return new Promise((resolve) => process.nextTick(resolve))
}

/** The same, including reports of unhandled rejections. */
function eventLoop(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

/** The counts of some histories, in a form that threads can exchange. */
export type Figures = {
  readonly histories: number
  readonly steps: number
  readonly counts: ReadonlyMap<string, number>
}

/** The sum of all counts. */
export class Total implements Figures {
  readonly #coverage = new Coverage()
  histories = 0
  steps = 0

  get counts(): ReadonlyMap<string, number> {
    return this.#coverage.counts
  }

  add({ histories, steps, counts }: Figures): void {
    this.histories += histories
    this.steps += steps
    this.#coverage.add(counts)
  }

  addOutcome({ steps, coverage: { counts } }: Outcome): void {
    this.add({ histories: 1, steps, counts })
  }
}
