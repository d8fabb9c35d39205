import type { Subject } from '../support/engine-sources.js'
import { Coverage } from './coverage.js'
import type { Mistake } from './mistake.js'
import { type Plan, planFrom } from './plan.js'
import { type Outcome, Simulation } from './simulation.js'

export type HistoriesOptions = {
  readonly subject: Subject
  readonly mistake?: Mistake | undefined
  /** Called after each history. Returns whether there are to be more. */
  readonly onEnd: (seed: number, outcome: Outcome) => boolean
}

/** In one history of so many it is heard at each step of rejections that nobody handles: that takes longer. */
const WATCHED_EVERY = 8

/** Simulates one history after another, until `onEnd` has had enough or there are no more seeds. */
export async function simulate(
  seeds: Iterable<number>,
  { subject, mistake, onEnd }: HistoriesOptions,
): Promise<void> {
  for (const seed of seeds) {
    const outcome = await simulateOne(planFrom(seed), { subject, mistake })
    if (!onEnd(seed, outcome)) return
    // Whoever waits for a signal or a message has a turn.
    await eventLoop()
  }
}

export type HistoryOptions = Omit<HistoriesOptions, 'onEnd'> & {
  readonly onLine?: (line: string) => void
  /** Whether rejections that nobody handles are heard of at each step: by default in some histories. Nothing else depends on it. */
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

/** The first history in which something is wrong; undefined when there is none. */
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

/** The whole numbers from one up to another, the latter left out. */
export function* numbersFrom(first: number, end: number): Generator<number> {
  for (let number = first; number < end; number++) yield number
}

export function isWatchedByDefault(seed: number): boolean {
  return seed % WATCHED_EVERY === 0
}

/**
 * Whatever follows from the last step has followed. The queue of `nextTick` is looked at when no microtask is left, if the step was one
 * itself; a turn of the event loop, which makes sure of that as well, takes several times as long.
 */
function microtasks(): Promise<void> {
  return new Promise((resolve) => process.nextTick(resolve))
}

/** The same; and if anything was rejected that nobody handles, whoever is to hear of it has. */
function eventLoop(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

/** What was counted in some histories, such as a thread can tell another. */
export type Figures = {
  readonly histories: number
  readonly steps: number
  readonly counts: ReadonlyMap<string, number>
}

/** What all of them counted together. */
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
