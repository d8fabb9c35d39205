import { booksRows, count, type Ending, progressLine, seconds, tableOf } from '../harness/report.js'
import type { Campaign } from './clock.js'
import { type StepKind, steps } from './steps.js'

export const kinds = Object.keys(steps) as readonly StepKind[]

const names: Readonly<Record<StepKind, string>> = {
  FORWARD: 'all clocks an hour on',
  BACK: 'all clocks an hour back',
  APART: 'the clock of one process, an hour either way',
  MIDNIGHT: 'all clocks over the end of a day or month',
  MIDNIGHT_TWICE: 'the same, and back into the day before',
}

/** One line for somebody who waits. */
export function progressOf({ total, problems, trial }: Campaign): string {
  return progressLine(trial, problems, `${total} steps`)
}

/** The figures of a whole campaign. */
export function figuresOf({ done, problems, trial, database, symptoms }: Campaign, ending: Ending): string {
  return tableOf([
    ['duration', `${seconds(performance.now() - trial.startedAtMs)} s`],
    ['Node.js, MongoDB', `${process.versions.node}, ${database.version}`],
    ...[...done].map(([kind, number]) => [names[kind], `${count(number)} times`] as const),
    ...booksRows(trial, problems, ending),
    ['looks at metrics and readiness', count(symptoms.looks)],
    ['durations and states that a step has changed', count(problems.count('TIME'))],
  ])
}
