import type { Subject } from '../support/engine-sources.js'
import { Coverage } from './coverage.js'
import type { Mistake } from './mistake.js'
import { type Plan, planFrom } from './plan.js'
import { type Outcome, Simulation } from './simulation.js'

export type HistoriesOptions = {
  readonly subject: Subject
  readonly mistake?: Mistake | undefined
  /** Told of each history that ended, in no particular order. Says whether there are to be more. */
  readonly onEnd: (seed: number, outcome: Outcome) => boolean
}

/** Histories that are under way at once. They know nothing of each other, and share the turns of the event loop. */
const TOGETHER = 64

type UnderWay = { readonly seed: number; readonly simulation: Simulation }

/** Simulates one history after another, until `onEnd` has had enough or there are no more seeds. */
export async function simulate(
  seeds: Iterable<number>,
  { subject, mistake, onEnd }: HistoriesOptions,
): Promise<void> {
  const rest = seeds[Symbol.iterator]()
  const begin = (): UnderWay | undefined => {
    const { done, value: seed } = rest.next()
    if (done) return undefined
    return { seed, simulation: new Simulation({ plan: planFrom(seed), subject, mistakes: mistake ?? {} }) }
  }
  let isEnough = false
  // It goes on, or another one begins in its place.
  const goOn = (history: UnderWay | undefined): UnderWay | undefined => {
    if (!history || history.simulation.step()) return history
    isEnough ||= !onEnd(history.seed, history.simulation.outcome)
    return begin()
  }
  let underWay = Array.from({ length: TOGETHER }, begin)
  while (!isEnough && underWay.some((history) => history)) {
    underWay = underWay.map(goOn)
    await nextTurn()
  }
}

/** Simulates one history by itself. */
export async function simulateOne(
  plan: Plan,
  {
    subject,
    mistake,
    onLine,
  }: Omit<HistoriesOptions, 'onEnd'> & { readonly onLine?: (line: string) => void },
): Promise<Outcome> {
  const simulation = new Simulation({
    plan,
    subject,
    ...(mistake && { mistakes: mistake }),
    ...(onLine && { onLine }),
  })
  while (simulation.step()) await nextTurn()
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

/** Whatever follows from the last step has followed. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

/** What all of them counted together. */
export class Total {
  readonly coverage = new Coverage()
  histories = 0
  steps = 0

  add({ steps, coverage }: Outcome): void {
    this.histories += 1
    this.steps += steps
    this.coverage.add(coverage)
  }
}
