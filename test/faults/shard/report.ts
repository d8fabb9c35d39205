import { booksRows, count, type Ending, progressLine, seconds, tableOf } from '../harness/report.js'
import type { ShardCampaign } from './shard.js'

/** One line for somebody who waits. */
export function progressOf({ mover, problems, trial }: ShardCampaign): string {
  return progressLine(trial, problems, `${mover.total} moves`)
}

/** The figures of a whole campaign. */
export function figuresOf({ mover, problems, trial }: ShardCampaign, ending: Ending): string {
  const moves = [...mover.moves].map(([collection, number]) => `${collection} ${count(number)}`)
  return tableOf([
    ['duration', `${seconds(performance.now() - trial.startedAtMs)} s`],
    ['moves', moves.join(', ')],
    ['longest move', `${seconds(mover.longestMoveMs)} s`],
    ...booksRows(trial, problems, ending),
  ])
}
