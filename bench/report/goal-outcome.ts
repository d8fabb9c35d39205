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
}

/** What became of each goal. A goal is met when the median of the rounds is within its bound. */
export function goalOutcomes(measurements: Measurements): readonly GoalOutcome[] {
  return measurements.goals.map((goal) => outcomeOf(measurements, goal))
}

function outcomeOf(measurements: Measurements, goal: Goal): GoalOutcome {
  const { of, over, figure } = goal
  const reached = over ? ratioOf(measurements, { of, over, figure }) : figureAt(measurements, of, figure)
  return {
    goal,
    reached,
    isMet: reached !== undefined && isWithin(reached.median, goal.bound),
    isMetAlways:
      reached !== undefined && isWithin(reached.min, goal.bound) && isWithin(reached.max, goal.bound),
  }
}

function isWithin(value: number, bound: Goal['bound']): boolean {
  return 'atLeast' in bound ? value >= bound.atLeast : value <= bound.atMost
}
