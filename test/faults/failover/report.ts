import { booksRows, count, type Ending, progressLine, seconds, tableOf } from '../harness/report.js'
import { type EventKind, events } from './events.js'
import type { Campaign } from './failover.js'

export const kinds = Object.keys(events) as readonly EventKind[]

const names: Readonly<Record<EventKind, string>> = {
  KILL: 'primary killed (SIGKILL)',
  STEP_DOWN: 'primary stepped down',
  HALT: 'primary halted for 15 s (SIGSTOP)',
  PARTITION: 'primary alone for 15 s (partition)',
  SPLIT: 'primary and a service alone for 15 s',
}

/** One line for somebody who waits. */
export function progressOf({ gaps, problems, trial }: Campaign): string {
  const { latest } = gaps
  const told = latest ? `, the latest (${latest.kind}) ${seconds(latest.gapMs)} s without an answer` : ''
  return progressLine(trial, problems, `${gaps.total} failovers${told}`)
}

/** The figures of a whole campaign. */
export function figuresOf(campaign: Campaign, ending: Ending): string {
  const { gaps, problems, trial, set, staleReads } = campaign
  const struck = kinds.filter((kind) => gaps.of(kind).count > 0)
  return tableOf([
    ['duration', `${seconds(performance.now() - trial.startedAtMs)} s`],
    ['Node.js, MongoDB', `${process.versions.node}, ${set.version}`],
    ...struck.map((kind) => {
      const { count: number, medianMs, longestMs } = gaps.of(kind)
      const gap = `${number} times; without an answer ${seconds(medianMs)} s (median), ${seconds(longestMs)} s (most)`
      return [names[kind], gap] as const
    }),
    ...booksRows(trial, problems, ending),
    ['reads right after an acknowledgement', count(staleReads.reads)],
    ['  of these stale', count(problems.count('STALE'))],
  ])
}
