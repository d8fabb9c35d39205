import { figureAt, ratioOf } from './figures.js'
import type { Goal, Measurements } from './measurements.js'
import type { Spread } from './spread.js'

export type GoalOutcome = {
  readonly goal: Goal
  /** Undefined when it was not measured: then the goal is not met. */
  readonly reached: Spread | undefined
  readonly isMet: boolean
  /** Whether each single round met it. */
  readonly isMetAlways: boolean
  /** How the rounds compare with the bound: 1 is just enough, more is better, whichever way the bound goes. */
  readonly score: Spread | undefined
}

/** What became of each goal. A goal is met when the median of the rounds is within its bound. */
export function goalOutcomes(measurements: Measurements): readonly GoalOutcome[] {
  return measurements.goals.map((goal) => outcomeOf(measurements, goal))
}

function outcomeOf(measurements: Measurements, goal: Goal): GoalOutcome {
  const { of, over, figure } = goal
  const reached = over ? ratioOf(measurements, { of, over, figure }) : figureAt(measurements, of, figure)
  const score = reached && scoreOf(reached, goal.bound)
  return {
    goal,
    reached,
    isMet: score !== undefined && score.median >= 1,
    isMetAlways: score !== undefined && score.min >= 1,
    score,
  }
}

function scoreOf({ median, min, max, rounds }: Spread, bound: Goal['bound']): Spread {
  if ('atLeast' in bound) {
    const { atLeast } = bound
    return { median: median / atLeast, min: min / atLeast, max: max / atLeast, rounds }
  }
  const { atMost } = bound
  return { median: atMost / median, min: atMost / max, max: atMost / min, rounds }
}
