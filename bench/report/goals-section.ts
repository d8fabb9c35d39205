import { barChart } from './bar-chart.js'
import { type GoalOutcome, goalOutcomes } from './goal-outcome.js'
import type { Goal, Measurements } from './measurements.js'
import { numberText, spreadText, timesText } from './number-text.js'
import { logScale } from './scale.js'
import { type Chart, image, type Section, table } from './section.js'
import type { Spread } from './spread.js'

const MET = { color: '#0b6e4f', isBold: true, dash: '' }
const MISSED = { color: '#c0392b', isBold: true, dash: '' }
const FILE = 'goals.svg'
/** What is further from its goal is drawn as if it were this far: a factor of nothing has no place on the axis. */
const FACTOR_MAX = 100

/** What we set out to reach, and what was reached. */
export function goalsSection(measurements: Measurements): Section | undefined {
  const outcomes = goalOutcomes(measurements)
  if (outcomes.length === 0) return undefined
  const charts = chartOf(outcomes)
  const met = outcomes.filter(({ isMet }) => isMet).length
  return {
    title: 'Goals',
    paragraphs: [
      `${met} of ${outcomes.length} goals are met. A goal is met when the median of the rounds is within its bound.`,
      table(
        ['goal', 'bound', 'reached: median (fastest and slowest round)', 'rounds', 'met'],
        outcomes.map(row),
      ),
      ...charts.map(({ file }) => image(file, 'What was reached, compared with each goal')),
    ],
    charts,
  }
}

function row({ goal, reached, isMet, isMetAlways }: GoalOutcome): readonly string[] {
  const met = isMet ? (isMetAlways ? 'yes' : 'yes, but not in every round') : 'no'
  return [
    goal.title,
    boundText(goal),
    spreadText(reached, goal.over ? timesText : numberText),
    String(reached?.rounds ?? 0),
    reached ? met : 'not measured',
  ]
}

function boundText({ bound, over }: Goal): string {
  const text = over ? timesText : numberText
  return 'atLeast' in bound ? `at least ${text(bound.atLeast)}` : `at most ${text(bound.atMost)}`
}

/** How far beyond its goal each figure is, as a factor: whichever way a bound goes, right of the line is better. */
function chartOf(outcomes: readonly GoalOutcome[]): readonly Chart[] {
  const bars = outcomes.flatMap(({ goal, score, isMet }) =>
    score
      ? [
          {
            name: `${goal.title}: ${boundText(goal)}`,
            look: isMet ? MET : MISSED,
            value: shown(score),
            label: spreadText(score, timesText),
          },
        ]
      : [],
  )
  if (bars.length === 0) return []
  const values = bars.flatMap(({ value }) => [value.min, value.max])
  const svg = barChart({
    title: 'Goals',
    subtitle: 'What was reached as a multiple of what was asked for; green is met',
    xLabel: 'times better than the goal',
    x: logScale({ smallest: Math.min(0.5, ...values), largest: Math.max(2, ...values) }),
    base: { value: 1, text: 'goal' },
    bars,
  })
  return [{ file: FILE, svg }]
}

function shown({ median, min, max, rounds }: Spread): Spread {
  return { median: clamped(median), min: clamped(min), max: clamped(max), rounds }
}

function clamped(factor: number): number {
  return Math.min(Math.max(factor, 1 / FACTOR_MAX), FACTOR_MAX)
}
