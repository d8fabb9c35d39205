import { booksRows, count, type Ending, progressLine, seconds, tableOf } from '../harness/report.js'
import type { Campaign } from './crash.js'

/** One line for somebody who waits. */
export function progressOf({ kills, problems, trial }: Campaign): string {
  const told = `${kills.service} kills of the service, ${kills.database} of the database`
  return progressLine(trial, problems, told)
}

/** The figures of a whole campaign. */
export function figuresOf({ kills, problems, trial, database }: Campaign, ending: Ending): string {
  return tableOf([
    ['duration', `${seconds(performance.now() - trial.startedAtMs)} s`],
    ['Node.js, MongoDB', `${process.versions.node}, ${database.version}`],
    ['kills of the service', count(kills.service)],
    ['kills of the database', count(kills.database)],
    ...booksRows(trial, problems, ending),
  ])
}
